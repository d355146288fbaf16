"""Protecting one's own account in the browser: app, passkeys, recovery codes, sessions, and the second step."""

import re
from datetime import UTC, datetime, timedelta

import httpx
import pyotp
import pytest
from msgspec.structs import replace

from control_plane.accounts import sessions
from control_plane.core.runtime import Runtime
from tests.control_plane.accounts.authenticator import Authenticator
from tests.web.conftest import MakePerson, Person

ORIGIN = "http://fleetpost.test"
_KEY = re.compile(r"\b[A-Z2-7]{32}\b")
_CODE = re.compile(r"<li>([a-z2-7]{4}(?:-[a-z2-7]{4}){3})</li>")


async def answer_passkey(person: Person, path: str, key: Authenticator, page: str, **fields: str) -> httpx.Response:
    """Do what the page's script does: ask, have the passkey answer, send the form."""
    asked = await person.client.post(f"{path}/ask", headers={"x-csrf-token": await person.token(page)})
    assert asked.status_code == 200, asked.text
    made = key.create(asked.text) if "pubKeyCredParams" in asked.text else key.sign(asked.text)
    return await person.submit(path, page=page, credential=made, **fields)


async def set_up_app(person: Person) -> tuple[pyotp.TOTP, list[str]]:
    """Set up an authenticator app with the code of the step before, so that the present one is still good."""
    found = _KEY.search(await person.see("/account/security/app"))
    assert found
    app = pyotp.TOTP(found[0])
    code = app.at(datetime.now(UTC) - timedelta(seconds=30))
    answer = await person.submit("/account/security/app", page="/account/security", code=code)
    assert answer.status_code == 200, answer.text
    return app, _CODE.findall(answer.text)


async def grow_old(person: Person, runtime: Runtime) -> None:
    """Let the person's last proof be an hour ago."""
    token = person.client.cookies["fp_session"]
    session = await sessions.find(runtime.valkey, token)
    assert session is not None
    before = session.authenticated_at - timedelta(hours=1)
    await sessions.update(runtime.valkey, token, replace(session, authenticated_at=before))


async def test_signing_in_with_an_app_takes_two_steps(ann: Person) -> None:
    app, codes = await set_up_app(ann)
    assert len(codes) == 10
    await ann.submit("/sign-out")
    first = await ann.sign_in(next="/messages?status=deferred")
    assert first.headers["location"] == "/sign-in/second?next=%2Fmessages%3Fstatus%3Ddeferred"
    assert (await ann.client.get("/messages")).status_code == 303
    wrong = await ann.submit("/sign-in/second", page=first.headers["location"], code="000000", next="/messages")
    assert wrong.status_code == 400
    assert "not right" in wrong.text
    code = app.at(datetime.now(UTC))
    done = await ann.submit("/sign-in/second", page=first.headers["location"], code=code, next="/messages")
    assert done.headers["location"] == "/messages"
    assert (await ann.client.get("/messages")).status_code == 200


async def test_a_recovery_code_is_the_way_in_without_a_phone(ann: Person) -> None:
    _, codes = await set_up_app(ann)
    await ann.submit("/sign-out")
    await ann.sign_in()
    done = await ann.submit("/sign-in/second", page="/sign-in/second", code=codes[0])
    assert done.headers["location"] == "/"
    assert "9 codes left" in await ann.see("/account/security")


async def test_the_second_step_leads_nowhere_without_the_first(visitor: Person) -> None:
    assert (await visitor.client.get("/sign-in/second")).headers["location"].startswith("/sign-in")


async def test_a_wrong_code_shows_the_same_secret_again(ann: Person) -> None:
    shown = _KEY.search(await ann.see("/account/security/app"))
    answer = await ann.submit("/account/security/app", page="/account/security", code="123")
    assert shown
    assert answer.status_code == 400
    assert shown[0] in answer.text


async def test_with_a_passkey_one_signs_in_without_address_or_password(ann: Person) -> None:
    key = Authenticator(ORIGIN)
    made = await answer_passkey(ann, "/account/security/passkeys", key, "/account/security", name="Laptop")
    assert len(_CODE.findall(made.text)) == 10
    assert "Laptop" in await ann.see("/account/security")
    await ann.submit("/sign-out")
    done = await answer_passkey(ann, "/sign-in/passkey", key, "/sign-in", next="/domains")
    assert done.headers["location"] == "/domains"
    assert (await ann.client.get("/domains")).status_code == 200


async def test_a_passkey_is_a_second_step_too(ann: Person) -> None:
    key = Authenticator(ORIGIN)
    await answer_passkey(ann, "/account/security/passkeys", key, "/account/security", name="Laptop")
    await ann.submit("/sign-out")
    assert (await ann.sign_in()).headers["location"] == "/sign-in/second"
    done = await answer_passkey(ann, "/sign-in/second/passkey", key, "/sign-in/second")
    assert done.headers["location"] == "/"


async def test_a_refused_passkey_keeps_its_name_and_says_so(ann: Person) -> None:
    answer = await ann.submit("/account/security/passkeys", page="/account/security", name="Laptop", credential="{}")
    assert answer.status_code == 400
    assert 'value="Laptop"' in answer.text
    assert "was not accepted" in answer.text


async def test_an_unknown_passkey_signs_nobody_in(visitor: Person) -> None:
    refused = await answer_passkey(visitor, "/sign-in/passkey", Authenticator(ORIGIN), "/sign-in")
    assert refused.status_code == 400
    assert "was not accepted" in refused.text


@pytest.mark.parametrize("path", ["/account/security/app", "/account/security/app/remove"])
async def test_what_is_dangerous_asks_who_is_there_and_then_goes_on(ann: Person, runtime: Runtime, path: str) -> None:
    await grow_old(ann, runtime)
    method = "POST" if path.endswith("remove") else "GET"
    form = {"_csrf_token": await ann.token("/account/security")} if method == "POST" else None
    led = await ann.client.request(
        method, path, data=form, headers={"referer": "http://fleetpost.test/account/security"}
    )
    back = "/account/security" if method == "POST" else path
    assert led.headers["location"] == f"/confirm-identity?next={back.replace('/', '%2F')}"
    wrong = await ann.submit("/confirm-identity", page=led.headers["location"], password="wrong", next=back)
    assert wrong.status_code == 400
    before = ann.client.cookies["fp_session"]
    done = await ann.submit(
        "/confirm-identity", page=led.headers["location"], password="correct horse battery staple", next=back
    )
    assert done.headers["location"] == back
    assert ann.client.cookies["fp_session"] != before


async def test_confirming_leads_to_no_other_site(ann: Person, runtime: Runtime) -> None:
    await grow_old(ann, runtime)
    done = await ann.submit(
        "/confirm-identity",
        page="/confirm-identity",
        password="correct horse battery staple",
        next="https://evil.test/",
    )
    assert done.headers["location"] == "/"


async def test_one_sees_and_ends_ones_other_sessions(ann: Person, runtime: Runtime) -> None:
    here = ann.client.cookies["fp_session"]
    firefox = {"user-agent": "Mozilla/5.0 (Windows NT 10.0; rv:130.0) Gecko/20100101 Firefox/130.0"}
    ann.client.cookies.clear()
    token = await ann.token("/sign-in")
    form = {"email": ann.email, "password": "correct horse battery staple", "_csrf_token": token}
    await ann.client.post("/sign-in", data=form, headers=firefox)
    there = ann.client.cookies["fp_session"]
    ann.client.cookies.clear()
    ann.client.cookies.set("fp_session", here)
    page = await ann.see("/account/security")
    assert "This one" in page
    listed = re.search(r'action="(/account/security/sessions/[0-9a-f]{64}/end)"', page)
    assert listed
    await ann.submit(listed[1], page="/account/security")
    assert await sessions.find(runtime.valkey, there) is None
    assert await sessions.find(runtime.valkey, here) is not None


async def test_nobody_ends_another_persons_session(ann: Person, make_person: MakePerson, runtime: Runtime) -> None:
    bob = await make_person(ann.tenant)
    await bob.sign_in()
    token = bob.client.cookies["fp_session"]
    session = await sessions.find(runtime.valkey, token)
    assert session is not None
    [listed] = await sessions.list_of(runtime.valkey, session.user_id, token)
    await ann.submit(f"/account/security/sessions/{listed.id}/end", page="/account/security")
    assert await sessions.find(runtime.valkey, token) is not None


@pytest.mark.parametrize("passkey", ["pky_x", "x", "ten_06f0000000000000000000000g", "%00"])
async def test_a_made_up_passkey_is_not_found(ann: Person, passkey: str) -> None:
    answer = await ann.submit(f"/account/security/passkeys/{passkey}/remove", page="/account/security")
    assert answer.status_code == 404
