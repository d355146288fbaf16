"""How a tenant stands: by the API, as warnings, and in the enforcement that it meets."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import httpx
import pytest

from control_plane.core.database import Database
from control_plane.core.tenancy import acting_for
from control_plane.quotas import service as quotas
from control_plane.quotas.resources import MESSAGES, Resource, resets_at
from control_plane.quotas.schemas import ResourceUsage
from tests.conftest import Tenant
from tests.control_plane.quotas.conftest import SetLimits, TestClock, usage_of

PutBelow = Callable[[Tenant, Tenant], Awaitable[None]]


async def test_usage_tells_of_every_limit(
    client: httpx.AsyncClient, tenant: Tenant, db: Database, limit: SetLimits
) -> None:
    await limit(tenant.id, domains=3)
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            await quotas.take(tx, {"domains": 1})
    answer = await client.get("/v1/account/usage", headers=tenant.headers)
    resources = {each["resource"]: each for each in answer.json()["resources"]}
    assert len(resources) == 8
    assert resources["domains"] == {
        "resource": "domains",
        "used": 1,
        "limit": 3,
        "window": None,
        "resets_at": None,
        "provider_exhausted": False,
    }
    assert resources["messages_month"]["window"] == "month"
    assert resources["messages_month"]["limit"] is None
    assert answer.json()["held"] == 0


async def test_that_the_provider_has_nothing_left_is_said_without_its_numbers(
    db: Database, tenant: Tenant, agency: Tenant, limit: SetLimits, put_below: PutBelow, clock: TestClock
) -> None:
    await put_below(tenant, agency)
    await limit(agency.id, messages_month=2)
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            await quotas.take(tx, dict.fromkeys(MESSAGES, 2), clock.now())
        [warning] = await quotas.warnings(db, clock)
    assert (warning.resource, warning.level, warning.limit) == ("messages_month", "full", None)
    assert warning.provider_exhausted


async def test_warnings_begin_with_the_worst(db: Database, tenant: Tenant, limit: SetLimits, clock: TestClock) -> None:
    await limit(tenant.id, domains=10, mailboxes=10, contacts=10)
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            await quotas.take(tx, {"domains": 8, "mailboxes": 10, "contacts": 7})
        warnings = await quotas.warnings(db, clock)
    assert [(each.resource, each.level) for each in warnings] == [("mailboxes", "full"), ("domains", "near")]


@pytest.mark.parametrize(
    ("used", "limit", "level"),
    [
        (5, None, "fine"),
        (7, 10, "fine"),
        (8, 10, "near"),
        (10, 10, "full"),
        (12, 10, "full"),  # the limit was lowered
        (0, 0, "fine"),  # not part of the plan, and not wanted
    ],
)
def test_when_there_is_reason_to_worry(used: int, limit: int | None, level: str) -> None:
    standing = ResourceUsage(
        resource="domains", used=used, limit=limit, window=None, resets_at=None, provider_exhausted=False
    )
    assert standing.level == level


@pytest.mark.parametrize(
    ("resource", "turns"),
    [
        ("messages_hour", datetime(2027, 1, 1, tzinfo=UTC)),
        ("messages_day", datetime(2027, 1, 1, tzinfo=UTC)),
        ("messages_month", datetime(2027, 1, 1, tzinfo=UTC)),
        ("domains", None),
    ],
)
def test_when_windows_turn_at_the_end_of_a_year(resource: Resource, turns: datetime | None) -> None:
    assert resets_at(resource, datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)) == turns


async def test_domains_are_limited_and_a_deleted_one_makes_room(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, limit: SetLimits
) -> None:
    await limit(tenant.id, domains=1)
    path, names = "/v1/domains", [f"{label}-{tenant.id.hex[-12:]}.test" for label in ("one", "two")]
    first = await client.post(path, headers=tenant.headers, json={"name": names[0]})
    refused = await client.post(path, headers=tenant.headers, json={"name": names[1]})
    assert (first.status_code, refused.status_code) == (201, 403)
    assert refused.json()["code"] == "quota_exceeded"
    await client.delete(f"{path}/{first.json()['id']}", headers=tenant.headers)
    assert (await client.post(path, headers=tenant.headers, json={"name": names[1]})).status_code == 201
    assert await usage_of(db, tenant.id, "domains") == 1
