"""Mail that came in to a place."""

from control_plane.core.database import Database
from tests.control_plane.inbound_routes.mails import held_mail
from tests.isolation.places import Place


async def held(db: Database, place: Place) -> str:
    """Have a mail arrive that a route holds; gives its id."""
    return (await held_mail(db, place.id, place.domain)).message_id


async def first_attachment(db: Database, place: Place) -> str:
    """Name the first attachment of a mail, whosever it is."""
    del db, place
    return "0"
