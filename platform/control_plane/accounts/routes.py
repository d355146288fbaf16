"""`/v1/me`."""

from litestar import get

from control_plane.accounts import service
from control_plane.accounts.schemas import Me
from control_plane.core import inject


@get("/me")
async def get_me(subject: inject.Subject, db: inject.Database) -> Me:
    """Show whose key this is and what it may do."""
    return await service.me(db, subject)


HANDLERS = [get_me]
