"""`/v1/account/brand`: how your pages, and your clients', look."""

from litestar import delete, get, patch, post
from litestar.params import JSONBody
from litestar.types import ControllerRouterHandler

from control_plane.agencies.schemas import Brand, BrandChange
from control_plane.agencies.service import brands, hosts
from control_plane.core import inject
from control_plane.core.auth import requires
from control_plane.core.etag import IfMatch
from control_plane.mail_domains.resolver import DnsResolver

_READ, _WRITE = [requires("account:read")], [requires("account:write")]


@get("/account/brand", guards=_READ)
async def get_brand(db: inject.Database, settings: inject.Settings) -> Brand:
    """Give your own brand."""
    return await brands.get(db, settings)


@patch("/account/brand", guards=_WRITE)
async def change_brand(
    db: inject.Database, settings: inject.Settings, data: JSONBody[BrandChange], if_match: IfMatch = None
) -> Brand:
    """Change name, colours, support address or host name; the first change makes the brand."""
    return await brands.change(db, settings, data, if_match)


@delete("/account/brand", guards=_WRITE)
async def reset_brand(db: inject.Database) -> None:
    """Take the brand away, with its logo and host name."""
    await brands.reset(db)


@post("/account/brand/check-host", status_code=200, guards=_WRITE)
async def check_brand_host(db: inject.Database, settings: inject.Settings, clock: inject.Clock) -> Brand:
    """Look up whether the host name is yours now; it is also looked up by itself."""
    return await hosts.check(db, settings, clock, DnsResolver(settings.nameservers))


HANDLERS: list[ControllerRouterHandler] = [get_brand, change_brand, reset_brand, check_brand_host]
