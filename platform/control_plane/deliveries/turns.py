"""Whose turn it is: start-time fair queueing among the tenants whose mail waits in a pool. A pure decision.

A tenant stands somewhere on its pool's clock, which counts deliveries. Who stands lowest is next, and moves on by one
over its weight with each delivery: tenants that keep a pool busy get shares of it like their weights, however much each
has waiting, and one that comes with little is served at once. (Goyal, Vin, Cheng: Start-time Fair Queuing, 1996.)
"""

from collections.abc import Sequence
from heapq import heapify, heapreplace
from itertools import accumulate, groupby, pairwise
from typing import TypeAlias
from uuid import UUID

import msgspec

from control_plane.ip_pools.schemas import Stream

_STREAM_WEIGHTS: dict[Stream, int] = {"transactional": 4, "broadcast": 1}
"""How a claim is divided among a node's pools while mail waits in all of them: no stream starves the other."""

Turn: TypeAlias = tuple[UUID, UUID]
"""A tenant in a pool."""


class Standing(msgspec.Struct, frozen=True):
    """A tenant whose mail waits in a pool, and where it stands on the pool's clock."""

    tenant_id: UUID
    pool_id: UUID
    stream: Stream
    start: float
    weight: float
    oldest: UUID = UUID(int=0)
    """Nothing of it with a smaller id waits."""

    @property
    def turn(self) -> Turn:
        """Name whose turn this is about."""
        return self.tenant_id, self.pool_id

    def after(self, deliveries: int) -> "Standing":
        """Give where it stands when so many more were claimed."""
        return msgspec.structs.replace(self, start=self.start + deliveries / self.weight)


class Portion(msgspec.Struct, frozen=True):
    """How much of a claim is a tenant's."""

    standing: Standing
    deliveries: int


def portions(standings: Sequence[Standing], most: int, chance: float = 0.5) -> list[Portion]:
    """Divide a claim of `most` deliveries; standings come pool by pool. Who gets nothing is left out.

    `chance`, from 0 to below 1 and another one for each claim, says which pools get what cannot be divided.
    """
    pools = [list(each) for _, each in groupby(standings, key=lambda standing: standing.pool_id)]
    shares = _split(most, [_STREAM_WEIGHTS[pool[0].stream] for pool in pools], chance)
    return [portion for pool, share in zip(pools, shares, strict=True) for portion in _in_turn(pool, share)]


def _in_turn(pool: Sequence[Standing], most: int) -> list[Portion]:
    counts = [0] * len(pool)
    line = [(standing.start, place) for place, standing in enumerate(pool)]
    heapify(line)
    for _ in range(most):
        start, place = line[0]
        counts[place] += 1
        heapreplace(line, (start + 1 / pool[place].weight, place))
    return [Portion(standing, count) for standing, count in zip(pool, counts, strict=True) if count]


def _split(most: int, weights: Sequence[int], chance: float) -> list[int]:
    """Divide by weights in whole numbers, each at most one off its share and over all chances just that."""
    total = sum(weights)
    marks = [most * weight + int(chance * total) for weight in accumulate(weights, initial=0)]
    return [end // total - begin // total for begin, end in pairwise(marks)]
