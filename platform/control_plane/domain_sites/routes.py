"""`/v1/domains/{domain_id}/mta-sts`: what others are told about mail to a domain."""

from litestar import get, patch
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from control_plane.core import inject
from control_plane.core.auth import requires
from control_plane.core.etag import IfMatch
from control_plane.core.ids import decode
from control_plane.domain_sites import service
from control_plane.domain_sites.schemas import MtaSts, MtaStsChange

_PREFIX = "dom"


@get("/domains/{domain_id:str}/mta-sts", guards=[requires("domains:read")])
async def get_mta_sts(
    db: inject.Database, settings: inject.Settings, clock: inject.Clock, domain_id: FromPath[str]
) -> MtaSts:
    """Give a domain's MTA-STS policy."""
    return await service.get(db, settings, clock, decode(_PREFIX, domain_id))


@patch("/domains/{domain_id:str}/mta-sts", guards=[requires("domains:write")])
async def change_mta_sts(
    db: inject.Database,
    settings: inject.Settings,
    clock: inject.Clock,
    domain_id: FromPath[str],
    data: JSONBody[MtaStsChange],
    if_match: IfMatch = None,
) -> MtaSts:
    """Change a domain's MTA-STS policy; its TXT record at `_mta-sts.` must name the new id."""
    return await service.change(db, settings, clock, decode(_PREFIX, domain_id), data, if_match)


HANDLERS: list[ControllerRouterHandler] = [get_mta_sts, change_mta_sts]
