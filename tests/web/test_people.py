"""People at the portal: they make accounts, come back by mailed links, invite each other and change their passwords."""

import secrets
from datetime import timedelta

import httpx
import msgspec
import pytest
from litestar import Litestar

from control_plane.accounts.schemas import Role
from control_plane.accounts.throttle import TRIES_PER_PAIR
from control_plane.core.clock import FixedClock
from control_plane.core.database import Database
from control_plane.core.ids import TenantId
from control_plane.core.runtime import Runtime
from tests.conftest import Tenant
from tests.mailbox import link_to, notices_to
from tests.web.conftest import PASSWORD, MakePerson, Person

NEW = "copper meadow lantern four"


def an_address() -> str:
    return f"zoe-{secrets.token_hex(4)}@else.test"


@pytest.fixture(autouse=True)
def _mail(system_domain: TenantId) -> None:
    """The platform can write mails."""


async def press(person: Person, path: str, **fields: str) -> httpx.Response:
    """Send a page's own form."""
    return await person.submit(path, page=path, **fields)


async def test_from_an_address_to_an_account_of_ones_own(visitor: Person, db: Database) -> None:
    email = an_address()
    asked = await press(visitor, "/sign-up", email=email)
    assert asked.status_code == 200
    assert email in asked.text
    link = await link_to(db, email)
    assert email in await visitor.see(link)
    refused = await press(visitor, link, account="", kind="agency", name="Zoë", password="short")
    assert refused.status_code == 422
    assert 'value="Zoë"' in refused.text
    assert "short" not in refused.text
    done = await press(visitor, link, account="Zoë & Co", kind="agency", name="Zoë", password=NEW)
    assert (done.status_code, done.headers["location"]) == (303, "/")
    assert "Zoë & Co" in await visitor.see("/")


async def test_sign_up_answers_the_same_for_who_is_here(visitor: Person, db: Database) -> None:
    new = await press(visitor, "/sign-up", email=an_address())
    known = await press(visitor, "/sign-up", email=visitor.email)
    assert (known.status_code, len(known.text.split())) == (new.status_code, len(new.text.split()))
    assert "Welcome back" in await visitor.see(await link_to(db, visitor.email))


async def test_looking_at_a_link_uses_nothing_up(visitor: Person, db: Database) -> None:
    await visitor.submit("/sign-in/link", page="/sign-in", email=visitor.email)
    link = await link_to(db, visitor.email)
    for _ in range(3):
        assert visitor.email in await visitor.see(link)
    assert (await visitor.client.head(link)).status_code in (200, 405)
    assert (await press(visitor, link)).headers["location"] == "/"
    spent = await visitor.client.get(link)
    assert spent.status_code == 410
    assert "This link is over" in spent.text


async def test_a_link_is_asked_for_in_the_same_words_by_strangers(visitor: Person, db: Database) -> None:
    stranger = an_address()
    answers = [
        await visitor.submit(path, page="/sign-in", email=email)
        for path in ("/sign-in/link", "/forgot-password")
        for email in (visitor.email, stranger)
    ]
    assert {answer.status_code for answer in answers} == {200}
    assert await notices_to(db, stranger) == []
    assert len(await notices_to(db, visitor.email)) == 2


async def test_a_forgotten_password_is_replaced(visitor: Person, db: Database) -> None:
    await press(visitor, "/forgot-password", email=visitor.email)
    link = await link_to(db, visitor.email)
    assert "12" in await visitor.see(link)
    assert (await press(visitor, link, password="password1234")).status_code == 422
    assert (await press(visitor, link, password=NEW)).headers["location"] == "/"
    await visitor.submit("/sign-out")
    assert (await visitor.sign_in()).status_code == 422
    assert (await visitor.sign_in(NEW)).status_code == 303


MADE_UP = ["/links/x", "/links/fpl_" + "0" * 56, "/invitations/x", "/invitations/%00", "/links/%F0%9F%92%A3"]


@pytest.mark.parametrize("path", MADE_UP)
async def test_a_made_up_link_says_that_it_is_over(visitor: Person, path: str) -> None:
    answer = await visitor.client.get(path)
    assert answer.status_code == 410
    assert "This link is over" in answer.text


async def test_a_colleague_is_invited_joins_and_is_removed(ann: Person, make_person: MakePerson, db: Database) -> None:
    email = an_address()
    invited = await ann.submit("/settings/members/invite", email=email, role="support")
    assert invited.headers["location"] == "/settings/members?done=sent"
    assert email in await ann.see("/settings/members")
    bob = await make_person(ann.tenant, "support")  # only their browser is used
    link = await link_to(db, email)
    assert ann.email in await bob.see(link)
    joined = await press(bob, link, name="Bob", password="")
    assert joined.headers["location"] == "/"
    assert (await bob.client.get("/messages")).status_code == 200
    page = await ann.see("/settings/members")
    member = page.split(email)[1].split("/settings/members/")[1].split("/")[0]
    assert (await ann.submit(f"/settings/members/{member}/role", role="developer")).status_code == 303
    assert (await ann.submit(f"/settings/members/{member}/remove")).status_code == 303
    assert (await bob.client.get("/messages")).status_code == 303


async def test_who_is_signed_in_joins_in_the_same_session(
    ann: Person, make_person: MakePerson, stranger: Tenant, db: Database
) -> None:
    bob = await make_person(stranger)
    await bob.sign_in()
    await ann.submit("/settings/members/invite", email=bob.email, role="marketer")
    before = bob.client.cookies["fp_session"]
    assert (await press(bob, await link_to(db, bob.email))).headers["location"] == "/"
    assert bob.client.cookies["fp_session"] == before
    assert (await bob.client.get("/settings/members")).status_code == 403


async def test_the_last_owner_is_told_so(ann: Person) -> None:
    page = await ann.see("/settings/members")
    me = page.split("/settings/members/usr_")[1].split("/")[0]
    answer = await ann.submit(f"/settings/members/usr_{me}/remove")
    assert answer.status_code == 409
    assert "needs an owner" in answer.text


@pytest.mark.parametrize(("role", "status"), [("admin", 200), ("developer", 403), ("support", 403), ("billing", 403)])
async def test_who_sees_the_members(ann: Person, make_person: MakePerson, role: Role, status: int) -> None:
    person = await make_person(ann.tenant, role)
    await person.sign_in()
    assert (await person.client.get("/settings/members")).status_code == status


async def test_an_admin_is_offered_nothing_to_do_to_owners(ann: Person, make_person: MakePerson) -> None:
    admin = await make_person(ann.tenant, "admin")
    await admin.sign_in()
    page = await admin.see("/settings/members")
    assert ann.email in page
    assert "transfer-ownership" not in page
    refused = await admin.submit("/settings/members/invite", email=an_address(), role="owner")
    assert refused.status_code == 403
    assert "at least that role" in refused.text


async def test_a_profile_is_changed(ann: Person) -> None:
    assert (await press(ann, "/account", name="Ann B.", language="de")).status_code == 303
    page = await ann.see("/account")
    assert 'value="Ann B."' in page
    assert 'lang="de"' in page
    refused = await press(ann, "/account", name="", language="de")
    assert refused.status_code == 422


async def test_one_leaves_an_account_unless_one_is_its_last_owner(ann: Person, make_person: MakePerson) -> None:
    tenant_id = (await ann.see("/account")).split('name="tenant_id" value="')[1].split('"')[0]
    assert (await ann.submit("/account/leave", tenant_id=tenant_id)).status_code == 409
    bob = await make_person(ann.tenant, "support")
    await bob.sign_in()
    assert (await bob.submit("/account/leave", tenant_id=tenant_id)).status_code == 303
    assert (await bob.client.get("/")).status_code == 303
    assert (await ann.submit("/account/leave", tenant_id="ten_x")).status_code == 404


async def test_a_password_is_changed_right_after_signing_in(ann: Person) -> None:
    assert 'name="old_password"' not in await ann.see("/account/password")
    assert (await press(ann, "/account/password", password="short")).status_code == 422
    assert (await press(ann, "/account/password", password=NEW)).headers["location"].startswith("/account/security")
    await ann.submit("/sign-out")
    assert (await ann.sign_in(NEW)).status_code == 303


async def test_later_the_old_password_is_asked_for(
    ann: Person, app: Litestar, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = FixedClock(runtime.clock.now() + timedelta(minutes=11))
    monkeypatch.setattr(app.state, "runtime", msgspec.structs.replace(runtime, clock=later), raising=False)
    assert 'name="old_password"' in await ann.see("/account/password")
    assert (await press(ann, "/account/password", old_password="a guess", password=NEW)).status_code == 422
    assert (await press(ann, "/account/password", old_password=PASSWORD, password=NEW)).status_code == 303


async def test_somebody_elses_tries_do_not_slow_down_a_known_browser(ann: Person, make_person: MakePerson) -> None:
    await ann.submit("/sign-out")
    mallory = await make_person(ann.tenant)
    form = {"email": ann.email, "password": "a guess", "_csrf_token": await mallory.token()}
    answers = [await mallory.client.post("/sign-in", data=form) for _ in range(TRIES_PER_PAIR + 1)]
    assert answers[-1].status_code == 429
    assert (await ann.sign_in()).status_code == 303


async def test_without_a_proven_sender_the_page_says_what_is_wrong(
    visitor: Person, app: Litestar, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = msgspec.structs.replace(runtime.settings, system_sender="no@unproven.test")
    monkeypatch.setattr(app.state, "runtime", msgspec.structs.replace(runtime, settings=settings), raising=False)
    for path in ("/sign-up", "/forgot-password"):
        answer = await press(visitor, path, email=visitor.email)
        assert answer.status_code == 503
        assert "cannot send mails just now" in answer.text
        assert f'value="{visitor.email}"' in answer.text


async def test_closed_to_strangers(
    visitor: Person, app: Litestar, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = msgspec.structs.replace(runtime.settings, sign_up="closed")
    monkeypatch.setattr(app.state, "runtime", msgspec.structs.replace(runtime, settings=settings), raising=False)
    assert "by invitation" in await visitor.see("/sign-up")
    assert "/sign-up" not in await visitor.see("/sign-in")
    assert (await visitor.submit("/sign-up", page="/sign-in", email=an_address())).status_code == 403


async def test_who_belongs_nowhere_is_told_so(visitor: Person, db: Database) -> None:
    await visitor.submit("/sign-in/link", page="/sign-in", email=visitor.email)
    async with db.fleet_tx() as tx:
        user_id = await tx.connection.fetchval("select id from users where email = $1", visitor.email)
    async with db.user_tx(user_id) as tx:
        await tx.connection.execute("select set_config('app.tenant_id', $1, true)", str(visitor.tenant.id))
        await tx.connection.execute("delete from memberships where user_id = $1", user_id)
    answer = await press(visitor, await link_to(db, visitor.email))
    assert "You belong to no account just now" in answer.text
