"""What people see and do on each page."""

import asyncio
import re
from urllib.parse import urlencode

import pytest

from control_plane.core.database import Database
from control_plane.core.tenancy import acting_for
from tests.conftest import MakeDomain, MakeTenant
from tests.web.conftest import MakePerson, Person, SendMessage


async def test_a_new_account_is_led_to_its_first_steps(ann: Person) -> None:
    page = await ann.see("/")
    assert "1 of 6 done" in page
    assert "Nothing sent yet" in page


async def test_home_counts_what_is_done(ann: Person, domain: str, send_message: SendMessage) -> None:
    await send_message(ann.tenant, domain, subject="Order 1")
    page = await ann.see("/")
    assert "3 of 6 done" in page
    assert f"{domain} is yours" in page
    assert "Order 1" in page
    assert "1 on the way" in page


async def test_a_message_written_by_hand_is_sent_and_shown(ann: Person, domain: str, send_message: SendMessage) -> None:
    await send_message(ann.tenant, domain)
    fields = {"sender": "ann", "domain": domain, "to": "bob@else.test, eve@else.test", "subject": "Hi", "text": "Hello"}
    answer = await ann.submit("/messages/new", page="/messages/new", **fields)
    assert answer.status_code == 303
    page = await ann.see(answer.headers["location"])
    assert "Hi" in page
    assert page.count("We have it and answer for it") == 2
    assert "eve@else.test" in page


@pytest.mark.parametrize(
    ("field", "value", "where"),
    [
        ("to", "bob@", "to-error"),
        ("to", "", "to-error"),
        ("subject", "a\nb", "subject-error"),
        ("text", "", "text-error"),
    ],
)
async def test_a_fault_is_shown_at_its_field_and_the_rest_is_kept(
    ann: Person, domain: str, field: str, value: str, where: str
) -> None:
    fields = {"sender": "ann", "domain": domain, "to": "bob@else.test", "subject": "Kept", "text": "Kept too"}
    answer = await ann.submit("/messages/new", page="/messages/new", **(fields | {field: value}))
    assert answer.status_code == 422
    assert f'id="{where}"' in answer.text
    assert "Kept" in answer.text


async def test_a_form_that_is_sent_twice_is_one_message(ann: Person, domain: str, db: Database) -> None:
    fields = {"sender": "ann", "domain": domain, "to": "bob@else.test", "subject": "Hi", "text": "Hello"}
    once = re.search(r'name="once" value="([^"]+)"', await ann.see("/messages/new"))
    assert once
    form = fields | {"once": once[1], "_csrf_token": await ann.token("/messages/new")}
    answers = await asyncio.gather(*(ann.client.post("/messages/new", data=form) for _ in range(3)))
    assert len({answer.headers["location"] for answer in answers}) == 1
    changed = await ann.client.post("/messages/new", data=form | {"subject": "Hi again"})
    assert changed.headers["location"] != answers[0].headers["location"]
    with acting_for(ann.tenant.id):
        async with db.tenant_tx() as tx:
            assert await tx.connection.fetchval("select count(*) from messages") == 2


async def test_a_form_may_be_sent_again_after_it_was_put_right(ann: Person, domain: str) -> None:
    fields = {"sender": "ann", "domain": domain, "to": "bob@", "subject": "Hi", "text": "Hello", "once": "x" * 22}
    refused = await ann.submit("/messages/new", page="/messages/new", **fields)
    assert refused.status_code == 422
    assert f'value="{fields["once"]}"' in refused.text
    assert (
        await ann.submit("/messages/new", page="/messages/new", **(fields | {"to": "b@else.test"}))
    ).status_code == 303


async def test_without_a_server_for_mailboxes_nobody_reads_the_operators_words(
    ann: Person, domain: str, db: Database
) -> None:
    async with db.fleet_tx() as tx:
        await tx.connection.execute("delete from placements where tenant_id = $1", ann.tenant.id)
    fields = {"local_part": "ann", "domain": domain, "name": "Ann", "password": "correct horse"}
    answer = await ann.submit("/mailboxes", page="/mailboxes", **fields)
    assert answer.status_code == 503
    assert "Your provider has no server for mailboxes yet" in answer.text
    assert "fleetpost node add" not in answer.text


async def test_the_list_is_filtered_by_its_address(ann: Person, domain: str, send_message: SendMessage) -> None:
    await send_message(ann.tenant, domain, to="bob@else.test", subject="For Bob")
    await send_message(ann.tenant, domain, to="eve@else.test", subject="For Eve")
    page = await ann.see("/messages?" + urlencode({"query": "Bob@else.test "}))
    assert "For Bob" in page
    assert "For Eve" not in page
    assert "Nothing matches" in await ann.see("/messages?status=bounced")
    assert "For Eve" in await ann.see("/messages?status=nonsense")


async def test_htmx_gets_the_part_that_changes(ann: Person) -> None:
    part = await ann.client.get("/messages", headers={"hx-request": "true"})
    assert part.text.startswith('<section id="results"')
    whole = await ann.client.get("/messages", headers={"hx-request": "true", "hx-history-restore-request": "true"})
    assert whole.text.startswith("<!DOCTYPE html>")


async def test_long_lists_have_pages(ann: Person, domain: str, send_message: SendMessage) -> None:
    for number in range(26):
        await send_message(ann.tenant, domain, subject=f"Number {number:02}")
    first = await ann.see("/messages")
    assert "Number 25" in first
    assert "Number 00" not in first
    older = first.split('rel="next"')[0].rpartition('href="')[2].partition('"')[0]
    assert "Number 00" in await ann.see(older)


async def test_what_customers_write_is_shown_as_text(ann: Person, domain: str, send_message: SendMessage) -> None:
    message_id = await send_message(ann.tenant, domain, subject="<script>alert(1)</script>")
    answer = await ann.client.get(f"/messages/{message_id}")
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;alert(1)" in answer.text


async def test_a_domain_is_added_and_its_records_are_shown(ann: Person) -> None:
    answer = await ann.submit("/domains", page="/domains", name="Example.ORG")
    assert answer.status_code == 303
    page = await ann.see(answer.headers["location"])
    assert "The domain is added" in page
    assert "_fleetpost.example.org" in page
    assert "Signature (DKIM)" in page


async def test_what_is_no_domain_is_refused_at_its_field(ann: Person) -> None:
    answer = await ann.submit("/domains", page="/domains", name="not a domain")
    assert answer.status_code == 422
    assert 'id="name-error"' in answer.text
    assert 'value="not a domain"' in answer.text


async def test_a_short_password_is_refused_and_never_shown_again(ann: Person, domain: str) -> None:
    fields = {"local_part": "bob", "domain": domain, "name": "Bob", "password": "tooshort"}
    answer = await ann.submit("/mailboxes", page="/mailboxes", **fields)
    assert answer.status_code == 422
    assert "Use 10 to 256 characters." in answer.text
    assert "tooshort" not in answer.text


async def test_without_a_domain_the_forms_lead_to_it(ann: Person) -> None:
    for path in ("/messages/new", "/mailboxes"):
        assert "A domain comes first" in await ann.see(path)


async def test_foreign_things_are_not_there(
    ann: Person,
    make_tenant: MakeTenant,
    make_domain: MakeDomain,
    make_person: MakePerson,
    send_message: SendMessage,
) -> None:
    stranger = await make_person(await make_tenant())
    await stranger.sign_in()
    message_id = await send_message(ann.tenant, await make_domain(ann.tenant, "acme"))
    domain_path = (
        (await ann.submit("/domains", page="/domains", name="mine.test")).headers["location"].partition("?")[0]
    )
    for path in (f"/messages/{message_id}", f"/messages/{message_id}/live", domain_path):
        answer = await stranger.client.get(path)
        assert answer.status_code == 404, path
        assert "There is nothing here" in answer.text
    assert (await stranger.submit(f"{domain_path}/check")).status_code == 404


@pytest.mark.parametrize("path", ["/nothing", "/messages/msg_x", "/domains/dom_x", "/messages?after=msg_x"])
async def test_what_is_not_there_is_a_page_of_ours(ann: Person, path: str) -> None:
    answer = await ann.client.get(path)
    assert answer.status_code == 404
    assert "There is nothing here" in answer.text


async def test_a_program_gets_a_problem_where_a_person_gets_a_page(ann: Person) -> None:
    answer = await ann.client.get("/nothing", headers={"accept": "application/json"})
    assert answer.headers["content-type"] == "application/problem+json"
    answer = await ann.client.get("/v1/nothing")
    assert answer.headers["content-type"] == "application/problem+json"


async def test_every_page_bears_the_security_headers(ann: Person) -> None:
    for path in ("/", "/sign-in", "/messages", "/nothing", "/domains/dom_x"):
        answer = await ann.client.get(path, follow_redirects=True)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"


async def test_no_page_has_an_inline_script_or_style(ann: Person, domain: str, send_message: SendMessage) -> None:
    message_id = await send_message(ann.tenant, domain)
    for path in ("/", "/messages", f"/messages/{message_id}", "/messages/new", "/domains", "/mailboxes", "/webhooks"):
        page = await ann.see(path)
        assert "style=" not in page
        assert "<style" not in page
        assert " onclick" not in page
        assert page.count("<script") == page.count('<script type="module" src="/static/build/') == 1


async def test_the_theme_is_in_the_first_byte(ann: Person) -> None:
    assert '<html lang="en">' in await ann.see("/")
    ann.client.cookies.set("fp_theme", "dark")
    assert '<html lang="en" data-theme="dark">' in await ann.see("/")
    ann.client.cookies.set("fp_theme", '"><script>')
    assert '<html lang="en">' in await ann.see("/")


async def test_api_requests_touch_no_session(ann: Person) -> None:
    answer = await ann.client.get("/v1/me", headers=ann.tenant.headers)
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
