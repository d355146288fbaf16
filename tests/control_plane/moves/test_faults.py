"""What becomes of a move when a node, the mailbox or its tenant drops out."""

from datetime import timedelta

import httpx
import pytest

from control_plane.core.clock import FixedClock
from control_plane.core.database import Database
from control_plane.core.ids import encode
from control_plane.moves import service as moves
from control_plane.moves.life import FINAL_SECONDS
from tenant_agent import wire
from tests.conftest import Tenant
from tests.control_plane.conftest import FleetNode, MakeNode
from tests.control_plane.moves.conftest import Operator, Pair, home_of, know


async def become(db: Database, node: FleetNode, status: str) -> None:
    async with db.fleet_tx() as tx:
        await tx.connection.execute("update nodes set status = $2 where id = $1", node.id, status)


async def mailbox_path(db: Database, address: str) -> str:
    async with db.fleet_tx() as tx:
        found = await tx.connection.fetchval("select id from mailboxes where address = $1", address)
    return f"/v1/mailboxes/{encode('mbx', found)}"


async def test_a_target_that_dies_in_the_final_pass_locks_nobody_out(
    fleet: Operator, pair: Pair, db: Database, clock: FixedClock
) -> None:
    batch = await fleet.ask(mailbox=pair.address)
    final = await pair.until_closed()
    await become(db, pair.target, "lost")
    clock.move(timedelta(seconds=FINAL_SECONDS - 1))
    await pair.drive()
    assert await pair.asked() == final
    clock.move(timedelta(seconds=1))
    await pair.drive()
    opened = await pair.asked()
    assert (opened.phase, opened.number) == ("copy", final.number + 1)
    await pair.say(phase="final", number=final.number, agrees=True)
    assert await home_of(db, pair.address) == pair.source.public_id, "too late: people write to the source again"
    await pair.say()
    clock.move(timedelta(minutes=5))
    await pair.drive()
    waiting = await fleet.move(batch)
    assert waiting["waits_for"] == f"{pair.target.name} must be back."
    await become(db, pair.target, "ready")
    await pair.drive()
    assert (await pair.asked()).phase == "final"
    await pair.say()
    assert await home_of(db, pair.address) == pair.target.public_id


async def test_a_source_that_is_lost_is_waited_for(
    fleet: Operator, pair: Pair, db: Database, clock: FixedClock
) -> None:
    await become(db, pair.source, "lost")
    batch = await fleet.ask(mailbox=pair.address)
    await pair.drive()
    assert await pair.item(pair.source) is None
    assert (await fleet.move(batch))["waits_for"] == f"{pair.source.name} must be back."
    clock.move(timedelta(days=2))
    await become(db, pair.source, "ready")
    await pair.drive()
    assert (await pair.asked()).number == 1
    assert (await fleet.move(batch))["waits_for"] == ""


async def test_a_target_that_is_drained_meanwhile_is_left_for_another(
    fleet: Operator, pair: Pair, db: Database, make_node: MakeNode
) -> None:
    await fleet.ask(mailbox=pair.address)
    await pair.drive()
    third = await make_node()
    await know(db, third)
    async with db.fleet_tx() as tx:
        await tx.connection.execute(
            "update nodes set draining_since = now(), status = 'draining' where id = $1", pair.target.id
        )
    await pair.drive()
    assert await pair.item(pair.target) is None
    await pair.drive()
    assert (await pair.asked()).peer_node_id == third.public_id
    assert await pair.item(third) is not None


async def test_a_deleted_mailbox_takes_its_move_along(
    fleet: Operator, pair: Pair, db: Database, client: httpx.AsyncClient, tenant: Tenant
) -> None:
    batch = await fleet.ask(mailbox=pair.address)
    await pair.until_closed()
    final = await pair.asked()
    deleted = await client.delete(await mailbox_path(db, pair.address), headers=tenant.headers)
    assert deleted.status_code == 204
    await pair.say(phase="final", number=final.number, agrees=True)
    await pair.drive()
    ended = await fleet.move(batch)
    assert (ended["status"], ended["problem"]) == ("aborted", "The mailbox was deleted.")
    assert (await pair.item(pair.source), await pair.item(pair.target)) == (None, None)
    for node in (pair.source, pair.target):
        assert await pair.item(node, "home") is None
        assert await pair.item(node, "mailbox") is None


async def test_a_mailbox_that_is_changed_or_suspended_meanwhile_moves_as_it_is_then(
    fleet: Operator, pair: Pair, db: Database, client: httpx.AsyncClient, tenant: Tenant
) -> None:
    await fleet.ask(mailbox=pair.address)
    await pair.until_closed()
    change = {"status": "suspended", "quota_bytes": 4096}
    changed = await client.patch(await mailbox_path(db, pair.address), json=change, headers=tenant.headers)
    assert changed.status_code == 200, changed.text
    await pair.say()
    item = await pair.item(pair.target, "mailbox")
    assert isinstance(item, wire.MailboxItem)
    assert (item.node_id, item.enabled, item.quota_bytes) == (pair.target.public_id, False, 4096)


async def test_whoever_has_read_the_mailbox_may_change_it_after_the_move(
    fleet: Operator, pair: Pair, db: Database, client: httpx.AsyncClient, tenant: Tenant
) -> None:
    path = await mailbox_path(db, pair.address)
    etag = (await client.get(path, headers=tenant.headers)).headers["etag"]
    await fleet.ask(mailbox=pair.address)
    await pair.until_closed()
    await pair.say()
    changed = await client.patch(path, json={"name": "Ann"}, headers=tenant.headers | {"If-Match": etag})
    assert changed.status_code == 200


async def test_a_retired_source_fails_the_move(fleet: Operator, pair: Pair, db: Database) -> None:
    batch = await fleet.ask(mailbox=pair.address)
    await pair.drive()
    await become(db, pair.source, "retired")
    await pair.drive()
    failed = await fleet.move(batch)
    assert failed["status"] == "failed"
    assert "out of service" in str(failed["problem"])
    assert await pair.item(pair.target) is None


async def test_an_abort_opens_a_closed_mailbox_at_once(fleet: Operator, pair: Pair, db: Database) -> None:
    batch = await fleet.ask(mailbox=pair.address)
    final = await pair.until_closed()
    move = await fleet.move(batch)
    aborted = await fleet.post(f"/{move['id']}/abort")
    assert aborted.json()["status"] == "aborted"
    assert (await pair.item(pair.source), await pair.item(pair.target)) == (None, None)
    said = wire.Moved(move_id=final.move_id, address=final.address, phase="final", number=final.number, agrees=True)
    await moves.told(db, pair.source.id, said, pair.clock)
    assert await home_of(db, pair.address) == pair.source.public_id


@pytest.mark.parametrize("status", ["draining", "lost"])
async def test_nobody_gets_a_new_mailbox_on_a_node_that_is_being_emptied(
    status: str, pair: Pair, db: Database, client: httpx.AsyncClient, tenant: Tenant, domain: str
) -> None:
    async with db.fleet_tx() as tx:
        await tx.connection.execute(
            "update nodes set draining_since = now(), status = $2 where id = $1", pair.source.id, status
        )
    body = {"address": f"new@{domain}", "password": "correct horse battery"}
    assert (await client.post("/v1/mailboxes", json=body, headers=tenant.headers)).status_code == 201
    assert await home_of(db, f"new@{domain}") == pair.target.public_id


async def test_a_mailbox_whose_domain_is_lost_to_another_waits(
    fleet: Operator, pair: Pair, db: Database, domain: str
) -> None:
    async with db.fleet_tx() as tx:
        await tx.connection.execute(
            "update node_items set payload = null where kind = 'mailbox' and key = $1", pair.address
        )
    batch = await fleet.ask(mailbox=pair.address)
    await pair.drive()
    assert "must be proven" in str((await fleet.move(batch))["waits_for"])
    assert await pair.item(pair.source) is None
