"""The page of a domain's signing keys."""

import html

import pytest

from control_plane.core.clock import SystemClock
from control_plane.core.ids import encode
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from control_plane.mail_domains import dkim, service
from control_plane.mail_domains.service import dkim_making
from tests.conftest import MakeDomain, Tenant
from tests.web.conftest import MakePerson, Person


@pytest.fixture
async def page(runtime: Runtime, tenant: Tenant, make_domain: MakeDomain) -> str:
    """The page of a proven domain with its first keys."""
    name = await make_domain(tenant, "keys")
    with acting_for(tenant.id):
        async with runtime.db.tenant_tx() as tx:
            domain_id = await tx.connection.fetchval("select id from mail_domains where name = $1", name)
            settings, clock = runtime.settings, SystemClock()
            await dkim_making.begin(tx, runtime.vault, settings, clock, domain_id, dkim.new_key_pairs())
            await service.begin_signing(tx, domain_id, clock.now())
    return f"/domains/{encode('dom', domain_id)}/dkim"


@pytest.fixture
async def person(tenant: Tenant, make_person: MakePerson) -> Person:
    """Somebody of that tenant, signed in."""
    made = await make_person(tenant)
    await made.sign_in()
    return made


async def see(person: Person, path: str) -> str:
    return html.unescape(await person.see(path))


async def test_keys_are_shown_with_their_lives(person: Person, page: str) -> None:
    seen = await see(person, page)
    assert "fp1r._domainkey." in seen
    assert seen.count(">Signs</span>") >= 2
    assert "PRIVATE" not in seen


async def test_a_rotation_is_begun_and_says_what_to_publish(person: Person, page: str) -> None:
    begun = await person.submit(f"{page}/rotate", page=page)
    assert begun.headers["location"].endswith("/dkim?done=rotation-begun")
    seen = await see(person, page)
    assert "fp2r._domainkey." in seen
    assert "v=DKIM1; k=ed25519; p=" in seen
    assert "A replacement is under way" in seen


async def test_a_second_rotation_is_refused_in_words(person: Person, page: str) -> None:
    await person.submit(f"{page}/rotate", page=page)
    refused = await person.submit(f"{page}/rotate", page=page)
    assert refused.status_code == 409
    assert "being replaced already" in refused.text


async def test_the_interval_is_chosen(person: Person, page: str) -> None:
    saved = await person.submit(page, page=page, mode="txt", rotate_days="90")
    assert saved.headers["location"].endswith("?done=saved")
    assert "Next on " in await see(person, page)


@pytest.mark.parametrize("days", ["31", "-1", "x", "9" * 30])
async def test_an_interval_that_is_not_offered_is_refused(person: Person, page: str, days: str) -> None:
    refused = await person.submit(page, page=page, mode="txt", rotate_days=days)
    assert refused.status_code == 422


async def test_a_strangers_keys_are_not_found(stranger: Tenant, make_person: MakePerson, page: str) -> None:
    other = await make_person(stranger)
    await other.sign_in()
    assert (await other.client.get(page)).status_code == 404


async def test_the_first_keys_wait_for_no_other(person: Person) -> None:
    added = await person.submit("/domains", page="/domains", name="first.example.org")
    seen = await see(person, f"{added.headers['location'].partition('?')[0]}/dkim")
    assert "It signs as soon as its record was seen in DNS." in seen
    assert "old key" not in seen
