"""API keys in the browser: made with ready-made rights, shown once, replaced and revoked."""

import html
import re

import httpx
import pytest

from tests.conftest import MakeDomain, MakeTenant
from tests.web.conftest import MakePerson, Person

PAGE = "/settings/api-keys"
NEW = f"{PAGE}/new"
_SECRET = re.compile(r"fp_[0-9a-v]{56}")
_ID = re.compile(r"key_[0-9a-v]{26}")


async def make(person: Person, **fields: str) -> tuple[str, str]:
    """Make a key; gives its id and its secret."""
    answer = await person.submit(NEW, page=NEW, **({"name": "Online shop", "preset": "send", "days": "365"} | fields))
    assert answer.status_code in (200, 201), answer.text
    return _ID.findall(answer.text)[0], _SECRET.findall(answer.text)[0]


async def status_with(client: httpx.AsyncClient, secret: str, path: str = "/v1/messages") -> int:
    return (await client.get(path, headers={"Authorization": f"Bearer {secret}"})).status_code


async def test_a_keys_secret_is_shown_once(ann: Person, client: httpx.AsyncClient) -> None:
    key_id, secret = await make(ann, preset="read")
    assert await status_with(client, secret) == 200
    for path in (PAGE, f"{PAGE}/{key_id}"):
        text = await ann.see(path)
        assert "Online shop" in text
        assert "Read only" in text
        assert secret not in text


@pytest.mark.parametrize(("preset", "reads"), [("send", 403), ("read", 200), ("all", 200)])
async def test_rights_come_ready_made(ann: Person, client: httpx.AsyncClient, preset: str, reads: int) -> None:
    assert await status_with(client, (await make(ann, preset=preset))[1]) == reads


async def test_a_developer_gives_no_more_than_a_developers_rights(
    make_person: MakePerson, make_tenant: MakeTenant, client: httpx.AsyncClient
) -> None:
    person = await make_person(await make_tenant(), role="developer")
    await person.sign_in()
    _, secret = await make(person, preset="all")
    assert await status_with(client, secret) == 200
    assert await status_with(client, secret, "/v1/audit-log") == 403


async def test_a_refused_form_keeps_what_was_typed(ann: Person) -> None:
    fields = {"name": "Till", "domains": "not-mine.test", "networks": "here", "rate": "many"}
    answer = await ann.submit(NEW, page=NEW, preset="send", days="30", **fields)
    assert answer.status_code == 422
    for typed in fields.values():
        assert f'value="{typed}"' in answer.text
    for odd in ({"days": "9" * 40}, {"preset": "\0"}, {"rate": "9" * 40}, {"domains": "a," * 999}, {"name": "x" * 999}):
        assert (await ann.submit(NEW, page=NEW, **({"name": "x", "preset": "send"} | odd))).status_code == 422, odd


async def test_a_key_is_bound(ann: Person, make_domain: MakeDomain) -> None:
    domain = await make_domain(ann.tenant, "shop")
    key_id, _ = await make(ann, domains=f" {domain} ", networks="192.0.2.0/24, 2001:db8::/32", rate="60", days="")
    text = await ann.see(f"{PAGE}/{key_id}")
    for shown in (domain, "192.0.2.0/24", "2001:db8::/32", "60", "Never"):
        assert shown in text


async def test_a_key_is_replaced_by_another(ann: Person, client: httpx.AsyncClient) -> None:
    key_id, old = await make(ann, preset="read")
    page = f"{PAGE}/{key_id}"
    answer = await ann.submit(f"{page}/rotate", page=page, overlap="3600")
    [new] = set(_SECRET.findall(answer.text))
    assert [await status_with(client, secret) for secret in (old, new)] == [200, 200]
    assert "Replaced by" in await ann.see(page)
    again = await ann.submit(f"{page}/rotate", page=page)
    assert again.status_code == 409


async def test_a_key_is_revoked(ann: Person) -> None:
    key_id, _ = await make(ann)
    page = f"{PAGE}/{key_id}"
    assert (await ann.submit(f"{page}/revoke", page=page)).status_code == 303
    assert (await ann.client.get(page)).status_code == 404


async def test_who_only_looks_sees_no_buttons_and_pushes_none(make_person: MakePerson, make_tenant: MakeTenant) -> None:
    clerk = await make_person(await make_tenant(), role="support")
    await clerk.sign_in()
    assert (await clerk.client.get(PAGE)).status_code == 403
    assert (await clerk.client.get(NEW)).status_code == 403


@pytest.mark.parametrize("path", [f"{PAGE}/key_x", f"{PAGE}/new/x", f"{PAGE}/mbx_1", f"{PAGE}?after=x"])
async def test_odd_addresses_are_no_fault_of_ours(ann: Person, path: str) -> None:
    assert (await ann.client.get(path)).status_code == 404


async def test_a_key_for_smtp_comes_with_all_that_a_program_is_told(ann: Person) -> None:
    answer = await ann.submit(NEW, page=NEW, name="Online shop", preset="send", days="365", smtp="yes")
    assert answer.status_code in (200, 201), answer.text
    text = html.unescape(answer.text)
    [key_id], [secret] = set(_ID.findall(text)), set(_SECRET.findall(text))
    for words in (f"--auth-user {key_id} --auth-password {secret}", "+broadcast", "nodemailer", "PHPMailer"):
        assert words in text
    shown = html.unescape(await ann.see(f"{PAGE}/{key_id}"))
    assert f'client.login("{key_id}", "fp_…")' in shown
    assert secret not in shown


async def test_smtp_is_switched_on_and_off(ann: Person) -> None:
    key_id, _ = await make(ann)
    page = f"{PAGE}/{key_id}"
    for wanted, words in (("yes", "Switch SMTP off"), ("", "Switch SMTP on")):
        answer = await ann.submit(f"{page}/smtp", page=page, smtp=wanted)
        assert answer.status_code == 303, answer.text
        assert words in await ann.see(page)


async def test_a_key_that_may_not_send_is_none_for_smtp(ann: Person) -> None:
    answer = await ann.submit(NEW, page=NEW, name="Reader", preset="read", days="365", smtp="yes")
    assert (answer.status_code, "may send" in answer.text) == (422, True)
    key_id, _ = await make(ann, preset="read")
    page = f"{PAGE}/{key_id}"
    answer = await ann.submit(f"{page}/smtp", page=page, smtp="yes")
    assert (answer.status_code, "may send" in answer.text) == (422, True)
