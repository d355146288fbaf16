"""Who may not be written to: by a tenant's own list, by its agency's and by the platform's."""

import json
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

import asyncpg
import pytest

from control_plane.core.database import Database
from control_plane.core.ids import TenantId
from control_plane.core.tenancy import acting_for
from control_plane.suppressions import service
from control_plane.suppressions.queries import check as queries
from control_plane.suppressions.schemas import NewSuppression, Reason
from tests.conftest import MakeTenant, Tenant
from tests.control_plane.suppressions.conftest import Suppress

NOW = datetime.now(UTC)


async def checked(db: Database, tenant_id: TenantId, *emails: str, stream: str = "transactional") -> dict[str, str]:
    with acting_for(tenant_id):
        async with db.tenant_tx() as tx:
            return await service.check(tx, stream, emails)


async def below(db: Database, parent: Tenant, make_tenant: MakeTenant, kind: str = "client") -> Tenant:
    """Make a tenant and hang it below another."""
    child = await make_tenant(kind)
    async with db.fleet_tx() as tx:
        await tx.connection.execute(
            """update tenants t set parent_id = p.id, path = p.path || t.id from tenants p
               where t.id = $1 and p.id = $2""",
            child.id,
            parent.id,
        )
    return child


async def test_nobody_is_suppressed_at_first(db: Database, tenant: Tenant) -> None:
    assert await checked(db, tenant.id, "bob@else.test") == {}
    assert await checked(db, tenant.id) == {}


async def test_an_address_is_found_in_any_case(db: Database, tenant: Tenant, suppress: Suppress) -> None:
    await suppress(tenant, "Bob@Else.test", reason="complaint")
    found = await checked(db, tenant.id, "BOB@else.test", "eve@else.test")
    assert found == {"bob@else.test": "complaint"}


async def test_a_domain_holds_for_all_its_addresses_and_not_for_those_below(
    db: Database, tenant: Tenant, suppress: Suppress
) -> None:
    await suppress(tenant, "@else.test")
    found = await checked(db, tenant.id, "bob@else.test", "bob@sub.else.test", "bob@notelse.test")
    assert found == {"bob@else.test": "manual"}


async def test_a_stream_can_be_suppressed_alone(db: Database, tenant: Tenant, suppress: Suppress) -> None:
    await suppress(tenant, "bob@else.test", reason="unsubscribe", stream="broadcast")
    assert await checked(db, tenant.id, "bob@else.test") == {}
    assert await checked(db, tenant.id, "bob@else.test", stream="broadcast") == {"bob@else.test": "unsubscribe"}


async def test_the_strictest_reason_is_told(db: Database, tenant: Tenant, suppress: Suppress) -> None:
    await suppress(tenant, "bob@else.test", reason="unsubscribe", stream="transactional")
    await suppress(tenant, "bob@else.test", reason="hard_bounce")
    assert await checked(db, tenant.id, "bob@else.test") == {"bob@else.test": "hard_bounce"}


async def test_lists_of_others_do_not_count(db: Database, tenant: Tenant, stranger: Tenant, suppress: Suppress) -> None:
    await suppress(stranger, "bob@else.test")
    assert await checked(db, tenant.id, "bob@else.test") == {}


async def test_what_is_for_a_time_ends_by_itself(db: Database, tenant: Tenant, suppress: Suppress) -> None:
    made = await suppress(tenant, "bob@else.test", reason="soft_bounce")
    kept = datetime.fromisoformat(made["expires_at"]) - datetime.fromisoformat(made["created_at"])
    assert kept == timedelta(days=7)
    async with db.fleet_tx() as tx:
        await tx.connection.execute("update suppressions set expires_at = now() where tenant_id = $1", tenant.id)
    assert await checked(db, tenant.id, "bob@else.test") == {}  # also before the sweep comes by


async def test_an_agencys_layer_holds_for_its_clients_and_their_clients(
    db: Database, make_tenant: MakeTenant, tenant: Tenant, suppress: Suppress
) -> None:
    agency = await make_tenant("agency")
    client = await below(db, agency, make_tenant)
    await suppress(agency, "bob@else.test", reason="complaint", for_clients=True)
    await suppress(agency, "eve@else.test")
    found = [await checked(db, who.id, "bob@else.test", "eve@else.test") for who in (agency, client, tenant)]
    assert found == [{"bob@else.test": "complaint", "eve@else.test": "manual"}, {"bob@else.test": "complaint"}, {}]


async def test_the_platforms_layer_holds_for_everybody_below(
    db: Database, make_tenant: MakeTenant, operator: Tenant, suppress: Suppress
) -> None:
    agency = await below(db, operator, make_tenant, "agency")
    client = await below(db, agency, make_tenant)
    await suppress(operator, "@else.test", for_clients=True)
    assert await checked(db, client.id, "bob@else.test") == {"bob@else.test": "manual"}


async def test_mail_of_several_tenants_is_asked_for_at_once(
    db: Database, tenant: Tenant, stranger: Tenant, suppress: Suppress
) -> None:
    await suppress(tenant, "bob@else.test")
    mails: dict[service.Mail, list[str]] = {
        (tenant.id, "broadcast"): ["bob@else.test"],
        (stranger.id, "broadcast"): ["bob@else.test"],
    }
    async with db.fleet_tx() as tx:
        found = await service.check_all(tx, mails)
    assert found == {(tenant.id, "broadcast"): {"bob@else.test": "manual"}}


async def test_nobody_asks_for_another_tenant(db: Database, tenant: Tenant, stranger: Tenant) -> None:
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await queries.find(tx.connection, stranger.id, "broadcast", ["bob@else.test"], [])


async def test_what_is_said_twice_is_there_once_and_a_stricter_reason_stays(db: Database, tenant: Tenant) -> None:
    async def said(reason: str) -> int:
        entry = NewSuppression(email="Bob@else.test", reason=reason, source="bounce")  # type: ignore[arg-type]
        async with db.fleet_tx() as tx:
            return len(await service.add_for(tx, tenant.id, [entry, entry], datetime.now(UTC)))

    assert [await said(each) for each in ("manual", "hard_bounce", "hard_bounce", "manual", "complaint")] == [
        1, 1, 0, 0, 1,
    ]  # fmt: skip
    async with db.fleet_tx() as tx:
        events = await tx.connection.fetch(
            "select type, recipient, data ->> 'reason' as reason from events where tenant_id = $1 order by id",
            tenant.id,
        )
    assert [tuple(each.values()) for each in events] == [
        ("suppression.created", "bob@else.test", reason) for reason in ("manual", "hard_bounce", "complaint")
    ]


_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)
_Said: TypeAlias = tuple[Reason, timedelta | None]


async def said_of_bob(db: Database, tenant: Tenant, now: datetime, *together: list[_Said]) -> _Said:
    """Say why Bob is suppressed and for how long, some of it at once; gives what is then on the list."""
    async with db.fleet_tx() as tx:
        for said in together:
            entries = [
                NewSuppression(
                    email="bob@else.test",
                    reason=reason,
                    source="api",
                    note=reason,
                    expires_at=None if kept is None else now + kept,
                )
                for reason, kept in said
            ]
            await service.add_for(tx, tenant.id, entries, now)
        [row] = await tx.connection.fetch(
            "select reason, note, expires_at from suppressions where tenant_id = $1", tenant.id
        )
    assert row["note"] == row["reason"], "the note is that of the reason"
    return row["reason"], row["expires_at"] and row["expires_at"] - now


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ([("unsubscribe", None), ("complaint", _MINUTE)], ("complaint", None)),
        ([("complaint", _MINUTE), ("unsubscribe", None)], ("complaint", None)),
        ([("manual", _DAY), ("complaint", _MINUTE)], ("complaint", _DAY)),
        ([("complaint", _MINUTE), ("manual", _DAY)], ("complaint", _DAY)),
        ([("manual", _MINUTE), ("manual", _DAY)], ("manual", _DAY)),
        ([("manual", _DAY), ("manual", _MINUTE)], ("manual", _DAY)),
        ([("complaint", None), ("unsubscribe", _MINUTE), ("soft_bounce", _DAY)], ("complaint", None)),
    ],
)
async def test_of_two_ends_the_later_one_stays_whatever_the_reasons(
    db: Database, tenant: Tenant, stranger: Tenant, said: list[_Said], found: _Said
) -> None:
    now = datetime.now(UTC)
    assert await said_of_bob(db, tenant, now, *([each] for each in said)) == found
    assert await said_of_bob(db, stranger, now, said) == found, "as the lines of one file"


async def test_what_is_over_counts_no_more_though_no_sweep_came_by(db: Database, tenant: Tenant) -> None:
    now = datetime.now(UTC)
    found = await said_of_bob(db, tenant, now, [("complaint", -_MINUTE)], [("manual", _MINUTE)])
    assert found == ("manual", _MINUTE)


@pytest.mark.parametrize("keep_plans", [False, True])
async def test_a_list_that_statistics_do_not_know_yet_is_not_read_as_a_whole(
    db: Database, tenant: Tenant, *, keep_plans: bool
) -> None:
    """Right after a large import the planner takes any index that begins with the tenant for good enough."""
    async with db.fleet_tx(keep_plans=keep_plans) as tx:
        await tx.connection.execute(
            """insert into suppressions (tenant_id, id, email, reason, source, created_at)
               select $1, new_uuid(), 'bob' || n || '@else.test', 'manual', 'import', now()
               from generate_series(1, 3000) n""",
            tenant.id,
        )
        [plan] = await tx.connection.fetch(
            """explain (analyze, buffers, format json) select * from find_suppressed(
                 $1::uuid, 'broadcast', array['a@else.test', 'b@else.test', 'bob7@else.test'], array['@else.test'])""",
            tenant.id,
        )
    found = json.loads(plan[0])[0]["Plan"]
    assert (found["Actual Rows"], found["Shared Hit Blocks"] < 500) == (1, True)
