"""Moves at the API: asked for in four ways, listed, aborted, tried again, paused."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from control_plane.core.database import Database
from control_plane.core.ids import decode, encode
from control_plane.moves import service as moves
from tests.conftest import Tenant
from tests.control_plane.conftest import MakeNode
from tests.control_plane.moves.conftest import Operator, Pair, home_of, make_mailbox


@pytest.fixture
async def addresses(pair: Pair, client: httpx.AsyncClient, tenant: Tenant, domain: str) -> list[str]:
    """Three mailboxes beside each other."""
    more = [await make_mailbox(client, tenant, domain) for _ in range(2)]
    return [pair.address, *more]


async def slug_of(db: Database, tenant: Tenant) -> str:
    async with db.fleet_tx() as tx:
        found: str = await tx.connection.fetchval("select slug from tenants where id = $1", tenant.id)
    return found


async def test_all_mailboxes_of_a_domain_tenant_or_node_move(
    fleet: Operator, pair: Pair, addresses: list[str], db: Database, tenant: Tenant, domain: str
) -> None:
    for wanted in (
        {"domain": domain},
        {"tenant": await slug_of(db, tenant)},
        {"tenant": encode("ten", tenant.id)},
        {"node": pair.source.name},
        {"node": pair.source.public_id},
    ):
        batch = await fleet.ask(**wanted)
        assert (batch["mailboxes"], batch["skipped"], batch["status"]) == (len(addresses), 0, "running"), wanted
        over = (await fleet.post(f"/batches/{batch['id']}/abort")).json()
        assert (over["aborted"], over["under_way"], over["status"]) == (3, 0, "done")


async def test_a_node_whose_mailboxes_leave_is_drained(
    fleet: Operator, pair: Pair, client: httpx.AsyncClient, operator: Tenant
) -> None:
    await fleet.ask(node=pair.source.name)
    path = f"/v1/nodes/{pair.source.public_id}"
    assert (await client.get(path, headers=operator.headers)).json()["status"] == "draining"
    refused = await client.post(f"{path}/retire", json={}, headers=operator.headers)
    assert refused.json()["code"] == "node_not_empty"
    assert "fleetpost node evacuate" in refused.json()["detail"]
    await pair.until_closed()
    await pair.say()
    retired = await client.post(f"{path}/retire", json={}, headers=operator.headers)
    assert (retired.status_code, retired.json()["status"]) == (200, "retired")


async def test_an_empty_node_has_nothing_to_move(fleet: Operator, pair: Pair) -> None:
    batch = await fleet.ask(node=pair.target.name)
    assert (batch["mailboxes"], batch["status"], batch["seconds_left"]) == (0, "done", 0)


async def test_what_is_on_its_way_already_is_not_asked_for_twice(
    fleet: Operator, pair: Pair, addresses: list[str], domain: str
) -> None:
    await fleet.ask(mailbox=addresses[0])
    again = await fleet.post("", {"mailbox": addresses[0].upper()})
    assert (again.status_code, again.json()["code"]) == (409, "mailbox_moves")
    rest = await fleet.ask(domain=domain)
    assert (rest["mailboxes"], rest["skipped"]) == (2, 1)
    nothing = await fleet.post("", {"domain": domain})
    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing_to_move")


async def test_only_some_are_under_way_at_once_and_two_are_closed(
    fleet: Operator, pair: Pair, client: httpx.AsyncClient, tenant: Tenant, domain: str, db: Database
) -> None:
    pairs = [pair] + [
        Pair(db, pair.clock, pair.source, pair.target, await make_mailbox(client, tenant, domain)) for _ in range(5)
    ]
    batch = await fleet.ask(domain=domain)
    await pair.drive()
    assert (await fleet.get(f"/batches/{batch['id']}")).json()["under_way"] == 4
    begun = [each for each in pairs if await each.item(each.source) is not None]
    for each in begun:
        await each.say()
        await each.say()
    phases = [(await each.asked()).phase for each in begun]
    assert sorted(phases) == ["copy", "copy", "final", "final"]
    closed, _ = [each for each, phase in zip(begun, phases, strict=True) if phase == "final"]
    await closed.say()
    await pair.drive()
    shown = (await fleet.get(f"/batches/{batch['id']}")).json()
    assert (shown["under_way"], shown["arrived"]) == (4, 1)
    assert sorted([(await each.asked()).phase for each in begun if each is not closed]) == ["copy", "final", "final"]


@pytest.mark.parametrize(
    ("wanted", "path"),
    [
        ({}, "mailbox"),
        ({"mailbox": "nobody@else.test"}, "mailbox"),
        ({"mailbox": "\0"}, "mailbox"),
        ({"mailbox": "mbx_x"}, "mailbox"),
        ({"domain": "else.test", "node": "n1"}, "node"),
        ({"domain": "unheard-of.test"}, "domain"),
        ({"tenant": "nobody"}, "tenant"),
        ({"node": "nowhere"}, "node"),
        ({"node": encode("nod", UUID(int=7))}, "node"),
    ],
)
async def test_what_cannot_be_found_is_refused_with_its_place(
    fleet: Operator, wanted: dict[str, object], path: str
) -> None:
    refused = await fleet.post("", wanted)
    assert refused.status_code == 422, refused.text
    assert [error["path"] for error in refused.json()["errors"]] == [path]


async def test_a_target_must_be_able_to_take_mailboxes(
    fleet: Operator, pair: Pair, make_node: MakeNode, client: httpx.AsyncClient, operator: Tenant
) -> None:
    sender = await make_node(roles=("outbound",))
    for to in ("nowhere", "\0", sender.name):
        refused = await fleet.post("", {"mailbox": pair.address, "to": to})
        assert [error["path"] for error in refused.json()["errors"]] == ["to"], to
    there = await fleet.post("", {"mailbox": pair.address, "to": pair.source.name})
    assert there.json()["code"] == "nothing_to_move"
    itself = await fleet.post("", {"node": pair.source.name, "to": pair.source.public_id})
    assert itself.json()["errors"][0]["path"] == "to"
    described = (await client.get(f"/v1/nodes/{pair.source.public_id}", headers=operator.headers)).json()
    assert described["status"] == "ready", "what is refused drains nothing"


@pytest.fixture
async def alone(pair: Pair) -> AsyncGenerator[Pair]:
    """A node while all others are out of service."""
    async with pair.db.fleet_tx() as tx:
        others = await tx.connection.fetch(
            "select id, status from nodes where status <> 'retired' and id <> $1", pair.source.id
        )
    set_status = "update nodes set status = given.status from unnest($1::uuid[], $2::text[]) as given (id, status) "
    ids = [row["id"] for row in others]
    for statuses in (["retired"] * len(others), [row["status"] for row in others]):
        async with pair.db.fleet_tx() as tx:
            await tx.connection.execute(f"{set_status} where nodes.id = given.id", ids, statuses)
        if statuses[0] == "retired":
            yield pair


async def test_without_another_node_there_is_nowhere_to_go(fleet: Operator, alone: Pair) -> None:
    refused = await fleet.post("", {"node": alone.source.name})
    assert (refused.status_code, refused.json()["code"]) == (409, "no_move_target")


async def test_an_abort_and_a_retry(fleet: Operator, pair: Pair) -> None:
    move = await fleet.move(await fleet.ask(mailbox=pair.address))
    assert (await fleet.post(f"/{move['id']}/retry")).json()["code"] == "move_not_failed"
    assert (await fleet.post(f"/{move['id']}/abort")).json()["problem"] == "An operator aborted it."
    assert (await fleet.post(f"/{move['id']}/abort")).json()["code"] == "move_over"
    again = (await fleet.post(f"/{move['id']}/retry")).json()
    assert (again["status"], again["ended_at"]) == ("waiting", None)
    await pair.until_closed()
    await pair.say()
    assert (await fleet.post(f"/{move['id']}/abort")).json()["code"] == "move_over"


async def test_a_retry_does_not_overtake_another_move(fleet: Operator, pair: Pair, db: Database) -> None:
    first = await fleet.move(await fleet.ask(mailbox=pair.address))
    await fleet.post(f"/{first['id']}/abort")
    await fleet.ask(mailbox=pair.address)
    assert (await fleet.post(f"/{first['id']}/retry")).json()["code"] == "mailbox_moves"
    await pair.until_closed()
    await pair.say()
    assert await home_of(db, pair.address) == pair.target.public_id
    assert (await fleet.post(f"/{first['id']}/retry")).json()["code"] == "nothing_to_move"


async def test_what_has_failed_of_a_batch_is_tried_again(fleet: Operator, pair: Pair) -> None:
    batch = await fleet.ask(mailbox=pair.address)
    await pair.drive()
    async with pair.db.fleet_tx() as tx:
        await tx.connection.execute("update moves set tries = 7 where address = $1", pair.address)
    await pair.say(problem="no space left on device")
    failed = (await fleet.get(f"/batches/{batch['id']}")).json()
    assert (failed["status"], failed["failed"]) == ("failed", 1)
    assert (await fleet.move(batch))["problem"] == "no space left on device"
    assert (await fleet.post(f"/batches/{batch['id']}/retry")).json()["status"] == "running"
    await pair.drive()
    assert (await pair.asked()).number == 2


async def test_a_paused_batch_begins_nothing_until_it_goes_on(fleet: Operator, pair: Pair) -> None:
    batch = await fleet.ask(mailbox=pair.address)
    paused = (await fleet.post(f"/batches/{batch['id']}/pause")).json()
    assert paused["status"] == "paused"
    await pair.drive()
    assert await pair.item(pair.source) is None
    assert (await fleet.post(f"/batches/{batch['id']}/resume")).json()["status"] == "running"
    await pair.drive()
    assert (await pair.asked()).number == 1


async def test_moves_are_listed_by_what_they_concern(
    fleet: Operator, pair: Pair, addresses: list[str], tenant: Tenant, domain: str
) -> None:
    batch = await fleet.ask(domain=domain)
    mine = f"tenant_id={encode('ten', tenant.id)}"
    for query in (f"batch_id={batch['id']}", mine, f"node_id={pair.source.public_id}", f"{mine}&status=waiting"):
        assert len((await fleet.get(f"?{query}")).json()["data"]) == len(addresses), query
    assert (await fleet.get(f"?{mine}&status=done")).json() == {"data": [], "next": None}
    page = (await fleet.get(f"?{mine}&limit=2")).json()
    assert len(page["data"]) == 2
    rest = (await fleet.get(f"?{mine}&limit=2&after={page['next']}")).json()
    assert (len(rest["data"]), rest["next"]) == (1, None)
    assert (await fleet.get("?status=gone")).status_code == 422
    assert (await fleet.get("?node_id=n1")).status_code == 422
    assert (await fleet.get("/batches?limit=1")).json()["data"][0]["id"] == batch["id"]


async def test_tenants_have_no_part_in_it(
    client: httpx.AsyncClient, tenant: Tenant, fleet: Operator, pair: Pair
) -> None:
    move = await fleet.move(await fleet.ask(mailbox=pair.address))
    for path in ("", f"/{move['id']}", "/batches", f"/batches/{move['batch_id']}"):
        assert (await client.get(f"/v1/moves{path}", headers=tenant.headers)).status_code == 403
    refused = await client.post("/v1/moves", json={"mailbox": pair.address}, headers=tenant.headers)
    assert refused.status_code == 403


async def test_progress_is_told_in_octets_and_time(fleet: Operator, pair: Pair, addresses: list[str]) -> None:
    batch = await fleet.ask(node=pair.source.name)
    await pair.until_closed()
    pair.clock.move(timedelta(seconds=10))
    await pair.say(size_bytes=10_000_000)
    async with pair.db.fleet_tx() as tx:
        shown = await moves.batch(tx, pair.clock, decode("mvb", str(batch["id"])))
    assert (shown.arrived, shown.bytes_moved) == (1, 10_000_000)
    assert shown.bytes_per_second == 1_000_000
    assert shown.seconds_left == 20
