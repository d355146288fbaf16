"""`/v1/domains/{id}/dkim-keys`: see a domain's DKIM keys, say how they are published and replaced, replace them now."""

from litestar import get, patch, post
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from control_plane.core import inject
from control_plane.core.auth import requires
from control_plane.core.etag import IfMatch
from control_plane.core.ids import decode
from control_plane.mail_domains import service
from control_plane.mail_domains.dkim_schemas import DkimChange, DkimKeys, Rotation

_PREFIX = "dom"


@get("/domains/{domain_id:str}/dkim-keys", guards=[requires("domains:read")])
async def get_dkim_keys(db: inject.Database, settings: inject.Settings, domain_id: FromPath[str]) -> DkimKeys:
    """Give a domain's DKIM keys, each with where it is in its life; private keys are never shown."""
    return await service.dkim_keys_of(db, settings, decode(_PREFIX, domain_id))


@patch("/domains/{domain_id:str}/dkim-keys", guards=[requires("domains:write")])
async def change_dkim_keys(
    runtime: inject.Runtime, domain_id: FromPath[str], data: JSONBody[DkimChange], if_match: IfMatch = None
) -> DkimKeys:
    """Say whether keys are delegated to us or published by you, and how often they are replaced."""
    return await service.change_dkim(service.keeper(runtime), decode(_PREFIX, domain_id), data, if_match)


@post("/domains/{domain_id:str}/dkim/rotate", status_code=202, guards=[requires("domains:write")])
async def rotate_dkim_keys(runtime: inject.Runtime, domain_id: FromPath[str], data: JSONBody[Rotation]) -> DkimKeys:
    """Begin to replace a domain's DKIM keys; the new ones sign once they are seen in DNS."""
    means, uuid = service.keeper(runtime), decode(_PREFIX, domain_id)
    await service.rotate_dkim(means, uuid, compromised=data.compromised)
    return await service.dkim_keys_of(runtime.db, runtime.settings, uuid)


HANDLERS: list[ControllerRouterHandler] = [get_dkim_keys, change_dkim_keys, rotate_dkim_keys]
