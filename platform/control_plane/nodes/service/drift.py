"""What was found changed on a node by somebody else: kept with the node, the newest of it, and told to the operator."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import msgspec

from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.ids import MalformedId, NodeId, decode, encode
from control_plane.nodes.queries import digests as queries
from control_plane.nodes.service.tell import tell_operator
from tenant_agent import wire

MOST_KEPT = 50
_MOST_TOLD = 10
_QUIET = timedelta(minutes=1)
"""A node that finds something again within this time is not news."""
_LONGEST_TEXT = 500
_STATE = "desired state"


class FoundDrift(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was not as it had been left, and was put right."""

    service: str
    what: str
    tenant_id: str | None = None
    at_ms: int = 0
    """When it was found, as told by our own clock."""


async def note(db: Database, node_id: NodeId, found: Sequence[wire.Drift], clock: Clock) -> None:
    """Write down what a node says it has found and repaired, as far as it can be true."""
    async with db.fleet_tx() as tx:
        known = await _known(tx, node_id, found[:MOST_KEPT])
        await _note(tx, node_id, [_read(each, known, clock) for each in found[:MOST_KEPT]], len(found), clock)


async def note_tenants(db: Database, node_id: NodeId, tenants: Sequence[str], clock: Clock) -> None:
    """Write down of which tenants a node's copy of its desired state was another than ours."""
    async with db.fleet_tx() as tx:
        found = [wire.Drift(service=_STATE, what="items", tenant_id=name or None) for name in tenants[:MOST_KEPT]]
        known = await _known(tx, node_id, found)
        await _note(tx, node_id, [_read(each, known, clock) for each in found], len(tenants), clock)


async def of_node(tx: Transaction, node_id: UUID) -> list[FoundDrift]:
    """List what was found on a node, newest first (fleet role)."""
    return msgspec.json.decode(await queries.drifts(tx.connection, node_id), type=list[FoundDrift])


async def _note(tx: Transaction, node_id: NodeId, found: list[FoundDrift], count: int, clock: Clock) -> None:
    if not found:
        return
    said = msgspec.json.encode(found).decode()
    noted = await queries.note(tx.connection, node_id, clock.now(), said, most=MOST_KEPT, quiet=_QUIET)
    if noted is not None and noted.is_news:
        data = {
            "node_id": encode("nod", node_id),
            "name": noted.name,
            "count": count,
            "found": msgspec.to_builtins(found[:_MOST_TOLD]),
        }
        await tell_operator(tx, "node.drifted", data, at=clock.now())


async def _known(tx: Transaction, node_id: NodeId, found: Sequence[wire.Drift]) -> set[str]:
    """Keep the tenants that the node knows: it has no word on others."""
    named = [_tenant(each.tenant_id) for each in found if each.tenant_id]
    placed = await queries.placed(tx.connection, node_id, [tenant for tenant in named if tenant is not None])
    return {encode("ten", tenant_id) for tenant_id in placed}


def _tenant(public_id: str) -> UUID | None:
    try:
        return decode("ten", public_id)
    except MalformedId:
        return None


def _read(said: wire.Drift, known: set[str], clock: Clock) -> FoundDrift:
    return FoundDrift(
        service=_text(said.service),
        what=_text(said.what),
        tenant_id=said.tenant_id if said.tenant_id in known else None,
        at_ms=int(clock.now().timestamp() * 1000),
    )


def _text(value: str) -> str:
    return value[:_LONGEST_TEXT].replace("\0", "\N{REPLACEMENT CHARACTER}")
