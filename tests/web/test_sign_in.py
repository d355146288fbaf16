"""Signing in, staying signed in, signing out."""

import secrets

import httpx
import pytest

from control_plane.accounts import service as accounts
from control_plane.accounts.throttle import TRIES_PER_PAIR, WINDOW_SECONDS
from control_plane.core.database import Database
from tests.web.conftest import PASSWORD, MakePerson, Person

PAGES = ["/", "/messages", "/messages/new", "/messages/live", "/domains", "/mailboxes", "/webhooks"]


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_asks_a_stranger_to_sign_in(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path, headers={"accept": "text/html"})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")


async def test_after_signing_in_one_arrives_where_one_was_going(visitor: Person) -> None:
    asked = await visitor.client.get("/messages?status=deferred")
    assert asked.headers["location"] == "/sign-in?next=%2Fmessages%3Fstatus%3Ddeferred"
    answer = await visitor.sign_in(next="/messages?status=deferred")
    assert answer.headers["location"] == "/messages?status=deferred"


@pytest.mark.parametrize("address", ["https://evil.test/", "//evil.test/", "/\\evil.test"])
async def test_signing_in_leads_to_no_other_site(visitor: Person, address: str) -> None:
    assert (await visitor.sign_in(next=address)).headers["location"] == "/"


async def test_a_wrong_password_is_said_and_the_email_is_kept(visitor: Person) -> None:
    answer = await visitor.sign_in("wrong")
    assert answer.status_code == 422
    assert "do not belong together" in answer.text
    assert f'value="{visitor.email}"' in answer.text
    assert "wrong" not in answer.text


async def test_who_is_signed_in_is_not_asked_again(ann: Person) -> None:
    assert (await ann.client.get("/sign-in")).headers["location"] == "/"


async def test_signing_out_ends_the_session_and_not_only_the_cookie(ann: Person) -> None:
    token = ann.client.cookies["fp_session"]
    assert (await ann.submit("/sign-out")).headers["location"] == "/sign-in"
    assert "fp_session" not in ann.client.cookies
    ann.client.cookies.set("fp_session", token)
    assert (await ann.client.get("/")).status_code == 303


async def test_who_lost_their_place_is_out_at_once(ann: Person, db: Database) -> None:
    async with db.fleet_tx() as tx:
        user_id = await tx.connection.fetchval("select id from users where email = $1", ann.email)
    async with db.user_tx(user_id) as tx:
        await tx.connection.execute("select set_config('app.tenant_id', $1, true)", str(ann.tenant.id))
        await tx.connection.execute("delete from memberships where user_id = $1", user_id)
    assert (await ann.client.get("/")).status_code == 303


async def test_an_htmx_request_without_a_session_moves_the_whole_page(client: httpx.AsyncClient) -> None:
    answer = await client.get("/messages", headers={"hx-request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (204, "/sign-in")


async def test_the_session_cookie_is_kept_from_scripts_and_other_sites(visitor: Person) -> None:
    cookie = next(c for c in (await visitor.sign_in()).headers.get_list("set-cookie") if c.startswith("fp_session="))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie


async def test_over_https_cookies_are_bound_to_the_host(visitor: Person) -> None:
    visitor.client.base_url = httpx.URL("https://fleetpost.test")
    cookies = (await visitor.sign_in()).headers.get_list("set-cookie")
    session = next(cookie for cookie in cookies if "fp_session=" in cookie)
    assert session.startswith("__Host-fp_session=")
    assert "Secure" in session


async def test_a_person_of_a_support_team_reads_but_does_not_send(make_person: MakePerson, ann: Person) -> None:
    reader = await make_person(ann.tenant, "support")
    await reader.sign_in()
    assert (await reader.client.get("/messages")).status_code == 200
    answer = await reader.submit("/messages/new", sender="ann", domain="acme.test", to="b@else.test", text="x")
    assert answer.status_code == 403
    assert "did not go through" in answer.text


async def test_a_person_who_does_the_bills_sees_no_mail(make_person: MakePerson, ann: Person) -> None:
    clerk = await make_person(ann.tenant, "billing")
    await clerk.sign_in()
    assert (await clerk.client.get("/messages")).status_code == 403


async def test_who_tries_too_often_is_told_how_long_to_wait(visitor: Person) -> None:
    token = await visitor.token()
    form = {"email": visitor.email, "password": "wrong", "_csrf_token": token}
    answers = [await visitor.client.post("/sign-in", data=form) for _ in range(TRIES_PER_PAIR + 1)]
    assert [answer.status_code for answer in answers] == [422] * TRIES_PER_PAIR + [429]
    assert 0 < int(answers[-1].headers["retry-after"]) <= WINDOW_SECONDS


async def test_signing_in_anew_ends_the_session_before(ann: Person) -> None:
    before = ann.client.cookies["fp_session"]
    form = {"email": ann.email, "password": PASSWORD, "_csrf_token": await ann.token("/")}
    assert (await ann.client.post("/sign-in", data=form)).status_code == 303
    assert ann.client.cookies["fp_session"] != before
    ann.client.cookies.set("fp_session", before)
    assert (await ann.client.get("/")).status_code == 303


async def test_an_address_is_known_in_every_form_of_its_domain(visitor: Person, db: Database) -> None:
    local = f"eve-{secrets.token_hex(4)}"
    async with db.fleet_tx() as tx:
        await accounts.create_user(tx, visitor.tenant.id, f"{local}@xn--bcher-kva.test", PASSWORD, "owner")
    visitor.email = f" {local.upper()}@Bücher.test"
    assert (await visitor.sign_in()).status_code == 303


@pytest.mark.parametrize("email", ["", "@", "a\0b@else.test", "ann@else.test\r\nx", "x" * 100_000])
async def test_what_is_no_address_belongs_to_nobody(visitor: Person, email: str) -> None:
    visitor.email = email
    answer = await visitor.sign_in("x\0y")
    assert (answer.status_code, "do not belong together" in answer.text) == (422, True)


@pytest.mark.parametrize("path", ["/sign-in/passkey/ask", "/sign-in/sso"])
async def test_what_costs_more_than_asking_is_limited_by_address(visitor: Person, path: str) -> None:
    token = await visitor.token()
    answers = [await visitor.client.post(path, data={"_csrf_token": token}) for _ in range(40)]
    assert answers[-1].status_code == 429
    assert answers[0].status_code != 429
