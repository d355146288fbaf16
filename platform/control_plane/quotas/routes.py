"""`/v1/account/usage`."""

from litestar import get
from litestar.types import ControllerRouterHandler

from control_plane.core import inject
from control_plane.core.auth import requires
from control_plane.quotas import service
from control_plane.quotas.schemas import Usage


@get("/account/usage", guards=[requires("account:read")])
async def get_usage(db: inject.Database, clock: inject.Clock) -> Usage:
    """Show how much is used of what is limited, and when each window turns."""
    return await service.usage(db, clock)


HANDLERS: list[ControllerRouterHandler] = [get_usage]
