"""Links for whoever keeps a domain's DNS."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest

from control_plane.core import ids
from control_plane.core.clock import FixedClock, SystemClock
from control_plane.core.database import Database
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from control_plane.dns_publishing import service
from control_plane.dns_publishing.errors import SharedEnough, SharedLinkOver
from control_plane.dns_publishing.schemas import CreatedSharedLink, NewSharedLink
from tests.conftest import Tenant
from tests.control_plane.dns_publishing.conftest import DOMAIN


async def share(runtime: Runtime, tenant: Tenant, domain_id: str, email: str | None = None) -> CreatedSharedLink:
    """Make a link."""
    with acting_for(tenant.id):
        wanted, new = ids.decode("dom", domain_id), NewSharedLink(email=email)
        return await service.share(runtime.db, runtime.settings, runtime.clock, wanted, new)


def token_of(link: CreatedSharedLink) -> str:
    return link.url.rpartition("/")[2]


async def test_a_link_shows_the_records_to_who_holds_it(runtime: Runtime, tenant: Tenant, shop: str) -> None:
    link = await share(runtime, tenant, shop)
    domain = await service.shared_domain(runtime.db, runtime.settings, runtime.clock, token_of(link))
    assert domain.name == DOMAIN
    assert {record.purpose for record in domain.records} >= {"ownership", "spf", "receiving"}


async def test_strangers_are_not_mailed_more_often_by_asking_all_at_once(
    runtime: Runtime, tenant: Tenant, shop: str
) -> None:
    tries = [share(runtime, tenant, shop, "it@else.test") for _ in range(6)]
    made = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(each, CreatedSharedLink) for each in made) == 2
    assert sum(isinstance(each, SharedEnough) for each in made) == 4


async def test_it_is_over_after_two_weeks(runtime: Runtime, tenant: Tenant, shop: str) -> None:
    link = await share(runtime, tenant, shop)
    later = FixedClock(SystemClock().now() + timedelta(days=14, seconds=1))
    with pytest.raises(SharedLinkOver):
        await service.shared_domain(runtime.db, runtime.settings, later, token_of(link))


async def test_it_is_over_when_it_is_withdrawn(
    client: httpx.AsyncClient, runtime: Runtime, tenant: Tenant, stranger: Tenant, shop: str
) -> None:
    link = await share(runtime, tenant, shop)
    path = f"/v1/shared-links/{link.id}"
    assert (await client.delete(path, headers=stranger.headers)).status_code == 404
    assert (await client.delete(path, headers=tenant.headers)).status_code == 204
    assert (await client.delete(path, headers=tenant.headers)).status_code == 404
    with pytest.raises(SharedLinkOver):
        await service.shared_domain(runtime.db, runtime.settings, runtime.clock, token_of(link))


async def test_it_is_over_when_the_domain_is_gone(
    client: httpx.AsyncClient, runtime: Runtime, tenant: Tenant, shop: str
) -> None:
    link = await share(runtime, tenant, shop)
    assert (await client.delete(f"/v1/domains/{shop}", headers=tenant.headers)).status_code == 204
    with pytest.raises(SharedLinkOver):
        await service.shared_domain(runtime.db, runtime.settings, runtime.clock, token_of(link))


@pytest.mark.parametrize("change", [lambda token: token[:-1] + "0", lambda token: token[:-3], lambda _: "fpd_x"])
async def test_nearly_the_right_link_shows_nothing(
    runtime: Runtime, tenant: Tenant, shop: str, change: Callable[[str], str]
) -> None:
    token = token_of(await share(runtime, tenant, shop))
    wrong = change(token)
    if wrong == token:
        wrong = token[:-1] + "1"
    with pytest.raises(SharedLinkOver):
        await service.shared_domain(runtime.db, runtime.settings, runtime.clock, wrong)


async def test_its_address_is_kept_nowhere(
    client: httpx.AsyncClient, runtime: Runtime, tenant: Tenant, shop: str, db: Database
) -> None:
    secret = token_of(await share(runtime, tenant, shop))[-40:]
    for path in (f"/v1/domains/{shop}/shared-links", "/v1/audit-log", "/v1/account/export"):
        assert secret not in (await client.get(path, headers=tenant.headers)).text


async def test_a_mailed_link_is_a_notice_to_that_address(
    runtime: Runtime, tenant: Tenant, shop: str, db: Database
) -> None:
    link = await share(runtime, tenant, shop, "IT@Else.test")
    assert link.mailed_to == "it@else.test"
    async with db.fleet_tx() as tx:
        notice = await tx.connection.fetchval(
            "select notice::text from notices where recipient = 'it@else.test' order by id desc limit 1"
        )
    assert DOMAIN in notice
    assert token_of(link) in notice


async def test_nobody_is_pestered_through_us(runtime: Runtime, tenant: Tenant, shop: str) -> None:
    for _ in range(2):
        await share(runtime, tenant, shop, "it@else.test")
    with pytest.raises(SharedEnough):
        await share(runtime, tenant, shop, "it@else.test")
    for number in range(8):
        await share(runtime, tenant, shop, f"it{number}@else.test")
    with pytest.raises(SharedEnough):
        await share(runtime, tenant, shop, "it9@else.test")


@pytest.mark.parametrize("email", ["not an address", "a@b\r\nBcc: c@d.test", "@else.test", "x" * 400])
async def test_what_is_no_address_is_refused_at_its_field(
    client: httpx.AsyncClient, tenant: Tenant, shop: str, email: str
) -> None:
    answer = await client.post(f"/v1/domains/{shop}/shared-links", json={"email": email}, headers=tenant.headers)
    assert answer.status_code == 422
    assert [each["path"] for each in answer.json()["errors"]] == ["email"]


async def test_twenty_links_are_enough(client: httpx.AsyncClient, tenant: Tenant, shop: str) -> None:
    path = f"/v1/domains/{shop}/shared-links"
    for _ in range(20):
        assert (await client.post(path, json={}, headers=tenant.headers)).status_code == 201
    assert (await client.post(path, json={}, headers=tenant.headers)).json()["code"] == "too_many_shared_links"
    assert len((await client.get(path, headers=tenant.headers)).json()["data"]) == 20


async def test_the_sweep_forgets_what_is_long_over(runtime: Runtime, tenant: Tenant, shop: str, db: Database) -> None:
    link = await share(runtime, tenant, shop)
    await service.forget_old_links(db, FixedClock(SystemClock().now() + timedelta(days=16)))
    async with db.fleet_tx() as tx:
        found = await tx.connection.fetchval("select id from shared_links where id = $1", ids.decode("lnk", link.id))
    assert found is None


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        ("", "text/dns"),
        ("?format=cloudflare", "text/dns"),
        ("?format=terraform-cloudflare", "text/plain"),
        ("?format=terraform-route53", "text/plain"),
    ],
)
async def test_the_api_gives_files(client: httpx.AsyncClient, tenant: Tenant, shop: str, asked: str, kind: str) -> None:
    answer = await client.get(f"/v1/domains/{shop}/zone-file{asked}", headers=tenant.headers)
    assert answer.headers["content-type"].startswith(kind)
    assert "attachment" in answer.headers["content-disposition"]
    assert f"_fleetpost.{DOMAIN}" in answer.text


async def test_an_unknown_format_is_refused(client: httpx.AsyncClient, tenant: Tenant, shop: str) -> None:
    answer = await client.get(f"/v1/domains/{shop}/zone-file?format=djbdns", headers=tenant.headers)
    assert answer.status_code in (400, 422)
