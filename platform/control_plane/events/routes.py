"""`/v1/events`: what happened, for programs that ask instead of being called."""

from datetime import datetime
from typing import Annotated

from litestar import get
from litestar.params import QueryParameter
from litestar.types import ControllerRouterHandler

from control_plane.core import inject
from control_plane.core.auth import requires
from control_plane.core.pagination import LIMIT_DEFAULT, Limit
from control_plane.events import service
from control_plane.events.schemas import EventPage

_Position = Annotated[str | None, QueryParameter(description="`next` of the page before; without it, from the oldest.")]
_Since = Annotated[datetime | None, QueryParameter(description="Only what happened from then on.")]
_Types = Annotated[str | None, QueryParameter(max_length=1000, description="Only these types, parted by commas.")]
_Wait = Annotated[
    int, QueryParameter(ge=0, le=service.MOST_WAIT_SECONDS, description="Seconds to wait for news, after a position.")
]


@get("/events", guards=[requires("events:read")])
async def list_events(
    db: inject.Database,
    signals: inject.Signals,
    clock: inject.Clock,
    after: _Position = None,
    since: _Since = None,
    types: _Types = None,
    limit: Limit = LIMIT_DEFAULT,
    wait: _Wait = 0,
) -> EventPage:
    """Read events in the order in which we stored them; go on from `next`, and you miss none and see none twice.

    They can be read for 30 days after they happened. `more` says that there is more to read at once.
    """
    wanted = service.Wanted(after=after, since=since, types=_names(types), limit=limit)
    return await service.wait(db, signals, clock, wanted, wait if after else 0)


def _names(types: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in types.split(",")) if types else ()


HANDLERS: list[ControllerRouterHandler] = [list_events]
