"""What is done to all held messages at once, and how far that is."""

from typing import Literal

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect

from control_plane.core import inject
from control_plane.core.errors import NotFound
from control_plane.core.ids import MalformedId
from control_plane.messages.bulk_schemas import ManyMessages, MessageFilter
from control_plane.messages.service import bulk
from web import inject as page
from web.rendering import Answer
from web.visitor import may

_SECTION = "messages"
_HELD = ManyMessages(filter=MessageFilter())


@post("/messages/held/release", guards=[may("messages:write")])
async def release_held(db: inject.Database, clock: inject.Clock) -> Redirect:
    """Let go all that is held, as far as there is room."""
    return await _begin(db, clock, "release")


@post("/messages/held/cancel", guards=[may("messages:write")])
async def cancel_held(db: inject.Database, clock: inject.Clock) -> Redirect:
    """Call back all that is held."""
    return await _begin(db, clock, "cancel")


@get("/messages/acts/{act_id:str}", guards=[may("messages:read")])
async def show_act(frame: page.Frame, db: inject.Database, act_id: FromPath[str]) -> Answer:
    """Show how far it is."""
    try:
        act = await bulk.find_act(db, act_id)
    except MalformedId as error:
        raise NotFound from error
    return frame.page("pages/messages_act.html", _SECTION, {"act": act})


async def _begin(db: inject.Database, clock: inject.Clock, act: Literal["release", "cancel"]) -> Redirect:
    begun = await bulk.act_on_many(db, clock, act, _HELD)
    return Redirect(f"/messages/acts/{begun.id}", status_code=303)


HANDLERS = (release_held, cancel_held, show_act)
