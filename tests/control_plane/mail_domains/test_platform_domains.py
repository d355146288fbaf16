"""Domains that the platform gives to customers who have none."""

import secrets
from collections.abc import AsyncGenerator

import httpx
import msgspec
import pytest

from control_plane.core.clock import FixedClock, SystemClock
from control_plane.core.errors import Invalid
from control_plane.core.ids import decode
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from control_plane.domain_sites import service as domain_sites
from control_plane.domain_sites.schemas import MtaStsChange
from control_plane.mail_domains import service
from control_plane.mail_domains.errors import DomainExists, DomainTaken
from control_plane.mail_domains.platform_labels import problem_of
from control_plane.mail_domains.resolver import FixedResolver
from control_plane.mail_domains.schemas import Domain
from control_plane.settings import Settings, ZoneSettings
from tests.conftest import Tenant

ZONE = "dns.fleetpost.test"


@pytest.fixture
def zoned(settings: Settings) -> Settings:
    """Settings of an installation that has a zone."""
    zone = ZoneSettings(ZONE, "", "")
    return msgspec.structs.replace(settings, zone=zone, reports_domain=f"reports.{ZONE}")


@pytest.fixture(autouse=True)
async def nothing_left_to_tell(runtime: Runtime) -> AsyncGenerator[None]:
    """No name server is told in these tests."""
    yield
    async with runtime.db.fleet_tx() as tx:
        await tx.connection.execute("delete from zone_changes")


def label() -> str:
    return f"bakery-{secrets.token_hex(4)}"


async def give(runtime: Runtime, settings: Settings, tenant: Tenant, wanted: str) -> Domain:
    with acting_for(tenant.id):
        return await service.add_platform_domain(runtime.db, runtime.vault, settings, SystemClock(), wanted)


async def wishes(runtime: Runtime, tenant: Tenant) -> dict[tuple[str, str], list[str]]:
    with acting_for(tenant.id):
        async with runtime.db.tenant_tx() as tx:
            rows = await tx.connection.fetch("select name, type, content from zone_records")
    return {(row["name"], row["type"]): row["content"] for row in rows}


async def test_it_is_proven_at_once_and_all_its_records_are_put(
    runtime: Runtime, zoned: Settings, tenant: Tenant
) -> None:
    wanted = label()
    domain = await give(runtime, zoned, tenant, wanted)
    assert domain.name == f"{wanted}.my.{ZONE}"
    assert domain.status == "verified"
    assert domain.proven_at is not None
    put = await wishes(runtime, tenant)
    assert put[f"{wanted}.my", "MX"] == ["10 mx.fleetpost.test"]
    assert put[f"{wanted}.my", "TXT"] == ["v=spf1 include:spf.fleetpost.test -all"]
    assert put[f"fp2e._domainkey.{wanted}.my", "CNAME"][0].endswith(f".dkim.{ZONE}")
    assert any(name.endswith(".dkim") for name, _ in put)


async def test_its_keys_sign_as_soon_as_they_are_seen(runtime: Runtime, zoned: Settings, tenant: Tenant) -> None:
    domain = await give(runtime, zoned, tenant, label())
    domain_id, clock = decode("dom", domain.id), FixedClock(SystemClock().now())
    with acting_for(tenant.id):
        before = await service.dkim_keys_of(runtime.db, zoned, domain_id)
        shown = {(key.host, "TXT"): [f"v=DKIM1; k={key.algorithm}; p={key.public_key}"] for key in before.keys}
        means = service.Keeper(runtime.db, runtime.vault, zoned, clock, FixedResolver(shown))
        await service.keep_if_due(means, domain_id)
        after = await service.dkim_keys_of(runtime.db, zoned, domain_id)
    assert {key.status for key in before.keys} == {"pending"}
    assert {key.status for key in after.keys} == {"active"}


async def test_a_name_is_given_once(runtime: Runtime, zoned: Settings, tenant: Tenant, stranger: Tenant) -> None:
    wanted = label()
    await give(runtime, zoned, tenant, wanted)
    with pytest.raises(DomainTaken):
        await give(runtime, zoned, stranger, wanted)
    with pytest.raises(DomainExists):
        await give(runtime, zoned, tenant, wanted)


async def test_a_name_that_was_given_up_is_given_to_nobody_else(
    runtime: Runtime, zoned: Settings, tenant: Tenant, stranger: Tenant
) -> None:
    wanted = label()
    domain = await give(runtime, zoned, tenant, wanted)
    with acting_for(tenant.id):
        await service.delete(runtime.db, zoned, decode("dom", domain.id))
    assert await wishes(runtime, tenant) == {}
    with pytest.raises(DomainTaken):
        await give(runtime, zoned, stranger, wanted)
    assert (await give(runtime, zoned, tenant, wanted)).status == "verified"


async def test_without_a_zone_there_is_nothing_to_give(runtime: Runtime, tenant: Tenant) -> None:
    with pytest.raises(Invalid) as refused:
        await give(runtime, runtime.settings, tenant, label())
    assert refused.value.errors[0].path == "platform_label"


@pytest.mark.parametrize("body", [{}, {"name": "a.example.org", "platform_label": "bakery"}])
async def test_one_or_the_other_is_asked_for(client: httpx.AsyncClient, tenant: Tenant, body: dict[str, str]) -> None:
    answer = await client.post("/v1/domains", json=body, headers=tenant.headers)
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        ("ab", "too short"),
        ("x" * 41, "too long"),
        ("Bakery", "one form for each name"),
        ("-bakery", "a hyphen at the end"),
        ("bakery-", "a hyphen at the end"),
        ("a.b", "two labels"),
        ("bäckerei", "letters that look like others"),
        ("xn--bcker-gra", "the same, encoded"),
        ("bakery\n", "a line break"),
        ("bakery\0", "NUL"),
        ("postmaster", "the platform's own voice"),
        ("autodiscover", "what programs look for"),
        ("_dmarc", "what DNS looks for"),
        ("*", "everything"),
    ],
)
def test_names_that_would_harm_are_refused(wanted: str, why: str) -> None:
    assert problem_of(wanted) is not None


@pytest.mark.parametrize("wanted", ["acme", "bakery", "3-oaks", "a1b"])
def test_ordinary_names_may_be_asked_for(wanted: str) -> None:
    assert problem_of(wanted) is None


async def test_another_mta_sts_policy_is_named_at_once(runtime: Runtime, zoned: Settings, tenant: Tenant) -> None:
    wanted = label()
    domain = await give(runtime, zoned, tenant, wanted)
    name = f"_mta-sts.{wanted}.my"
    before = (await wishes(runtime, tenant))[name, "TXT"]
    with acting_for(tenant.id):
        change, clock = MtaStsChange(mode="enforce"), SystemClock()
        policy = await domain_sites.change(runtime.db, zoned, clock, decode("dom", domain.id), change)
    after = (await wishes(runtime, tenant))[name, "TXT"]
    assert after == [f"v=STSv1; id={policy.policy_id}"]
    assert after != before
