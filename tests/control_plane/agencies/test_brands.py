"""A brand belongs to an agency, is worn by all below it, and its host name by whom DNS says it belongs to."""

from datetime import UTC, datetime

import httpx
import pytest

from control_plane.agencies import service as agencies
from control_plane.agencies.errors import HostTaken
from control_plane.agencies.schemas import Brand, BrandChange
from control_plane.agencies.service import brands, hosts
from control_plane.core.clock import FixedClock
from control_plane.core.database import Database
from control_plane.core.errors import Invalid, NotFound
from control_plane.core.tenancy import acting_for
from control_plane.mail_domains.resolver import FixedResolver
from control_plane.settings import Settings
from tests.conftest import MakeTenant, Tenant
from tests.control_plane.agencies.many import add_client

CLOCK = FixedClock(datetime.now(UTC))


async def give(db: Database, settings: Settings, owner: Tenant, **fields: str) -> Brand:
    with acting_for(owner.id):
        return await brands.change(db, settings, BrandChange(**fields))


async def look_up(db: Database, settings: Settings, owner: Tenant, resolver: FixedResolver) -> Brand:
    with acting_for(owner.id):
        return await hosts.check(db, settings, CLOCK, resolver)


def proof(brand: Brand) -> FixedResolver:
    """Make a DNS that proves a brand's host name."""
    assert brand.host_proof is not None
    return FixedResolver({(brand.host_proof.txt_host, "TXT"): [brand.host_proof.txt_value]})


async def test_clients_wear_the_brand_of_the_nearest_agency(
    db: Database, settings: Settings, make_tenant: MakeTenant, tenant: Tenant, stranger: Tenant
) -> None:
    agency = await make_tenant("agency")
    await add_client(db, agency, tenant)
    made = await give(db, settings, agency, name="Studio", accent="#7A1FA2", support="help@studio.test")
    worn = await agencies.brand_of(db, tenant.id)
    assert worn is not None
    assert (worn.name, worn.support, worn.css_path) == ("Studio", "help@studio.test", f"/brand/{made.id}.css?v=7a1fa2")
    assert await agencies.brand_of(db, stranger.id) is None


async def test_a_client_itself_has_no_brand(db: Database, settings: Settings, tenant: Tenant) -> None:
    with pytest.raises(NotFound):
        await give(db, settings, tenant, name="Mine")


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"accent": "#ffcc00"}, "accent"),
        ({"accent": "red"}, "accent"),
        ({"accent_dark": "#101010"}, "accent_dark"),
        ({"support": "nobody"}, "support"),
        ({"name": "a\0b"}, "name"),
        ({"host": "com"}, "host"),
        ({"host": "fleetpost.test"}, "host"),
        ({"host": "x.fleetpost.test"}, "host"),
        ({"host": "exa mple.test"}, "host"),
    ],
)
async def test_what_will_not_do_is_refused_at_its_field(
    db: Database, settings: Settings, make_tenant: MakeTenant, fields: dict[str, str], path: str
) -> None:
    agency = await make_tenant("agency")
    with pytest.raises(Invalid) as refused:
        await give(db, settings, agency, **fields)
    assert [error.path for error in refused.value.errors] == [path]


async def test_a_colour_is_refused_with_one_that_would_do(
    db: Database, settings: Settings, make_tenant: MakeTenant
) -> None:
    agency = await make_tenant("agency")
    with pytest.raises(Invalid) as refused:
        await give(db, settings, agency, accent="#ffcc00")
    suggested = refused.value.errors[0].message.partition("needed. ")[2][:7]
    assert (await give(db, settings, agency, accent=suggested)).accent == suggested


async def test_a_host_is_whose_dns_says(db: Database, settings: Settings, make_tenant: MakeTenant) -> None:
    agency, thief = await make_tenant("agency"), await make_tenant("agency")
    host = f"mail.{str(agency.id)[-12:]}.test"
    mine, stolen = [await give(db, settings, owner, name="A", host=host.upper()) for owner in (agency, thief)]
    assert await agencies.brand_for_host(db, host) is None
    assert (await look_up(db, settings, thief, proof(mine))).host_proven_at is None
    assert (await look_up(db, settings, agency, proof(mine))).host_proven_at is not None
    worn = await agencies.brand_for_host(db, host)
    assert worn is not None
    assert worn.tenant_id == agency.id
    with pytest.raises(HostTaken):
        await look_up(db, settings, thief, proof(stolen))
    assert (await look_up(db, settings, agency, FixedResolver({}))).host_proven_at is None
    assert await agencies.brand_for_host(db, host) is None


async def test_another_host_has_to_be_proven_anew(db: Database, settings: Settings, make_tenant: MakeTenant) -> None:
    agency = await make_tenant("agency")
    made = await give(db, settings, agency, host=f"a.{str(agency.id)[-12:]}.test")
    await look_up(db, settings, agency, proof(made))
    assert (await give(db, settings, agency, host=f"b.{str(agency.id)[-12:]}.test")).host_proven_at is None


async def test_the_api_edits_a_brand(client: httpx.AsyncClient, make_tenant: MakeTenant, tenant: Tenant) -> None:
    agency = await make_tenant("agency")
    path = "/v1/account/brand"
    assert (await client.get(path, headers=agency.headers)).status_code == 404
    made = await client.patch(path, headers=agency.headers, json={"name": "Studio", "accent": "#7a1fa2"})
    assert (made.status_code, made.json()["accent"]) == (200, "#7a1fa2")
    stale = {"If-Match": '"gone"'}
    assert (await client.patch(path, headers=agency.headers | stale, json={"name": "B"})).status_code == 412
    assert (await client.patch(path, headers=tenant.headers, json={"name": "B"})).status_code == 404
    assert (await client.delete(path, headers=agency.headers)).status_code == 204
    assert (await client.get(path, headers=agency.headers)).status_code == 404
