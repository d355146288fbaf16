"""`/v1/domains`: add a domain, see what its DNS needs, have it checked."""

from litestar import Router, delete, get, post
from litestar.types import ControllerRouterHandler

from control_plane.core.auth import requires
from control_plane.core.clock import Clock
from control_plane.core.crypto import Vault
from control_plane.core.database import Database
from control_plane.core.ids import decode
from control_plane.core.pagination import LIMIT_DEFAULT, After, Limit, Page
from control_plane.core.runtime import Runtime
from control_plane.mail_domains import service
from control_plane.mail_domains.schemas import Domain, NewDomain
from control_plane.settings import Settings

_PREFIX = "dom"


@get("/", guards=[requires("domains:read")], summary="List domains")
async def list_domains(
    db: Database, settings: Settings, limit: Limit = LIMIT_DEFAULT, after: After = None
) -> Page[Domain]:
    """List your domains, newest first."""
    return await service.list_domains(db, settings, None if after is None else decode(_PREFIX, after), limit)


@post("/", guards=[requires("domains:write")], summary="Add a domain")
async def add_domain(db: Database, vault: Vault, settings: Settings, clock: Clock, data: NewDomain) -> Domain:
    """Add a domain; the answer has the DNS records to publish."""
    return await service.add(db, vault, settings, clock, data.name)


@get("/{domain_id:str}", guards=[requires("domains:read")], summary="Get a domain")
async def get_domain(db: Database, settings: Settings, domain_id: str) -> Domain:
    """Give a domain with its DNS records and what the last check found."""
    return await service.get(db, settings, decode(_PREFIX, domain_id))


@post("/{domain_id:str}/verify", status_code=200, guards=[requires("domains:write")], summary="Check a domain now")
async def verify_domain(runtime: Runtime, domain_id: str) -> Domain:
    """Look up the domain's DNS records now; once the proof of ownership is there, the domain can be used."""
    return await service.check(service.checker(runtime), decode(_PREFIX, domain_id))


@delete("/{domain_id:str}", guards=[requires("domains:write")], summary="Delete a domain")
async def delete_domain(db: Database, domain_id: str) -> None:
    """Delete a domain that has no mailboxes; its mail is refused from then on."""
    await service.delete(db, decode(_PREFIX, domain_id))


HANDLERS: list[ControllerRouterHandler] = [
    Router(
        "/domains",
        route_handlers=[list_domains, add_domain, get_domain, verify_domain, delete_domain],
        tags=["domains"],
    )
]
