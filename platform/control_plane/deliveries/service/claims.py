"""Lease waiting deliveries to a node: each tenant in its turn, so that nobody's backlog delays the others of a pool."""

import random
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from typing import TypeAlias
from uuid import UUID

import msgspec

from control_plane.core.database import Database, Transaction
from control_plane.core.ids import NodeId, encode, new_uuid
from control_plane.deliveries import turns
from control_plane.deliveries.queries import claims as queries
from control_plane.deliveries.queries.claims import StoredMessage, WaitingDelivery
from control_plane.deliveries.schemas import LeaseId
from control_plane.deliveries.service.suppressed import without_suppressed
from control_plane.deliveries.turns import Portion, Standing, Turn
from control_plane.ip_pools import service as ip_pools
from control_plane.ip_pools.schemas import PoolId
from tenant_agent import wire

PREFIX = "dlv"
LEASE_SECONDS = 60.0
Sign: TypeAlias = Callable[[UUID], str]
"""From a delivery to the left side of its return path."""
_MOST_OFFERED_BYTES = 8 * 1024 * 1024
_MOST_ROUNDS = 20
"""Each round but the last finds tenants with nothing left for this node; the next claim goes on where this stops."""


def _unsigned(_: UUID) -> str:
    """Leave the return path to the node, as an id that nobody signed."""
    return ""


async def claim(
    db: Database, node_id: NodeId, limit: int, sign: Sign = _unsigned, *, only_transactional: bool = False
) -> wire.Offer | None:
    """Lease waiting deliveries of the node's pools to it: most to transactional mail, and in each pool in turns.

    Gives at most `limit` deliveries and about 8 MiB, but always a whole message; None when nothing waits. Bounces find
    back to what is signed.
    """
    async with db.fleet_tx(keep_plans=True) as tx:
        pools = await ip_pools.open_pools_of(tx, node_id, "transactional" if only_transactional else None)
        if not pools:
            return None
        picking = _Picking(tx, node_id)
        await picking.pick(pools, limit)
        offer, fitting = await _lease(tx, node_id, picking.picked, sign)
        await picking.end(fitting)
    return offer


class _Picking:
    """Picks for one claim, in rounds: what one tenant does not use of its portion goes to the others."""

    def __init__(self, tx: Transaction, node_id: NodeId) -> None:
        self._tx = tx
        self._node_id = node_id
        self._first: dict[Turn, Standing] = {}
        self._last: dict[Turn, UUID] = {}
        self._emptied: set[Turn] = set()
        self.picked: list[WaitingDelivery] = []

    async def pick(self, pools: Sequence[PoolId], limit: int) -> None:
        """Pick up to `limit` deliveries."""
        line: list[Standing] = []
        are_more = True
        for _ in range(_MOST_ROUNDS):
            if not line and are_more:
                line = await queries.standings(self._tx.connection, pools, limit, self._emptied)
                self._first = {standing.turn: standing for standing in line} | self._first
                are_more = limit in Counter(standing.pool_id for standing in line).values()
            if not line or len(self.picked) >= limit:
                return
            line = await self._round(line, limit - len(self.picked))

    async def _round(self, line: Sequence[Standing], most: int) -> list[Standing]:
        """Pick each one's portion; gives the line without those who had less."""
        portions = turns.portions(line, most, random.random())  # noqa: S311 (no secret)
        found = await queries.pick_waiting(self._tx.connection, self._node_id, portions, self._last)
        self.picked += await without_suppressed(
            self._tx, found, {p.standing.pool_id: p.standing.stream for p in portions}
        )
        self._last |= {delivery.turn: delivery.id for delivery in found}
        counts = Counter(delivery.turn for delivery in found)
        self._emptied |= {p.standing.turn for p in portions if counts[p.standing.turn] < p.deliveries}
        return [each.after(counts[each.turn]) for each in line if each.turn not in self._emptied]

    async def end(self, leased: Collection[WaitingDelivery]) -> None:
        """Move on who was served, and let those rest who have nothing left."""
        counts = Counter(delivery.turn for delivery in leased)
        served = [Portion(self._first[turn], count) for turn, count in counts.items()]
        if served or self._emptied:
            await queries.end_turns(self._tx.connection, served, self._emptied)


async def _lease(
    tx: Transaction, node_id: NodeId, picked: Sequence[WaitingDelivery], sign: Sign
) -> tuple[wire.Offer | None, list[WaitingDelivery]]:
    """Lease as much of it as fits into an offer."""
    if not picked:
        return None, []
    messages = await queries.messages_of(tx.connection, picked, _MOST_OFFERED_BYTES)
    places = {message.id: place for place, message in enumerate(messages)}
    fitting = [delivery for delivery in picked if delivery.message_id in places]
    lease_id = LeaseId(new_uuid())
    await queries.lease(tx.connection, lease_id, node_id, fitting, LEASE_SECONDS)
    return _offer(lease_id, messages, fitting, places, sign), fitting


def _offer(
    lease_id: LeaseId,
    messages: list[StoredMessage],
    deliveries: list[WaitingDelivery],
    places: dict[UUID, int],
    sign: Sign,
) -> wire.Offer:
    return wire.Offer(
        lease_id=str(lease_id),
        expires_in_seconds=LEASE_SECONDS,
        messages=tuple(
            wire.OfferedMessage(envelope=msgspec.Raw(message.envelope), content=msgspec.Raw(message.content))
            for message in messages
        ),
        deliveries=tuple(
            wire.OfferedDelivery(
                encode(PREFIX, delivery.id), places[delivery.message_id], delivery.recipient, sign(delivery.id)
            )
            for delivery in deliveries
        ),
    )
