"""Versions in force on real nodes, and real events replayed against proposals."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta

import httpx
import msgspec
import pytest

from control_plane.core import ids
from control_plane.core.clock import FixedClock
from control_plane.core.database import Database
from control_plane.core.errors import Invalid
from control_plane.nodes import service as nodes
from control_plane.shaping import service
from control_plane.shaping.schemas import NewShapingRules, ReplyRule, ShapingChanges, WhatIf
from tenant_agent import wire
from tests.conftest import Tenant
from tests.control_plane.conftest import FleetNode, MakeNode

RULE = ReplyRule(name="own", provider="google", pattern="odd words", action="suspend", threshold=2, for_seconds=3600)


@pytest.fixture(autouse=True)
async def unchanged(db: Database) -> AsyncGenerator[None]:
    """Leave the product's own set in force."""
    yield
    async with db.fleet_tx() as tx:
        await service.save(tx, NewShapingRules(changes=ShapingChanges(), reason="As before"))


async def save(db: Database, changes: ShapingChanges) -> None:
    async with db.fleet_tx() as tx:
        await service.save(tx, NewShapingRules(changes=changes, reason="To see"))


async def item_of(db: Database, node: FleetNode) -> wire.ShapingItem | None:
    page = await nodes.next_changes(db, node.id, (0, "", ""))
    found = [each.payload for each in page.changes if each.kind == "shaping" and each.payload]
    return msgspec.msgpack.decode(found[0], type=wire.ShapingItem) if found else None


async def test_what_is_saved_reaches_every_node_and_nothing_is_published_twice(
    db: Database, make_node: MakeNode
) -> None:
    node = await make_node()
    await save(db, ShapingChanges(rules=(RULE,)))
    await service.publish(db)
    generation = await nodes.desired_generation(db, node.id)
    item = await item_of(db, node)
    assert item is not None
    assert item.rules[0].name == "own"
    assert {each.name for each in item.classes} >= {"google", wire.GENERIC}
    await service.publish(db)
    assert await nodes.desired_generation(db, node.id) == generation


async def test_changes_are_versions_with_author_and_reason(client: httpx.AsyncClient, operator: Tenant) -> None:
    before = await client.get("/v1/shaping-rules", headers=operator.headers)
    body = {"changes": {"without_rules": ["any-put-off"]}, "reason": "Too careful for us"}
    headers = operator.headers | {"If-Match": before.headers["ETag"]}
    changed = await client.put("/v1/shaping-rules", json=body, headers=headers)
    assert changed.status_code == 200, changed.text
    assert changed.json()["version"] == before.json()["version"] + 1
    assert "any-put-off" not in {rule["name"] for rule in changed.json()["rules"]}
    late = await client.put("/v1/shaping-rules", json=body, headers=headers)
    assert late.status_code == 412
    newest = (await client.get("/v1/shaping-rules/versions", headers=operator.headers)).json()["data"][0]
    assert (newest["reason"], newest["author"]) == ("Too careful for us", "test")
    one = await client.get(f"/v1/shaping-rules/versions/{newest['id']}", headers=operator.headers)
    assert one.json() == newest


async def test_a_rule_about_an_unknown_class_is_refused_by_its_path(
    client: httpx.AsyncClient, operator: Tenant
) -> None:
    rule = {"name": "own", "provider": "gmail", "pattern": "(a+)+", "action": "suspend"}
    answer = await client.put(
        "/v1/shaping-rules", json={"changes": {"rules": [rule]}, "reason": "x"}, headers=operator.headers
    )
    assert answer.status_code == 422
    assert {error["path"] for error in answer.json()["errors"]} == {
        "changes.rules[0].provider",
        "changes.rules[0].pattern",
    }


async def test_only_operators_may_look(client: httpx.AsyncClient, tenant: Tenant) -> None:
    assert (await client.get("/v1/shaping-rules", headers=tenant.headers)).status_code == 403


# --- What if ----------------------------------------------------------------------------------------------------------


async def attempts(db: Database, tenant: Tenant, since: datetime, said: list[str | None]) -> None:
    """Store an attempt a minute."""
    async with db.fleet_tx() as tx:
        for number, reply in enumerate(said):
            at = since + timedelta(minutes=number)
            data = {"source_ip": "10.0.0.1", "relay": "mx.l.google.com[10.9.9.9]:25", "reply": reply, "dsn": "4.7.0"}
            await tx.connection.execute(
                """insert into events (tenant_id, id, type, at, recipient, data)
                   values ($1, $2, $3, $4, 'bob@else.test', $5::jsonb)""",
                tenant.id,
                ids.new_uuid(int(at.timestamp() * 1000)),
                "message.deferred" if reply else "message.delivered",
                at,
                msgspec.json.encode(data).decode(),
            )


async def test_a_proposal_is_replayed_against_past_attempts(db: Database, tenant: Tenant) -> None:
    since = datetime.now(UTC) - timedelta(hours=3)
    await attempts(db, tenant, since, ["odd words", "odd words", None, None, None])
    asked = WhatIf(changes=ShapingChanges(rules=(RULE,)), since=since, until=since + timedelta(minutes=10))
    result = await service.what_if(db, FixedClock(datetime.now(UTC)), asked)
    [row] = [row for row in result.rows if row.rule == "own"]
    assert (row.provider, row.now.fired, row.proposed.fired, row.proposed.suspended) == ("google", 0, 1, 3)
    assert row.proposed.first_at is not None
    assert result.attempts >= 5
    assert result.complete
    assert sum(part.held_proposed - part.held_now for part in result.slices) == 3


async def test_more_attempts_than_are_replayed_at_once_are_said_to_be_missing(db: Database, tenant: Tenant) -> None:
    since = datetime.now(UTC) - timedelta(hours=4)
    await attempts(db, tenant, since, [None] * 4)
    asked = WhatIf(changes=ShapingChanges(), since=since, until=since + timedelta(minutes=10))
    result = await service.what_if(db, FixedClock(datetime.now(UTC)), asked, most=3)
    assert (result.attempts, result.complete) == (3, False)


async def test_yesterday_is_what_is_replayed_without_a_time(db: Database) -> None:
    result = await service.what_if(
        db, FixedClock(datetime(2026, 11, 22, 9, tzinfo=UTC)), WhatIf(changes=ShapingChanges())
    )
    assert (result.since, result.until) == (datetime(2026, 11, 21, tzinfo=UTC), datetime(2026, 11, 22, tzinfo=UTC))


@pytest.mark.parametrize(
    ("since", "until"),
    [
        (datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC)),  # too long
        (datetime(2026, 11, 20, tzinfo=UTC), datetime(2026, 11, 19, tzinfo=UTC)),  # the wrong way round
        (datetime(2999, 1, 1, tzinfo=UTC), None),
        (datetime.max.replace(tzinfo=UTC), None),
        (datetime.min.replace(tzinfo=UTC), None),
    ],
)
async def test_a_time_that_makes_no_sense_is_refused(db: Database, since: datetime, until: datetime | None) -> None:
    clock = FixedClock(datetime(2026, 11, 22, 9, tzinfo=UTC))
    asked = WhatIf(changes=ShapingChanges(), since=since, until=until)
    if since == datetime.min.replace(tzinfo=UTC):
        assert (await service.what_if(db, clock, asked)).attempts == 0
        return
    with pytest.raises(Invalid):
        await service.what_if(db, clock, asked)
