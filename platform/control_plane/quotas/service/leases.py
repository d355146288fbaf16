"""Leases of quotas to nodes, for mail that is submitted by SMTP: exact in sum, and good while we are away.

What a node may let a tenant submit is counted in the tenant's counters first, then published as its item `quota`. A
node says what it used with each heartbeat. What is called back, or was of a window that has turned, is given back once
the node has said what it used of it under the item that no longer grants it: its heartbeat's generation shows that.

Not among what `quotas.service` exports, since it needs nodes, whose features count too: import it by its own name.
"""

from collections.abc import Iterator, Mapping
from typing import TypeVar
from uuid import UUID

import msgspec

from control_plane.core import ids
from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.ids import NodeId, TenantId
from control_plane.core.tenancy import acting_for
from control_plane.quotas.queries import leases as queries
from control_plane.quotas.service.granting import Granting
from tenant_agent import wire

TEND_JOB = "quotas.tend_leases"
SETTLE_JOB = "quotas.settle_leases"
_AT_ONCE = 500
_MOST_USED = 2**40

_Said = TypeVar("_Said")


class Word(msgspec.Struct, frozen=True):
    """What a node said: the generation that it had reached, and how much more it wants."""

    node_id: UUID
    generation: int
    wanted: int = 0


async def tend(db: Database, clock: Clock) -> int:
    """Grant what is lacking: to new nodes, for new windows, after limits were changed; gives how many tenants'."""
    async with db.fleet_tx() as tx:
        due = await queries.due(tx, clock.now(), _AT_ONCE)
    for tenant_id in due:
        await settle(db, tenant_id, clock)
    return len(due)


async def heard(tx: Transaction, beats: Mapping[NodeId, wire.Heartbeat], *, most: int = _AT_ONCE) -> None:
    """Take in what nodes say they used (fleet role).

    What is then to be done is done by jobs, and asked for again by each beat: so of very much, each beat asks for a
    part, and no node fills the queue that all wait in.
    """
    wanting = {(node_id, tenant): more for node_id, beat in beats.items() for tenant, more in _wanted(beat)}
    used = [(node_id, *said) for node_id, beat in beats.items() for said in _used(beat)]
    generations = {node_id: beat.generation for node_id, beat in beats.items()}
    for tenant_id, node_id in await queries.heard(tx, generations, used, list(wanting), most):
        more, generation = wanting.get((NodeId(node_id), tenant_id), 0), generations[NodeId(node_id)]
        tx.outbox.trigger(SETTLE_JOB, str(tenant_id), str(node_id), str(generation), str(more))


async def settle(db: Database, tenant_id: UUID, clock: Clock, word: Word | None = None) -> None:
    """Bring one tenant's leases in line with its limits, perhaps after a node's word."""
    with acting_for(TenantId(tenant_id)):
        async with db.tenant_tx() as tx:
            granting = Granting(tx, tenant_id, clock.now())
            await granting.begin()
            if word is not None:
                await granting.take_back(word.node_id, word.generation)
                granting.note_wanted(word.node_id, word.wanted)
            await granting.finish()


def _wanted(beat: wire.Heartbeat) -> Iterator[tuple[UUID, int]]:
    for tenant_id, more in _tenants(beat.quota_wanted):
        if more > 0:
            yield tenant_id, min(more, _MOST_USED)


def _used(beat: wire.Heartbeat) -> Iterator[tuple[UUID, str, int]]:
    for tenant_id, windows in _tenants(beat.quota_used):
        for name, used in windows.items():
            yield tenant_id, name.replace("\0", ""), max(0, min(used, _MOST_USED))


def _tenants(said: Mapping[str, _Said]) -> Iterator[tuple[UUID, _Said]]:
    for name, value in said.items():
        try:
            yield ids.decode("ten", name), value
        except ids.MalformedId:
            continue
