"""Templates through the API."""

from typing import Any

import httpx
import pytest

from tests.conftest import MakeTenant, Tenant

MJML = (
    "<mjml><mj-body><mj-section><mj-column><mj-text>Hi {{ name }}</mj-text></mj-column></mj-section></mj-body></mjml>"
)
MJML_LAYOUT = "<mjml><mj-body><mj-section></mj-section>{{ content }}</mj-body></mjml>"
FRAGMENT = "<mj-section><mj-column><mj-text>Hi {{ name }}</mj-text></mj-column></mj-section>"


class Api:
    """Calls `/v1/templates` as a tenant."""

    def __init__(self, client: httpx.AsyncClient, tenant: Tenant) -> None:
        self._client = client
        self.headers = tenant.headers

    async def ask(self, method: str, path: str = "", body: object = None, **headers: str) -> httpx.Response:
        content = {} if body is None else {"json": body}
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self._client.request(
            method,
            f"/v1/templates{path}",
            headers=self.headers | more,
            **content,  # type: ignore[arg-type]
        )

    async def made(self, **fields: object) -> dict[str, Any]:
        answer = await self.ask("POST", "", {"name": "Receipt", "html": "<p>{{ name }}</p>"} | fields)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made


@pytest.fixture
def api(client: httpx.AsyncClient, tenant: Tenant) -> Api:
    return Api(client, tenant)


def paths(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 422, answer.text
    return [error["path"] for error in answer.json()["errors"]]


async def test_a_new_template_is_live_at_once(api: Api) -> None:
    made = await api.made(subject="Hello", text="Hi", sample_data={"name": "Ann", "n": [1, None]}, description="One")
    assert (made["version"], made["latest_version"], made["live_version"]) == (1, 1, 1)
    assert (await api.ask("GET", f"/{made['id']}")).json() == made
    listed = (await api.ask("GET")).json()["data"]
    assert [(each["id"], each["subject"]) for each in listed] == [(made["id"], "Hello")]


async def test_other_content_makes_a_version_that_is_sent_once_it_is_published(api: Api) -> None:
    made = await api.made()
    changed = (await api.ask("PATCH", f"/{made['id']}", {"html": "<b>{{ name }}</b>"})).json()
    assert (changed["version"], changed["live_version"]) == (2, 1)
    published = (await api.ask("POST", f"/{made['id']}/publish", {"version": 2})).json()
    assert published["live_version"] == 2
    listed = (await api.ask("GET", f"/{made['id']}/versions")).json()["data"]
    assert [(each["version"], each["live"]) for each in listed] == [(2, True), (1, False)]
    assert (await api.ask("GET", f"/{made['id']}?version=1")).json()["html"] == "<p>{{ name }}</p>"


async def test_a_new_name_makes_no_version(api: Api) -> None:
    made = await api.made()
    changed = (await api.ask("PATCH", f"/{made['id']}", {"name": "Bill", "html": made["html"]})).json()
    assert (changed["name"], changed["latest_version"]) == ("Bill", 1)


async def test_a_change_may_be_published_at_once(api: Api) -> None:
    made = await api.made()
    changed = (await api.ask("PATCH", f"/{made['id']}", {"mjml": MJML, "publish": True})).json()
    assert (changed["live_version"], changed["html"], changed["mjml"]) == (2, None, MJML)


async def test_an_older_version_comes_back_as_the_newest(api: Api) -> None:
    made = await api.made(sample_data={"name": "Ann"})
    await api.ask("PATCH", f"/{made['id']}", {"html": "<b>x</b>", "sample_data": {}, "publish": True})
    restored = (await api.ask("POST", f"/{made['id']}/restore", {"version": 1})).json()
    assert (restored["version"], restored["live_version"], restored["html"]) == (3, 2, made["html"])
    assert restored["sample_data"] == {"name": "Ann"}


async def test_only_the_newest_versions_are_kept_and_the_one_that_is_live(api: Api) -> None:
    made = await api.made()
    for number in range(34):
        await api.ask("PATCH", f"/{made['id']}", {"subject": f"Number {number}"})
    listed = (await api.ask("GET", f"/{made['id']}/versions")).json()["data"]
    assert [each["version"] for each in listed] == [*range(35, 5, -1), 1]


async def test_who_saves_over_somebody_else_is_told(api: Api) -> None:
    made = await api.made()
    etag = (await api.ask("GET", f"/{made['id']}")).headers["etag"]
    assert (await api.ask("PATCH", f"/{made['id']}", {"subject": "Mine"}, If_Match=etag)).status_code == 200
    late = await api.ask("PATCH", f"/{made['id']}", {"subject": "Theirs"}, If_Match=etag)
    assert (late.status_code, late.json()["code"]) == (412, "precondition_failed")
    assert (await api.ask("DELETE", f"/{made['id']}", If_Match=etag)).status_code == 412


async def test_a_copy_stands_by_itself(api: Api) -> None:
    made = await api.made(subject="Hello")
    copied = (await api.ask("POST", f"/{made['id']}/clone", {})).json()
    assert (copied["name"], copied["subject"], copied["live_version"]) == ("Receipt (copy)", "Hello", 1)
    assert (await api.ask("DELETE", f"/{made['id']}")).status_code == 204
    assert (await api.ask("GET", f"/{copied['id']}")).status_code == 200
    assert (await api.ask("GET", f"/{made['id']}")).status_code == 404


async def test_a_layout_that_is_used_stays(api: Api) -> None:
    layout = await api.made(kind="layout", html="<div>{{ content }}</div>")
    made = await api.made(layout_id=layout["id"])
    refused = await api.ask("DELETE", f"/{layout['id']}")
    assert (refused.status_code, refused.json()["code"]) == (409, "layout_in_use")
    assert "Receipt" in refused.json()["detail"]
    await api.ask("PATCH", f"/{made['id']}", {"layout_id": None, "publish": True})
    assert (await api.ask("DELETE", f"/{layout['id']}")).status_code == 204
    assert (await api.ask("GET", f"/{made['id']}?version=1")).json()["layout_id"] is None


async def test_a_layout_stays_mjml_while_mjml_stands_in_it(api: Api) -> None:
    layout = await api.made(kind="layout", html=None, mjml=MJML_LAYOUT)
    await api.made(html=None, mjml=FRAGMENT, layout_id=layout["id"])
    draft = await api.ask("PATCH", f"/{layout['id']}", {"html": "{{ content }}"})
    assert draft.status_code == 200
    for refused in (
        await api.ask("POST", f"/{layout['id']}/publish", {"version": 2}),
        await api.ask("PATCH", f"/{layout['id']}", {"html": "<p>{{ content }}</p>", "publish": True}),
    ):
        assert (refused.status_code, refused.json()["code"]) == (409, "layout_in_use")


async def test_a_preview_shows_what_would_be_sent(api: Api) -> None:
    made = await api.made(
        subject="Hi {{ name }}\n", html="<p>{{ name }} {{ gone.away }}</p>", sample_data={"name": "Ann"}
    )
    shown = (await api.ask("POST", f"/{made['id']}/preview", {})).json()
    assert (shown["subject"], shown["html"]) == ("Hi Ann", "<p>Ann </p>")
    assert shown["undefined"] == ["gone.away"]
    other = (await api.ask("POST", f"/{made['id']}/preview", {"data": {"name": "<Bob>"}, "version": 1})).json()
    assert other["html"] == "<p>&lt;Bob&gt; </p>"


async def test_what_is_not_stored_can_be_previewed(api: Api) -> None:
    layout = await api.made(kind="layout", html="<div>{{ content }}</div>")
    body = {"html": "{{ a }}", "layout_id": layout["id"], "sample_data": {"a": "x"}}
    shown = await api.ask("POST", "/preview", body)
    assert (shown.status_code, shown.json()["html"]) == (200, "<div>x</div>")
    assert len((await api.ask("GET")).json()["data"]) == 1


async def test_a_preview_of_a_layout_shows_where_messages_stand(api: Api) -> None:
    layout = await api.made(kind="layout", html="<div>{{ content }}</div>")
    assert "The message stands here." in (await api.ask("POST", f"/{layout['id']}/preview", {})).json()["html"]


async def test_a_bomb_is_refused_in_a_sentence(api: Api) -> None:
    made = await api.made(html="{% for i in (1..n) %}x{% endfor %}")
    answer = await api.ask("POST", f"/{made['id']}/preview", {"data": {"n": 10**12}})
    assert paths(answer) == ["html"]


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"name": ""}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"html": None}, "html"),
        ({"html": "{{ a"}, "html"),
        ({"html": "x\0"}, "html"),
        ({"mjml": MJML}, "mjml"),
        ({"html": None, "mjml": "<mjml>"}, "mjml"),
        ({"text": "{% bad %}"}, "text"),
        ({"subject": "{{ x | nope }}"}, "subject"),
        ({"subject": "x" * 1001}, "subject"),
        ({"html": "x" * 300_000, "text": "y" * 300_000}, "html"),
        ({"layout_id": "tpl_00000000000000000000000000"}, "layout_id"),
        ({"layout_id": "nonsense"}, "layout_id"),
        ({"kind": "layout"}, "html"),
        ({"kind": "layout", "html": "{{ content }}", "subject": "x"}, "subject"),
        ({"kind": "page"}, "kind"),
        ({"undefined": "perhaps"}, "undefined"),
        ({"sample_data": []}, "sample_data"),
        ({"sample_data": {"a": "x" * 200_000}}, "sample_data"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_what_is_wrong_is_said_at_its_field(api: Api, fields: dict[str, object], path: str) -> None:
    answer = await api.ask("POST", "", {"name": "Receipt", "html": "<p></p>"} | fields)
    assert paths(answer) == [path]


async def test_odd_characters_in_sample_data_come_back_as_they_were(api: Api) -> None:
    data = {"nul": "a\u0000b", "face": "\N{PILE OF POO}", "big": 2**63, "é": {"": None}}
    made = await api.made(sample_data=data)
    assert (await api.ask("GET", f"/{made['id']}")).json()["sample_data"] == data


async def test_a_layout_is_no_layout_of_somebody_elses(client: httpx.AsyncClient, api: Api, stranger: Tenant) -> None:
    layout = await api.made(kind="layout", html="{{ content }}")
    body = {"name": "x", "html": "y", "layout_id": layout["id"]}
    assert paths(await Api(client, stranger).ask("POST", "", body)) == ["layout_id"]


async def test_a_template_is_no_layout(api: Api) -> None:
    made = await api.made()
    body = {"name": "x", "html": "y", "layout_id": made["id"]}
    assert paths(await api.ask("POST", "", body)) == ["layout_id"]


@pytest.mark.parametrize("version", [2, 2**31 - 1])
async def test_versions_that_there_are_not_are_not_found(api: Api, version: int) -> None:
    made = await api.made()
    for answer in (
        await api.ask("GET", f"/{made['id']}?version={version}"),
        await api.ask("POST", f"/{made['id']}/publish", {"version": version}),
        await api.ask("POST", f"/{made['id']}/restore", {"version": version}),
        await api.ask("POST", f"/{made['id']}/preview", {"version": version}),
    ):
        assert answer.status_code == 404


async def test_a_key_needs_the_right(client: httpx.AsyncClient, make_tenant: MakeTenant) -> None:
    reader = Api(client, await make_tenant(scopes=("templates:read",)))
    assert (await reader.ask("GET")).status_code == 200
    assert (await reader.ask("POST", "", {"name": "x", "html": "y"})).status_code == 403
    sender = Api(client, await make_tenant(scopes=("messages:*",)))
    assert (await sender.ask("GET")).status_code == 403


async def test_a_test_goes_to_ones_own_only(api: Api, domain: str) -> None:
    made = await api.made(subject="Hello {{ name }}", sample_data={"name": "Ann"})
    body = {"from": {"email": f"ann@{domain}"}, "to": [f"bob@{domain}"]}
    answer = await api.ask("POST", f"/{made['id']}/test-send", body)
    assert answer.status_code == 202, answer.text
    assert answer.json()["recipients"][0]["email"] == f"bob@{domain}"
    assert paths(await api.ask("POST", f"/{made['id']}/test-send", body | {"to": ["bob@else.test"]})) == ["to[0]"]
    assert paths(await api.ask("POST", f"/{made['id']}/test-send", body | {"to": ["nonsense"]})) == ["to[0]"]
    assert paths(await api.ask("POST", f"/{made['id']}/test-send", body | {"to": []})) == ["to"]
