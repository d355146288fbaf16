"""What operators do with a node's life: drain it, take it out of service, give it up.

Not among what `nodes.service` exports, since it needs features that need nodes: import it by its own name.
"""

from datetime import datetime
from uuid import UUID

import msgspec

from control_plane.audit import service as audit
from control_plane.core.clock import Clock
from control_plane.core.database import Transaction
from control_plane.core.errors import FieldError, Invalid, NotFound
from control_plane.core.ids import NodeId, bare, encode, new_uuid
from control_plane.deliveries import service as deliveries
from control_plane.ip_pools import service as ip_pools
from control_plane.nodes import channels
from control_plane.nodes.errors import NodeNotEmpty
from control_plane.nodes.life import Act, Life, after
from control_plane.nodes.queries import life as queries
from control_plane.nodes.queries import registry as nodes
from control_plane.nodes.queries.registry import NodeRow
from control_plane.nodes.schemas import GivenUp, GivingUp, Holdings, Node, Retirement
from control_plane.nodes.service import registry


class _Said(msgspec.Struct, frozen=True):
    """The parts of a heartbeat that say what the node holds."""

    queue: dict[str, int] = {}
    spool_events: int = 0
    inbound_waiting: int = 0


async def drain(tx: Transaction, node_id: UUID, clock: Clock) -> Node:
    """Give a node nothing new: no deliveries and no new tenants' mailboxes; it sees off what it has (fleet role)."""
    row = await _locked(tx, node_id)
    return await _turn(tx, row, "drain", row.draining_since or clock.now())


async def undrain(tx: Transaction, node_id: UUID) -> Node:
    """Let a node serve again (fleet role)."""
    row = await _locked(tx, node_id)
    node = await _turn(tx, row, "undrain", None)
    for pool_id in await ip_pools.pools_of(tx, row.id):
        tx.outbox.signal(ip_pools.channel(pool_id))
    return node


async def retire(tx: Transaction, node_id: UUID, wanted: Retirement, clock: Clock) -> Node:
    """Take a drained node out of service for ever (fleet role); raises `NodeNotEmpty` unless that is confirmed."""
    row = await _locked(tx, node_id)
    after(_life_of(row), "retire")
    held = await _holdings(tx, row)
    if wanted.confirm is not None:
        _check_name(row, wanted.confirm)
    elif not held.nothing:
        raise NodeNotEmpty(f"The node still holds {in_words(held)}: {_EVACUATE * bool(held.mailboxes)}{_OR_CONFIRM}")
    return await _end(tx, row, "retire", clock.now(), held)


async def give_up(tx: Transaction, node_id: UUID, wanted: GivingUp, clock: Clock) -> GivenUp:
    """Declare a lost node gone for ever (fleet role).

    What it took and did not report may have left or not: nobody knows but the node. With `send_again` others send it,
    and some arrives twice; without, it is never sent.
    """
    row = await _locked(tx, node_id)
    _check_name(row, wanted.confirm)
    after(_life_of(row), "give_up")
    held = await _holdings(tx, row)
    sent_again = await deliveries.release_of(tx, row.id) if wanted.send_again else 0
    node = await _end(tx, row, "give_up", clock.now(), held, sent_again=sent_again)
    return GivenUp(node, sent_again)


async def withdraw_tokens(tx: Transaction, node_id: UUID, clock: Clock) -> int:
    """Let a node's unused enrolment tokens expire (fleet role); gives how many."""
    row = await _locked(tx, node_id)
    withdrawn = await queries.withdraw_tokens(tx.connection, row.id, clock.now())
    audit.record_for_fleet(tx, "nodes.withdraw_tokens", encode(registry.PREFIX, row.id), after={"withdrawn": withdrawn})
    return withdrawn


async def holdings(tx: Transaction, node_id: UUID) -> Holdings:
    """Say what would be lost with a node (fleet role)."""
    row = await nodes.find(tx.connection, node_id)
    if row is None:
        raise NotFound
    return await _holdings(tx, row)


def in_words(held: Holdings) -> str:
    """Name what a node holds."""
    counts = (
        (held.mailboxes, "mailboxes"),
        (held.taken, "deliveries that it has not reported as queued"),
        (held.queued, "mails in its queue"),
        (held.waiting_events, "events to hand over"),
        (held.waiting_mails, "received mails to hand over"),
    )
    return ", ".join(f"{count} {name}" for count, name in counts if count) or "nothing"


_EVACUATE = "move its mailboxes away (`fleetpost node evacuate`), "
_OR_CONFIRM = "wait until it is empty, or confirm with its name that this may be lost."


async def _locked(tx: Transaction, node_id: UUID) -> NodeRow:
    row = await nodes.find(tx.connection, node_id, lock=True)
    if row is None:
        raise NotFound
    return row


def _life_of(row: NodeRow) -> Life:
    return Life(row.status, drains=row.draining_since is not None)


async def _turn(tx: Transaction, row: NodeRow, act: Act, since: datetime | None) -> Node:
    life = after(_life_of(row), act)
    if life != _life_of(row):
        await queries.drain(tx.connection, row.id, life.status, since)
        await registry.describe_again(tx, row.id)
        told = {"status": row.status}, {"status": life.status}
        audit.record_for_fleet(tx, f"nodes.{act}", encode(registry.PREFIX, row.id), before=told[0], after=told[1])
    return await registry.get(tx, row.id)


async def _end(
    tx: Transaction, row: NodeRow, act: Act, now: datetime, held: Holdings, *, sent_again: int | None = None
) -> Node:
    if row.status != "retired":
        await queries.retire(tx.connection, row.id, now, given_up=act == "give_up")
        tx.outbox.signal(channels.connection(row.id), bare(new_uuid()))
        tx.outbox.trigger(channels.PEERS_JOB)
        lost = msgspec.structs.asdict(held) | ({} if sent_again is None else {"sent_again": sent_again})
        told = {"status": row.status}, {"status": "retired", "held": lost}
        audit.record_for_fleet(tx, f"nodes.{act}", encode(registry.PREFIX, row.id), before=told[0], after=told[1])
    return await registry.get(tx, row.id)


def _check_name(row: NodeRow, typed: str) -> None:
    if typed != row.name:
        raise Invalid(errors=(FieldError("confirm", f"Give the node's name, {row.name}, to confirm."),))


async def _holdings(tx: Transaction, row: NodeRow) -> Holdings:
    counted = await queries.holdings(tx.connection, NodeId(row.id))
    said = msgspec.json.decode(row.heartbeat, type=_Said)
    return Holdings(
        mailboxes=counted["mailboxes"],
        taken=counted["taken"],
        queued=sum(said.queue.values()),
        waiting_events=said.spool_events,
        waiting_mails=said.inbound_waiting,
    )
