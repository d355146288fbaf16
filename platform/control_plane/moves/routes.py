"""`/v1/moves`: mailboxes on their way from one node to another, for operators."""

from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler

from control_plane.core import inject
from control_plane.core.auth import requires
from control_plane.core.errors import FieldError, Invalid
from control_plane.core.ids import MalformedId, decode
from control_plane.core.pagination import LIMIT_DEFAULT, After, Limit, Page, cursor
from control_plane.moves import service
from control_plane.moves.schemas import MailboxMove, MoveBatch, MoveStatus, NewMoves

_READ, _WRITE = [requires("fleet:read")], [requires("fleet:write")]

Status = Annotated[MoveStatus | None, QueryParameter(description="Only moves in this state.")]
OfBatch = Annotated[str | None, QueryParameter(description="Only moves that were asked for together.")]
OfTenant = Annotated[str | None, QueryParameter(description="Only this tenant's mailboxes.")]
OfNode = Annotated[str | None, QueryParameter(description="Only moves from this node or to it.")]


@post("/moves", guards=_WRITE, status_code=202)
async def create_moves(db: inject.Database, clock: inject.Clock, data: JSONBody[NewMoves]) -> MoveBatch:
    """Move mailboxes to another node while they are in use: one, or all of a domain, a tenant or a node.

    A node whose mailboxes leave is drained. Without `to`, each goes to the node that has most room when its turn comes.
    """
    async with db.fleet_tx() as tx:
        return await service.request(tx, clock, data)


@get("/moves", guards=_READ)
async def list_moves(
    db: inject.Database,
    status: Status = None,
    batch_id: OfBatch = None,
    tenant_id: OfTenant = None,
    node_id: OfNode = None,
    limit: Limit = LIMIT_DEFAULT,
    after: After = None,
) -> Page[MailboxMove]:
    """List moves, newest first."""
    wanted = {
        "batch_id": _id("batch_id", service.BATCH_PREFIX, batch_id),
        "tenant_id": _id("tenant_id", "ten", tenant_id),
        "node_id": _id("node_id", "nod", node_id),
    }
    async with db.fleet_tx() as tx:
        return await service.list_moves(tx, cursor(service.PREFIX, after), limit, status=status, **wanted)


@get("/moves/batches", guards=_READ)
async def list_move_batches(
    db: inject.Database, clock: inject.Clock, limit: Limit = LIMIT_DEFAULT, after: After = None
) -> Page[MoveBatch]:
    """List what was asked for, newest first, with how far it is."""
    async with db.fleet_tx() as tx:
        return await service.list_batches(tx, clock, cursor(service.BATCH_PREFIX, after), limit)


@get("/moves/batches/{batch_id:str}", guards=_READ)
async def get_move_batch(db: inject.Database, clock: inject.Clock, batch_id: FromPath[str]) -> MoveBatch:
    """Say how far what was asked for is: mailboxes that have arrived, octets, how long it will take."""
    async with db.fleet_tx() as tx:
        return await service.batch(tx, clock, decode(service.BATCH_PREFIX, batch_id))


@post("/moves/batches/{batch_id:str}/abort", guards=_WRITE, status_code=200)
async def abort_move_batch(db: inject.Database, clock: inject.Clock, batch_id: FromPath[str]) -> MoveBatch:
    """Leave where they are those mailboxes that have not arrived."""
    return await service.abort_batch(db, clock, decode(service.BATCH_PREFIX, batch_id))


@post("/moves/batches/{batch_id:str}/retry", guards=_WRITE, status_code=200)
async def retry_move_batch(db: inject.Database, clock: inject.Clock, batch_id: FromPath[str]) -> MoveBatch:
    """Try again what has failed."""
    return await service.retry_batch(db, clock, decode(service.BATCH_PREFIX, batch_id))


@post("/moves/batches/{batch_id:str}/pause", guards=_WRITE, status_code=200)
async def pause_move_batch(db: inject.Database, clock: inject.Clock, batch_id: FromPath[str]) -> MoveBatch:
    """Begin nothing more, and ask for no more copies; a mailbox that is closed just now is seen through."""
    async with db.fleet_tx() as tx:
        return await service.pause(tx, clock, decode(service.BATCH_PREFIX, batch_id))


@post("/moves/batches/{batch_id:str}/resume", guards=_WRITE, status_code=200)
async def resume_move_batch(db: inject.Database, clock: inject.Clock, batch_id: FromPath[str]) -> MoveBatch:
    """Go on with what was paused."""
    async with db.fleet_tx() as tx:
        return await service.resume(tx, clock, decode(service.BATCH_PREFIX, batch_id))


@get("/moves/{move_id:str}", guards=_READ)
async def get_move(db: inject.Database, move_id: FromPath[str]) -> MailboxMove:
    """Give one move: how far it is, what went wrong last, what it waits for."""
    async with db.fleet_tx() as tx:
        return await service.move(tx, decode(service.PREFIX, move_id))


@post("/moves/{move_id:str}/abort", guards=_WRITE, status_code=200)
async def abort_move(db: inject.Database, clock: inject.Clock, move_id: FromPath[str]) -> MailboxMove:
    """Leave the mailbox where it is; if it was closed for its last copy, it is opened at once."""
    async with db.fleet_tx() as tx:
        return await service.abort(tx, clock, decode(service.PREFIX, move_id))


@post("/moves/{move_id:str}/retry", guards=_WRITE, status_code=200)
async def retry_move(db: inject.Database, clock: inject.Clock, move_id: FromPath[str]) -> MailboxMove:
    """Try a move that failed or was aborted again, from the beginning."""
    async with db.fleet_tx() as tx:
        return await service.retry(tx, clock, decode(service.PREFIX, move_id))


def _id(path: str, prefix: str, text: str | None) -> UUID | None:
    """Read an id to filter by; raises `Invalid`."""
    if not text:
        return None
    try:
        return decode(prefix, text)
    except MalformedId as error:
        raise Invalid(errors=(FieldError(path, "This is not such an id."),)) from error


HANDLERS: list[ControllerRouterHandler] = [
    create_moves,
    list_moves,
    list_move_batches,
    get_move_batch,
    abort_move_batch,
    retry_move_batch,
    pause_move_batch,
    resume_move_batch,
    get_move,
    abort_move,
    retry_move,
]
