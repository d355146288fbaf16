"""The page that says who else may act for the account."""

import secrets

import httpx

from control_plane.core import ids
from control_plane.core.ids import TenantId
from tests.conftest import MakeTenant, Tenant
from tests.web.conftest import MakePerson, Person

PATH = "/settings/access"


async def owner_below(client: httpx.AsyncClient, agency: Tenant, make_person: MakePerson) -> Person:
    """Make a client below an agency, and its owner at a browser."""
    name = f"Bakery {secrets.token_hex(4)}"
    made = (await client.post("/v1/clients", json={"name": name}, headers=agency.headers)).json()
    person = await make_person(Tenant(TenantId(ids.decode("ten", made["id"])), ""))
    assert (await person.sign_in()).status_code == 303
    return person


async def test_access_is_seen_changed_ended_and_given_again(
    client: httpx.AsyncClient, make_tenant: MakeTenant, make_person: MakePerson
) -> None:
    agency = await make_tenant("agency")
    zoe = await owner_below(client, agency, make_person)
    assert "May act for you as Admin" in await zoe.see(PATH)
    provider = ids.encode("ten", agency.id)
    changed = await zoe.submit(PATH, page=PATH, tenant_id=provider, role="support")
    assert changed.headers["location"] == f"{PATH}?done=access-given"
    assert "May act for you as Support" in await zoe.see(PATH)
    ended = await zoe.submit(f"{PATH}/end", page=PATH, tenant_id=provider)
    assert ended.headers["location"] == f"{PATH}?done=access-ended"
    assert "May not look inside or act for you." in await zoe.see(PATH)
    await zoe.submit(PATH, page=PATH, tenant_id=provider, role="admin")
    assert "May act for you as Admin" in await zoe.see(PATH)


async def test_strangers_cannot_be_let_in(
    client: httpx.AsyncClient, make_tenant: MakeTenant, make_person: MakePerson, stranger: Tenant
) -> None:
    zoe = await owner_below(client, await make_tenant("agency"), make_person)
    for who, role in ((ids.encode("ten", stranger.id), "admin"), ("x", "admin"), ("x", "queen")):
        refused = await zoe.submit(PATH, page=PATH, tenant_id=who, role=role)
        assert refused.status_code == 422
        assert 'role="alert"' in refused.text


async def test_who_may_not_change_it_only_reads(tenant: Tenant, make_person: MakePerson) -> None:
    reader = await make_person(tenant, role="support")
    await reader.sign_in()
    assert "Nobody is above you" in await reader.see(PATH)
    assert (await reader.submit(PATH, page=PATH, tenant_id="x", role="admin")).status_code == 403
