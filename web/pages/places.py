"""The accounts that a person may look at: the switcher's list, with digits for the first nine."""

from collections.abc import Sequence

import msgspec
from litestar import get
from litestar.params import FromQuery

from control_plane.accounts import service as accounts
from control_plane.accounts.schemas import Place
from control_plane.core import inject
from control_plane.core.ids import TenantId
from web import inject as page
from web.rendering import Answer

_SHOWN = 50
_DIGITS = 9


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """One account in the list."""

    id: str
    name: str
    through: str
    """The agency that one acts from; empty: one's own account."""
    status: str
    current: bool
    digit: str


def choices(places: Sequence[Place], current: TenantId, query: str = "") -> list[Choice]:
    """Make the list; the digits stay with their accounts while one searches."""
    wanted = query.strip().casefold()
    every = [
        Choice(
            id=place.public_id,
            name=place.name,
            through=place.through_name or "",
            status=place.status,
            current=place.tenant_id == current,
            digit=str(number) if number <= _DIGITS else "",
        )
        for number, place in enumerate(places, start=1)
    ]
    return [each for each in every if wanted in each.name.casefold()]


@get("/places")
async def show_places(frame: page.Frame, visitor: page.Visitor, db: inject.Database, q: FromQuery[str] = "") -> Answer:
    """Show where the person may go."""
    found = choices(await accounts.places(db, visitor.user_id, visitor.session), visitor.subject.tenant_id, q)
    context = {"places": found[:_SHOWN], "more": len(found) - _SHOWN, "query": q}
    if frame.wants_part:
        return frame.part("pages/_places.html", context)
    return frame.page("pages/places.html", "places", context)


HANDLERS = (show_places,)
