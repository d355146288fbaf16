"""`/v1/domains/{id}/zone-file`, `/v1/domains/{id}/shared-links`: records for where the domain's DNS is kept."""

from litestar import Response, delete, get, post
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.types import ControllerRouterHandler

from control_plane.core import inject
from control_plane.core.auth import requires
from control_plane.core.ids import decode
from control_plane.core.openapi import ANSWERS_IN
from control_plane.core.pagination import Page
from control_plane.dns_publishing import service
from control_plane.dns_publishing.exports import MEDIA_TYPES, Format, disposition
from control_plane.dns_publishing.schemas import CreatedSharedLink, NewSharedLink, SharedLink
from control_plane.dns_publishing.service.links import DOMAIN_PREFIX as DOMAIN
from control_plane.dns_publishing.service.links import PREFIX as LINK

_READ = [requires("domains:read")]
_WRITE = [requires("domains:write")]


@get("/domains/{domain_id:str}/zone-file", guards=_READ, opt={ANSWERS_IN: MEDIA_TYPES})
async def get_zone_file(
    db: inject.Database,
    settings: inject.Settings,
    domain_id: FromPath[str],
    format: FromQuery[Format] = "bind",  # noqa: A002 the parameter's own name
) -> Response[str]:
    """Give the domain's records as a zone file, for Cloudflare's import, or as Terraform."""
    file = await service.records_file(db, settings, decode(DOMAIN, domain_id), format)
    return Response(file.text, media_type=file.media_type, headers=disposition(file))


@get("/domains/{domain_id:str}/shared-links", guards=_READ)
async def list_shared_links(
    db: inject.Database, settings: inject.Settings, clock: inject.Clock, domain_id: FromPath[str]
) -> Page[SharedLink]:
    """List the links that show the domain's records to whoever keeps its DNS; at most twenty are open."""
    return Page(await service.shared_links(db, settings, clock, decode(DOMAIN, domain_id)), None)


@post("/domains/{domain_id:str}/shared-links", guards=_WRITE)
async def create_shared_link(
    db: inject.Database,
    settings: inject.Settings,
    clock: inject.Clock,
    domain_id: FromPath[str],
    data: JSONBody[NewSharedLink],
) -> CreatedSharedLink:
    """Make a link that shows the domain's records without signing in, for 14 days; it is shown this once."""
    return await service.share(db, settings, clock, decode(DOMAIN, domain_id), data)


@delete("/shared-links/{link_id:str}", guards=_WRITE)
async def delete_shared_link(db: inject.Database, clock: inject.Clock, link_id: FromPath[str]) -> None:
    """Withdraw a link: it shows nothing any more."""
    await service.withdraw_link(db, clock, decode(LINK, link_id))


HANDLERS: list[ControllerRouterHandler] = [get_zone_file, list_shared_links, create_shared_link, delete_shared_link]
