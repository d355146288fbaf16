"""The operator's commands for roll-outs."""

from uuid import UUID

import msgspec

from control_plane.core.errors import NotFound
from control_plane.core.ids import MalformedId, decode
from control_plane.core.runtime import Runtime
from control_plane.rollouts import service
from control_plane.rollouts.schemas import NewRollout, Rollout, RolloutDiffs, RolloutLine

_MOST = 50


class Rollouts(msgspec.Struct, frozen=True):
    """The last ones."""

    rollouts: tuple[RolloutLine, ...]


async def start(runtime: Runtime, new: NewRollout) -> Rollout:
    """Begin one; raises `Invalid`, `Conflict`."""
    async with runtime.db.fleet_tx() as tx:
        return await service.start(tx, runtime.clock, new, probe_address=runtime.settings.probe_address)


async def listing(runtime: Runtime) -> Rollouts:
    """List the last ones."""
    async with runtime.db.fleet_tx() as tx:
        return Rollouts((await service.listing(tx, None, _MOST)).data)


async def get(runtime: Runtime, rollout_id: str) -> Rollout:
    """Show one; raises `NotFound`."""
    async with runtime.db.fleet_tx() as tx:
        return await service.get(tx, _id(rollout_id))


async def diffs(runtime: Runtime, rollout_id: str) -> RolloutDiffs:
    """Show what changed in nodes' files; raises `NotFound`."""
    async with runtime.db.fleet_tx() as tx:
        return await service.diffs(tx, _id(rollout_id))


async def pause(runtime: Runtime, rollout_id: str) -> Rollout:
    """Let it stand; raises `NotFound`, `RolloutOver`."""
    async with runtime.db.fleet_tx() as tx:
        return await service.pause(tx, _id(rollout_id))


async def resume(runtime: Runtime, rollout_id: str) -> Rollout:
    """Let it go on; raises `NotFound`, `RolloutOver`."""
    async with runtime.db.fleet_tx() as tx:
        return await service.resume(tx, _id(rollout_id))


async def abort(runtime: Runtime, rollout_id: str) -> Rollout:
    """End it; raises `NotFound`, `RolloutOver`."""
    async with runtime.db.fleet_tx() as tx:
        return await service.abort(tx, _id(rollout_id), runtime.clock)


def _id(rollout_id: str) -> UUID:
    try:
        return decode(service.PREFIX, rollout_id)
    except MalformedId as error:
        raise NotFound("There is no such roll-out: see `fleetpost rollout list`.") from error
