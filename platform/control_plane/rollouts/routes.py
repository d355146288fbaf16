"""`/v1/rollouts`: changes of how nodes work, brought to a few first, for operators."""

from litestar import get, post
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from control_plane.core import inject
from control_plane.core.auth import requires
from control_plane.core.ids import decode
from control_plane.core.pagination import LIMIT_DEFAULT, After, Limit, Page, cursor
from control_plane.rollouts import service
from control_plane.rollouts.schemas import NewRollout, Rollout, RolloutDiffs, RolloutLine

_READ, _WRITE = [requires("fleet:read")], [requires("fleet:write")]


@get("/rollouts", guards=_READ)
async def list_rollouts(db: inject.Database, limit: Limit = LIMIT_DEFAULT, after: After = None) -> Page[RolloutLine]:
    """List roll-outs, newest first."""
    async with db.fleet_tx() as tx:
        return await service.listing(tx, cursor(service.PREFIX, after), limit)


@post("/rollouts", guards=_WRITE)
async def start_rollout(
    db: inject.Database, clock: inject.Clock, settings: inject.Settings, data: JSONBody[NewRollout]
) -> Rollout:
    """Bring a change to the fleet: canaries first, then waves, each watched before the next.

    It stops and goes back by itself when a node is not well with it. There is one roll-out at a time.
    """
    async with db.fleet_tx() as tx:
        return await service.start(tx, clock, data, probe_address=settings.probe_address)


@get("/rollouts/{rollout_id:str}", guards=_READ)
async def get_rollout(db: inject.Database, rollout_id: FromPath[str]) -> Rollout:
    """Give a roll-out with each node's stage, state and gates."""
    async with db.fleet_tx() as tx:
        return await service.get(tx, decode(service.PREFIX, rollout_id))


@get("/rollouts/{rollout_id:str}/diffs", guards=_READ)
async def get_rollout_diffs(db: inject.Database, rollout_id: FromPath[str]) -> RolloutDiffs:
    """Give what changed in nodes' rendered files, and what daemons said of it; kept for 90 days."""
    async with db.fleet_tx() as tx:
        return await service.diffs(tx, decode(service.PREFIX, rollout_id))


@post("/rollouts/{rollout_id:str}/pause", guards=_WRITE, status_code=200)
async def pause_rollout(db: inject.Database, rollout_id: FromPath[str]) -> Rollout:
    """Bring it to nobody else for now; nodes that have it are watched on, and it still goes back if it does harm."""
    async with db.fleet_tx() as tx:
        return await service.pause(tx, decode(service.PREFIX, rollout_id))


@post("/rollouts/{rollout_id:str}/resume", guards=_WRITE, status_code=200)
async def resume_rollout(db: inject.Database, rollout_id: FromPath[str]) -> Rollout:
    """Let a paused roll-out go on."""
    async with db.fleet_tx() as tx:
        return await service.resume(tx, decode(service.PREFIX, rollout_id))


@post("/rollouts/{rollout_id:str}/abort", guards=_WRITE, status_code=200)
async def abort_rollout(db: inject.Database, clock: inject.Clock, rollout_id: FromPath[str]) -> Rollout:
    """End it: nodes that have the change get back what they had."""
    async with db.fleet_tx() as tx:
        return await service.abort(tx, decode(service.PREFIX, rollout_id), clock)


HANDLERS: list[ControllerRouterHandler] = [
    list_rollouts,
    start_rollout,
    get_rollout,
    get_rollout_diffs,
    pause_rollout,
    resume_rollout,
    abort_rollout,
]
