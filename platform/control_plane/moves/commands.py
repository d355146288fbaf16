"""The operator's commands for moves."""

from uuid import UUID

import msgspec

from control_plane.core.database import Transaction
from control_plane.core.errors import NotFound
from control_plane.core.ids import MalformedId, decode
from control_plane.core.runtime import Runtime
from control_plane.moves import service
from control_plane.moves.schemas import MailboxMove, MoveBatch, NewMoves

_MOST = 200


class Batches(msgspec.Struct, frozen=True):
    """The newest of what was asked for."""

    batches: tuple[MoveBatch, ...]


class Portrait(msgspec.Struct, frozen=True):
    """How far a batch is, with the newest of its moves."""

    batch: MoveBatch
    moves: tuple[MailboxMove, ...]


async def start(runtime: Runtime, new: NewMoves) -> MoveBatch:
    """Ask for moves; raises `Refused`."""
    async with runtime.db.fleet_tx() as tx:
        return await service.request(tx, runtime.clock, new)


async def batches(runtime: Runtime) -> Batches:
    """List what was asked for last."""
    async with runtime.db.fleet_tx() as tx:
        return Batches((await service.list_batches(tx, runtime.clock, None, _MOST)).data)


async def portrait(runtime: Runtime, batch: str) -> Portrait:
    """Show a batch; raises `NotFound`."""
    batch_id = _id(service.BATCH_PREFIX, batch)
    async with runtime.db.fleet_tx() as tx:
        listed = await service.list_moves(tx, None, _MOST, batch_id=batch_id)
        return Portrait(await service.batch(tx, runtime.clock, batch_id), listed.data)


async def act(runtime: Runtime, verb: str, wanted: str) -> MailboxMove | MoveBatch:
    """Abort or retry a move or a batch, pause a batch or let it go on; raises `NotFound`, `Conflict`."""
    if wanted.startswith(f"{service.BATCH_PREFIX}_"):
        return await _act_on_batch(runtime, verb, wanted)
    async with runtime.db.fleet_tx() as tx:
        return await _act_on_move(tx, runtime, verb, wanted)


async def _act_on_batch(runtime: Runtime, verb: str, wanted: str) -> MoveBatch:
    batch_id = _id(service.BATCH_PREFIX, wanted)
    if verb in ("abort", "retry"):
        whole = service.abort_batch if verb == "abort" else service.retry_batch
        return await whole(runtime.db, runtime.clock, batch_id)
    async with runtime.db.fleet_tx() as tx:
        turn = service.pause if verb == "pause" else service.resume
        return await turn(tx, runtime.clock, batch_id)


async def _act_on_move(tx: Transaction, runtime: Runtime, verb: str, wanted: str) -> MailboxMove:
    single = {"abort": service.abort, "retry": service.retry}.get(verb)
    if single is None:
        raise NotFound("Only what was asked for as a whole is paused: give its id, mvb_…; see `fleetpost move list`.")
    return await single(tx, runtime.clock, _id(service.PREFIX, wanted))


def _id(prefix: str, text: str) -> UUID:
    try:
        return decode(prefix, text)
    except MalformedId as error:
        raise NotFound(f"{text} is no such id: see `fleetpost move list`.") from error
