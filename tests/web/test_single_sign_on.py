"""Signing in with one's organisation in the browser, and the page where it is set up."""

import re
from collections.abc import Generator
from datetime import timedelta
from html import unescape

import httpx
import pytest
from msgspec.structs import replace

from control_plane.accounts import service as accounts
from control_plane.accounts import sessions
from control_plane.core import ids
from control_plane.core.database import Database
from control_plane.core.runtime import Runtime
from tests.conftest import MakeTenant
from tests.control_plane.accounts.identity_provider import CLIENT, SECRET, IdentityProvider, serve
from tests.web.conftest import MakePerson, Person

PAGE = "/settings/single-sign-on"


@pytest.fixture
def provider() -> Generator[IdentityProvider]:
    with serve() as running:
        yield running


async def set_up(owner: Person, provider: IdentityProvider, domain: str, **others: str) -> httpx.Response:
    fields = {"issuer": provider.issuer, "client_id": CLIENT, "client_secret": SECRET, "email_domains": domain}
    return await owner.submit(PAGE, page=PAGE, **(fields | others))


async def leave(person: Person, email: str, page: str = "/sign-in/sso", **fields: str) -> str:
    """Leave for the provider; gives the address of its page."""
    answer = await person.submit("/sign-in/sso", page=page, email=email, **fields)
    assert answer.status_code == 200, answer.text
    address = answer.headers["refresh"].partition("url=")[2]
    assert f'href="{address}"' in unescape(answer.text)
    return str(address)


async def test_a_colleague_comes_in_by_the_organisation(
    ann: Person, make_person: MakePerson, domain: str, provider: IdentityProvider
) -> None:
    assert (await set_up(ann, provider, domain)).headers["location"] == f"{PAGE}?done=saved"
    bob = await make_person(ann.tenant)
    address = await leave(bob, f"bob@{domain}", next="/domains")
    brought = provider.let_in(address, sub="7", email=f"bob@{domain}", name="Bob")
    done = await bob.client.get("/sign-in/sso/callback", params=brought)
    assert done.headers["location"] == "/domains"
    page = await bob.see("/account/security")
    assert f"bob@{domain}" in page
    assert "signed in through your organisation" in page
    assert (await bob.client.get("/account/security/app")).status_code == 403


async def test_another_browser_cannot_finish_what_this_one_began(
    ann: Person, make_person: MakePerson, domain: str, provider: IdentityProvider
) -> None:
    await set_up(ann, provider, domain)
    attacker, victim = await make_person(ann.tenant), await make_person(ann.tenant)
    brought = provider.let_in(await leave(attacker, f"eve@{domain}"), sub="666", email=f"eve@{domain}")
    refused = await victim.client.get("/sign-in/sso/callback", params=brought)
    assert refused.status_code == 400
    assert "another browser" in refused.text
    assert "fp_session" not in victim.client.cookies


@pytest.mark.parametrize(
    "query", ["", "?state=x&code=y", "?error=access_denied&state=x", "?state=%00&code=%00&iss=%F0"]
)
async def test_a_made_up_way_back_is_said_to_be_none(visitor: Person, query: str) -> None:
    answer = await visitor.client.get(f"/sign-in/sso/callback{query}")
    assert answer.status_code == 400
    assert "begin once more" in answer.text


@pytest.mark.parametrize("email", ["", "bob", "bob@nowhere.test", "bob@\0", "a@b@c", "x" * 9000])
async def test_an_address_of_no_organisation_is_said_at_its_field(visitor: Person, email: str) -> None:
    answer = await visitor.submit("/sign-in/sso", page="/sign-in/sso", email=email)
    assert answer.status_code == 422
    assert "No organisation" in unescape(answer.text)


async def test_who_came_by_the_organisation_confirms_there(
    ann: Person, make_person: MakePerson, domain: str, provider: IdentityProvider, runtime: Runtime
) -> None:
    await set_up(ann, provider, domain, default_role="admin")
    bob = await make_person(ann.tenant)
    brought = provider.let_in(await leave(bob, f"bob@{domain}"), sub="7", email=f"bob@{domain}")
    await bob.client.get("/sign-in/sso/callback", params=brought)
    token = bob.client.cookies["fp_session"]
    session = await sessions.find(runtime.valkey, token)
    assert session is not None
    old = session.authenticated_at - timedelta(hours=1)
    await sessions.update(runtime.valkey, token, replace(session, authenticated_at=old))
    page = await bob.see("/confirm-identity?next=/settings")
    assert "Confirm with your organisation" in page
    assert 'name="password"' not in page
    address = await leave(bob, f"bob@{domain}", "/confirm-identity?next=/settings", next="/settings", again="yes")
    assert "prompt=login" in address
    brought = provider.let_in(address, sub="7", email=f"bob@{domain}")
    assert (await bob.client.get("/sign-in/sso/callback", params=brought)).headers["location"] == "/settings"
    assert bob.client.cookies["fp_session"] != token


async def test_what_was_typed_stays_when_the_provider_does_not_answer(
    ann: Person, domain: str, provider: IdentityProvider
) -> None:
    answer = await set_up(ann, provider, domain, issuer="http://127.0.0.1:1")
    assert answer.status_code == 400
    page = unescape(answer.text)
    assert "cannot be reached" in page
    assert 'value="http://127.0.0.1:1"' in page
    assert SECRET not in page
    assert re.search(rf'value="{domain}"[^>]*checked', page)


async def test_a_provider_is_tried_changed_and_removed(ann: Person, domain: str, provider: IdentityProvider) -> None:
    await set_up(ann, provider, domain)
    tried = await ann.submit(f"{PAGE}/try", page=PAGE)
    assert "keys can be read" in await ann.see(tried.headers["location"])
    await set_up(ann, provider, domain, client_secret="", enforced="yes")
    assert "Enforced" in await ann.see(PAGE)
    provider.metadata_lies = {"issuer": "https://else.test"}
    assert "calls itself https://else.test" in (await ann.submit(f"{PAGE}/try", page=PAGE)).text
    await ann.submit(f"{PAGE}/remove", page=PAGE)
    assert "Save the provider" in await ann.see(PAGE)


async def test_only_owners_name_a_provider(
    ann: Person, make_person: MakePerson, domain: str, provider: IdentityProvider
) -> None:
    admin = await make_person(ann.tenant, "admin")
    await admin.sign_in()
    assert (await set_up(admin, provider, domain)).status_code == 403
    assert "Save the provider" not in await admin.see(PAGE)


async def test_naming_a_provider_needs_a_fresh_proof(
    ann: Person, domain: str, provider: IdentityProvider, runtime: Runtime
) -> None:
    token = ann.client.cookies["fp_session"]
    session = await sessions.find(runtime.valkey, token)
    assert session is not None
    old = session.authenticated_at - timedelta(hours=1)
    await sessions.update(runtime.valkey, token, replace(session, authenticated_at=old))
    assert (await set_up(ann, provider, domain)).headers["location"].startswith("/confirm-identity")


async def test_who_runs_a_provider_cannot_make_people_leave_other_accounts(
    ann: Person, make_person: MakePerson, make_tenant: MakeTenant, domain: str, provider: IdentityProvider, db: Database
) -> None:
    """The victim's address is at a domain that the attacker's tenant has proven."""
    elsewhere = await make_tenant()
    await set_up(ann, provider, domain)
    async with db.fleet_tx() as tx:
        victim = await accounts.create_user(tx, elsewhere.id, f"boss@{domain}", "x" * 20, "admin")
    attacker = await make_person(ann.tenant)
    brought = provider.let_in(await leave(attacker, f"boss@{domain}"), sub="1", email=f"boss@{domain}")
    await attacker.client.get("/sign-in/sso/callback", params=brought)
    assert ids.encode("ten", elsewhere.id) not in await attacker.see("/account")
    await attacker.submit("/account/leave", page="/account", tenant_id=ids.encode("ten", elsewhere.id))
    async with db.user_tx(victim) as tx:
        assert await tx.connection.fetchval("select count(*) from memberships where tenant_id = $1", elsewhere.id) == 1
