"""Templates, written and previewed by hand."""

import re
from collections.abc import AsyncGenerator, Sequence

import pytest
from litestar import Litestar
from playwright.async_api import Browser, Dialog, expect

from control_plane.core.clock import SystemClock
from control_plane.core.database import Database
from control_plane.core.gcra import Counter, Verdict
from control_plane.core.tenancy import acting_for
from control_plane.messages import service as messages
from control_plane.templates import service as templates
from control_plane.templates.schemas import NewTemplate
from tests.conftest import MakeDomain, MakeTenant
from tests.web.browser import chromium, sight_of
from tests.web.conftest import MakePerson, Person

FRAGMENT = "<mj-section><mj-column><mj-text>Hi {{ name }}</mj-text></mj-column></mj-section>"
MJML = f"<mjml><mj-body>{FRAGMENT}</mj-body></mjml>"
FRAME = "a-name-of-a-frame-00"


class Exhausted:
    """A limiter that has no room for anything; it keeps what it was to count."""

    counted: Sequence[Counter] = ()

    async def count(self, counters: Sequence[Counter]) -> Verdict:
        self.counted = counters
        return Verdict(counters[0].rate, remaining=0, reset_seconds=7, wait_seconds=7)


async def make(ann: Person, begin: str = "receipt") -> str:
    answer = await ann.submit(f"/templates/new?begin={begin}", page="/templates")
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].partition("?")[0]


async def fields_of(ann: Person, path: str) -> dict[str, str]:
    """Give what the editor's form has, as it is opened."""
    page = (await ann.client.get(path)).text
    hidden = dict(re.findall(r'<input type="hidden" name="(kind|etag|frame)" value="([^"]*)">', page))
    plain = {name: value.replace("&#34;", '"') for name, value in hidden.items()}
    return plain | {"name": "Bill", "subject": "Hi {{ name }}", "format": "mjml", "source": MJML, "sample_data": "{}"}


async def save(ann: Person, path: str, **changes: str) -> int:
    return (await ann.submit(path, page=path, **(await fields_of(ann, path) | changes))).status_code


async def preview(ann: Person, **fields: str) -> str:
    given = {"format": "html", "source": "<p>Hi {{ name }}</p>", "frame": FRAME} | fields
    answer = await ann.submit("/templates/preview", page="/templates", **given)
    assert answer.status_code == 200
    return answer.text


async def test_one_begins_with_something_good(ann: Person) -> None:
    page = await ann.see("/templates")
    assert "No template yet" in page
    for starter in ("receipt", "password-reset", "newsletter"):
        assert f"/templates/starters/{starter}" in page
        path = await make(ann, starter)
        assert "<mjml>" in await ann.see(path)
    assert "Your order {{ order.number }}" in await ann.see("/templates")


async def test_a_starter_is_shown_in_a_frame_that_may_do_nothing(ann: Person) -> None:
    answer = await ann.client.get("/templates/starters/receipt")
    assert "Thank you, Ann." in answer.text
    assert answer.headers["content-security-policy"].startswith("sandbox;")
    assert (await ann.client.get("/templates/starters/other")).status_code == 404


async def test_what_is_saved_is_a_draft_until_it_is_published(ann: Person) -> None:
    path = await make(ann)
    assert await save(ann, path) == 303
    page = await ann.see(path)
    assert "Version 2 is a draft" in page
    assert 'value="Hi {{ name }}"' in page
    assert await save(ann, path, subject="Hello", publish="yes") == 303
    assert "Version 3 is live" in await ann.see(path)


async def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(ann: Person) -> None:
    path = await make(ann)
    answer = await ann.submit(path, page=path, **(await fields_of(ann, path) | {"source": "<mjml>\n<mj-body>"}))
    assert answer.status_code == 422
    assert 'id="source-error"' in answer.text
    assert "Line 2: &lt;mj-body&gt; is not closed." in answer.text
    assert "&lt;mjml&gt;\n&lt;mj-body&gt;</textarea>" in answer.text
    answer = await ann.submit(path, page=path, **(await fields_of(ann, path) | {"sample_data": "[1"}))
    assert 'id="sample_data-error"' in answer.text


async def test_who_saves_over_somebody_else_is_told_and_may_do_it_all_the_same(ann: Person) -> None:
    path = await make(ann)
    opened = await fields_of(ann, path)
    assert await save(ann, path, subject="Theirs") == 303
    late = await ann.submit(path, page=path, **(opened | {"subject": "Mine"}))
    assert late.status_code == 412
    assert "Somebody else saved this template meanwhile" in late.text
    assert 'value="Mine"' in late.text
    found = re.search(r'name="etag" value="([^"]*)"', late.text)
    assert found
    again = await ann.submit(path, page=path, **(opened | {"subject": "Mine", "etag": found[1].replace("&#34;", '"')}))
    assert again.status_code == 303


async def test_versions_are_compared_published_and_taken_up_again(ann: Person) -> None:
    path = await make(ann, "empty")
    await save(ann, path, source=MJML.replace("Hi", "Bye"))
    page = await ann.see(f"{path}/versions")
    assert "What version 2 changed in version 1" in page
    assert re.search(r'bg-success/8"><span class="select-none">\+ </span><mjml>', page)
    assert (await ann.submit(f"{path}/publish?version=2", page=path)).status_code == 303
    assert "Version 2 is live" in await ann.see(path)
    assert (await ann.submit(f"{path}/restore?version=1", page=path)).status_code == 303
    assert 'Hello {{ name | default: "you" }}!' in await ann.see(path)
    assert (await ann.client.get(f"{path}/versions?version=9")).status_code == 404


async def test_a_preview_shows_what_is_being_typed(ann: Person) -> None:
    shown = await preview(ann, sample_data='{"name": "<Ann>"}', subject="For {{ name }}")
    assert "For &lt;Ann&gt;" in shown
    found = re.search(rf'src="(/templates/preview/{FRAME}\?\w+)" sandbox', shown)
    assert found
    framed = await ann.client.get(found[1])
    assert "<p>Hi &lt;Ann&gt;</p>" in framed.text
    assert framed.headers["content-security-policy"].startswith("sandbox;")
    assert framed.headers["x-frame-options"] == "SAMEORIGIN"


async def test_a_preview_says_what_is_wrong_or_missing(ann: Person) -> None:
    assert "Line 1: there is no filter &#39;x&#39;" in await preview(ann, source="{{ a | x }}")
    assert "name</code>" in await preview(ann)
    assert "not a JSON object" in await preview(ann, sample_data="nonsense")
    assert "a list has more than" in await preview(ann, source="{% for i in (1..99999) %}{{ i }}{% endfor %}")


async def test_a_preview_has_a_text_and_a_dark_side(ann: Person) -> None:
    await preview(ann, text="Plain {{ name }} & co", view="text")
    assert "Plain  &amp; co" in (await ann.client.get(f"/templates/preview/{FRAME}")).text
    assert "Nothing to see" in await preview(ann, view="text")
    await preview(ann, dark="yes")
    assert "color-scheme:dark only" in (await ann.client.get(f"/templates/preview/{FRAME}")).text


async def test_a_preview_is_its_authors_own(ann: Person, make_tenant: MakeTenant, make_person: MakePerson) -> None:
    await preview(ann)
    stranger = await make_person(await make_tenant())
    await stranger.sign_in()
    for person, name in ((stranger, FRAME), (ann, "nonsense"), (ann, "x" * 20)):
        assert (await person.client.get(f"/templates/preview/{name}")).status_code == 404


async def test_previews_are_counted_for_their_author_and_the_account(
    ann: Person, app: Litestar, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = await ann.token("/templates")
    limiter = Exhausted()
    monkeypatch.setattr(app.state, "limiter", limiter)
    answer = await ann.client.post("/templates/preview", data={"source": "<p>Hi</p>", "_csrf_token": token})
    assert answer.status_code == 429
    own, all_together = limiter.counted
    assert own.key.startswith(f"{all_together.key}:")
    assert f"{{{ann.tenant.id}}}:preview" in all_together.key


async def test_a_layout_stands_around_a_template(ann: Person) -> None:
    layout = await make(ann, "layout")
    path = await make(ann, "empty")
    assert "New layout" in await ann.see(path)
    inner = "<mj-section><mj-column><mj-text>Middle</mj-text></mj-column></mj-section>"
    assert await save(ann, path, source=inner, layout_id=layout.rpartition("/")[2]) == 303
    refused = await ann.submit(f"{layout}/delete", page=layout)
    assert refused.status_code == 409
    assert "Templates stand in this layout" in refused.text
    assert await ann.see("/templates?kind=layout")


async def test_a_layout_that_many_came_after_is_still_the_templates(ann: Person, db: Database) -> None:
    layout = (await make(ann, "layout")).rpartition("/")[2]
    path = await make(ann, "empty")
    assert await save(ann, path, source=FRAGMENT, layout_id=layout) == 303
    with acting_for(ann.tenant.id):
        for number in range(200):
            new = NewTemplate(name=f"Layout {number}", kind="layout", html="{{ content }}")
            await templates.create(db, SystemClock(), new)
    assert f'<option value="{layout}" selected>' in await ann.see(path)


async def test_a_copy_is_made_and_the_first_deleted(ann: Person) -> None:
    path = await make(ann)
    copied = (await ann.submit(f"{path}/clone", page=path)).headers["location"].partition("?")[0]
    assert "Receipt (copy)" in await ann.see(copied)
    assert (await ann.submit(f"{path}/delete", page=path)).status_code == 303
    assert (await ann.client.get(path)).status_code == 404


async def test_a_test_is_sent_to_oneself(db: Database, ann: Person, make_domain: MakeDomain) -> None:
    domain = await make_domain(ann.tenant)
    path = await make(ann)
    given = {"sender": "ann", "domain": domain}
    sent = await ann.submit(f"{path}/test-send", page=path, to=ann.email, **given)
    assert sent.status_code == 303, sent.text
    with acting_for(ann.tenant.id):
        message = await messages.find(db, sent.headers["location"].partition("?")[0].removeprefix("/messages/"))
    assert message.subject == "[Test] Your order 1842"
    refused = await ann.submit(f"{path}/test-send", page=path, to="bob@else.test", **given)
    assert refused.status_code == 422
    assert 'id="to-error"' in refused.text


async def test_who_may_only_read_changes_nothing(ann: Person, make_person: MakePerson) -> None:
    path = await make(ann)
    reader = await make_person(ann.tenant, "support")
    await reader.sign_in()
    page = await reader.see(path)
    assert "Save draft" not in page
    assert "data-save" not in page
    assert f'action="{path}"' not in page
    assert (await reader.submit(path, page=path)).status_code == 403
    assert FRAME in await preview(reader)


@pytest.fixture(scope="module")
async def browser() -> AsyncGenerator[Browser]:
    async with chromium() as opened:
        yield opened


async def test_the_preview_follows_the_keys_and_ctrl_s_saves(browser: Browser, ann: Person) -> None:
    path = await make(ann, "empty")
    async with sight_of(browser, ann) as sight:
        await sight.open(path)
        framed = sight.page.frame_locator("#preview iframe")
        await expect(framed.get_by_text("Hello Ann!")).to_be_visible()
        await sight.page.locator("#source").fill(MJML)
        await expect(framed.get_by_text("Hi Ann")).to_be_visible()
        await sight.page.locator("#source").fill("<mjml>")
        await expect(sight.page.locator("#preview")).to_contain_text("is not closed")
        await sight.page.locator("#source").fill(MJML)
        await sight.page.keyboard.press("Control+s")
        await expect(sight.page.get_by_text("Version 2 is a draft")).to_be_visible()
        assert sight.complaints == []


async def test_who_may_only_read_is_led_nowhere_by_their_keys(
    browser: Browser, ann: Person, make_person: MakePerson
) -> None:
    path = await make(ann, "empty")
    reader = await make_person(ann.tenant, "support")
    await reader.sign_in()
    async with sight_of(browser, reader) as sight:
        await sight.open(path)
        await expect(sight.page.frame_locator("#preview iframe").get_by_text("Hello Ann!")).to_be_visible()
        await sight.page.locator("#source").fill(MJML)
        await expect(sight.page.frame_locator("#preview iframe").get_by_text("Hi Ann")).to_be_visible()
        await sight.page.keyboard.press("Control+s")
        await sight.page.locator("#subject").press("Enter")
        await sight.page.locator("#source").evaluate("field => field.form.requestSubmit()")
        await expect(sight.page.frame_locator("#preview iframe").get_by_text("Hi Ann")).to_be_visible()
        assert sight.page.url.endswith(path)
        assert await sight.page.locator("#source").input_value() == MJML


async def test_who_leaves_the_editor_with_something_unsaved_is_asked_first(browser: Browser, ann: Person) -> None:
    path = await make(ann, "empty")
    asked: list[str] = []

    async def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        await dialog.dismiss()

    async with sight_of(browser, ann) as sight:
        sight.page.on("dialog", stay)
        await sight.open(path)
        await sight.page.locator("select[name=view]").select_option("phone")
        await sight.page.get_by_role("link", name="Versions").click()
        await expect(sight.page).to_have_url(f"{sight.origin}{path}/versions")
        assert asked == [], "how it is shown is nothing to save"
        await sight.open(path)
        await sight.page.locator("#source").fill(MJML)
        async with sight.page.expect_event("dialog"):
            await sight.page.get_by_role("button", name="Make a copy").click()
        assert asked == ["beforeunload"]
        assert await sight.page.locator("#source").input_value() == MJML
        await expect(sight.page.get_by_role("button", name="Make a copy")).to_be_enabled()
        await sight.page.keyboard.press("Control+s")
        await expect(sight.page.get_by_text("Version 2 is a draft")).to_be_visible()
        assert asked == ["beforeunload"], "who saves is not asked"
