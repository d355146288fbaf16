"""`/v1/domains`: add a domain, see what its DNS needs, have it checked."""

from typing import Annotated

from litestar import delete, get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler
from msgspec import UNSET

from control_plane.core import inject
from control_plane.core.auth import requires
from control_plane.core.errors import FieldError, Invalid
from control_plane.core.etag import IfMatch
from control_plane.core.ids import decode
from control_plane.core.pagination import LIMIT_DEFAULT, After, Limit, Page, cursor
from control_plane.mail_domains import dkim_routes, service
from control_plane.mail_domains.schemas import Domain, DomainCheck, DomainFilters, DomainStatus, NewDomain
from control_plane.nodes.schemas import IN_FORCE

_PREFIX = "dom"
_CHECK_PREFIX = "chk"
Query = Annotated[str, QueryParameter(name="query", max_length=300, description="A part of the name.")]


@get("/domains", guards=[requires("domains:read")])
async def list_domains(
    db: inject.Database,
    settings: inject.Settings,
    status: FromQuery[DomainStatus | None] = None,
    named: Query = "",
    limit: Limit = LIMIT_DEFAULT,
    after: After = None,
) -> Page[Domain]:
    """List your domains, newest first."""
    wanted = DomainFilters(status=status, query=named)
    return await service.list_domains(db, settings, cursor(_PREFIX, after), limit, wanted)


@post("/domains", guards=[requires("domains:write")])
async def add_domain(
    db: inject.Database, vault: inject.Vault, settings: inject.Settings, clock: inject.Clock, data: JSONBody[NewDomain]
) -> Domain:
    """Add a domain; the answer has the DNS records to publish. One that the platform gives needs none of you."""
    if data.name is not UNSET and data.platform_label is UNSET:
        return await service.add(db, vault, settings, clock, data.name)
    if data.platform_label is not UNSET and data.name is UNSET:
        return await service.add_platform_domain(db, vault, settings, clock, data.platform_label)
    raise Invalid(errors=(FieldError("name", "Give either a name or a platform_label."),))


@get("/domains/{domain_id:str}", guards=[requires("domains:read")])
async def get_domain(db: inject.Database, settings: inject.Settings, domain_id: FromPath[str]) -> Domain:
    """Give a domain with its DNS records and what the last check found."""
    return await service.get(db, settings, decode(_PREFIX, domain_id))


@post("/domains/{domain_id:str}/verify", status_code=200, guards=[requires("domains:write")], opt=IN_FORCE)
async def verify_domain(runtime: inject.Runtime, domain_id: FromPath[str]) -> Domain:
    """Look up the domain's DNS records now; once the proof of ownership is there, the domain can be used."""
    return await service.verify(runtime, decode(_PREFIX, domain_id))


@get("/domains/{domain_id:str}/checks", guards=[requires("domains:read")])
async def list_domain_checks(
    db: inject.Database, domain_id: FromPath[str], limit: Limit = LIMIT_DEFAULT, after: After = None
) -> Page[DomainCheck]:
    """List the checks of a domain that found something new, newest first; they are kept for 400 days."""
    return await service.checks(db, decode(_PREFIX, domain_id), cursor(_CHECK_PREFIX, after), limit)


@delete("/domains/{domain_id:str}", guards=[requires("domains:write")], opt=IN_FORCE)
async def delete_domain(
    db: inject.Database, settings: inject.Settings, domain_id: FromPath[str], if_match: IfMatch = None
) -> None:
    """Delete a domain that has no mailboxes; its mail is refused from then on."""
    await service.delete(db, settings, decode(_PREFIX, domain_id), if_match)


HANDLERS: list[ControllerRouterHandler] = [
    list_domains,
    add_domain,
    get_domain,
    verify_domain,
    list_domain_checks,
    delete_domain,
    *dkim_routes.HANDLERS,
]
