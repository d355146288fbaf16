"""`/v1/messages/cancel` and `/v1/messages/release`: what is done to many messages at once."""

from litestar import get, post
from litestar.params import FromPath, JSONBody

from control_plane.core import inject
from control_plane.core.auth import requires
from control_plane.messages.bulk_schemas import BulkAct, ManyMessages
from control_plane.messages.service import bulk

_WRITE = [requires("messages:write")]


@post("/messages/cancel", status_code=202, guards=_WRITE)
async def cancel_messages(db: inject.Database, clock: inject.Clock, data: JSONBody[ManyMessages]) -> BulkAct:
    """Call back many messages, by their ids or all that are held or scheduled and fit a filter."""
    return await bulk.act_on_many(db, clock, "cancel", data)


@post("/messages/release", status_code=202, guards=_WRITE)
async def release_messages(db: inject.Database, clock: inject.Clock, data: JSONBody[ManyMessages]) -> BulkAct:
    """Let many held messages go, as far as there is room; those of paused streams only if a provider acts for you."""
    return await bulk.act_on_many(db, clock, "release", data)


@get("/messages/acts/{act_id:str}", guards=[requires("messages:read")])
async def get_bulk_act(db: inject.Database, act_id: FromPath[str]) -> BulkAct:
    """Say how far something is that is done to many messages."""
    return await bulk.find_act(db, act_id)


HANDLERS = [cancel_messages, release_messages, get_bulk_act]
