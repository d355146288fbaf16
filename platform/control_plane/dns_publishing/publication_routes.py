"""`/v1/dns-providers`, `/v1/domains/{id}/publications`: records published at the provider of a domain's DNS."""

from litestar import delete, get, patch, post
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from control_plane.core import inject
from control_plane.core.auth import requires
from control_plane.core.etag import IfMatch
from control_plane.core.ids import decode
from control_plane.core.pagination import LIMIT_DEFAULT, After, Limit, Page
from control_plane.dns_publishing import service
from control_plane.dns_publishing.schemas import (
    ChangedDnsProvider,
    Decisions,
    DnsProvider,
    DnsProviderKind,
    NewDnsProvider,
    NewPublication,
    Publication,
)
from control_plane.dns_publishing.service.connections import PREFIX as CONNECTION
from control_plane.dns_publishing.service.links import DOMAIN_PREFIX as DOMAIN
from control_plane.dns_publishing.service.publications import PREFIX as PUBLICATION

_READ = [requires("domains:read")]
_WRITE = [requires("domains:write")]


@get("/dns-provider-kinds", guards=_READ)
async def list_dns_provider_kinds() -> Page[DnsProviderKind]:
    """List the DNS providers that can be connected, and what each asks for."""
    return Page(service.kinds(), None)


@get("/dns-providers", guards=_READ)
async def list_dns_providers(
    runtime: inject.Runtime, limit: Limit = LIMIT_DEFAULT, after: After = None
) -> Page[DnsProvider]:
    """List your connected DNS providers, newest first."""
    return await service.list_connections(runtime, limit, after)


@post("/dns-providers", guards=_WRITE)
async def create_dns_provider(runtime: inject.Runtime, data: JSONBody[NewDnsProvider]) -> DnsProvider:
    """Connect a DNS provider; with `domain_id`, its credentials must open that domain's zone."""
    return await service.connect(runtime, data)


@get("/dns-providers/{connection_id:str}", guards=_READ)
async def get_dns_provider(runtime: inject.Runtime, connection_id: FromPath[str]) -> DnsProvider:
    """Give a connected DNS provider, without its credentials."""
    return await service.find_connection(runtime, decode(CONNECTION, connection_id))


@patch("/dns-providers/{connection_id:str}", guards=_WRITE)
async def change_dns_provider(
    runtime: inject.Runtime, connection_id: FromPath[str], data: JSONBody[ChangedDnsProvider], if_match: IfMatch = None
) -> DnsProvider:
    """Rename a connected DNS provider, or give it new credentials."""
    return await service.change_connection(runtime, decode(CONNECTION, connection_id), data, if_match)


@delete("/dns-providers/{connection_id:str}", guards=_WRITE)
async def delete_dns_provider(runtime: inject.Runtime, connection_id: FromPath[str], if_match: IfMatch = None) -> None:
    """Forget a DNS provider, its credentials and its publications; what was published stays."""
    await service.disconnect(runtime, decode(CONNECTION, connection_id), if_match)


@get("/domains/{domain_id:str}/publications", guards=_READ)
async def list_publications(
    db: inject.Database,
    settings: inject.Settings,
    domain_id: FromPath[str],
    limit: Limit = LIMIT_DEFAULT,
    after: After = None,
) -> Page[Publication]:
    """List what was published of the domain's records at providers, newest first."""
    return await service.list_publications(db, settings, decode(DOMAIN, domain_id), limit, after)


@post("/domains/{domain_id:str}/publications", guards=_WRITE, status_code=202)
async def create_publication(
    db: inject.Database,
    settings: inject.Settings,
    clock: inject.Clock,
    domain_id: FromPath[str],
    data: JSONBody[NewPublication],
) -> Publication:
    """Compare the domain's records with a provider's zone, and publish what needs no decision unless `dry_run`.

    The answer comes before the comparison: read the publication again until its status is `compared` or later.
    """
    return await service.begin(db, settings, clock, decode(DOMAIN, domain_id), data)


@get("/publications/{publication_id:str}", guards=_READ)
async def get_publication(db: inject.Database, publication_id: FromPath[str]) -> Publication:
    """Give a publication: what differs, and how far each record got."""
    return await service.get_publication(db, decode(PUBLICATION, publication_id))


@post("/publications/{publication_id:str}/apply", guards=_WRITE, status_code=202)
async def apply_publication(
    db: inject.Database, settings: inject.Settings, publication_id: FromPath[str], data: JSONBody[Decisions]
) -> Publication:
    """Publish the differences, or go on with what failed; conflicts only where `replace` names them."""
    return await service.apply(db, settings, decode(PUBLICATION, publication_id), data)


@post("/publications/{publication_id:str}/rollback", guards=_WRITE, status_code=202)
async def roll_back_publication(
    db: inject.Database, settings: inject.Settings, publication_id: FromPath[str]
) -> Publication:
    """Put back what stood there before; what somebody has changed since is left alone."""
    return await service.roll_back(db, settings, decode(PUBLICATION, publication_id))


HANDLERS: list[ControllerRouterHandler] = [
    list_dns_provider_kinds,
    list_dns_providers,
    create_dns_provider,
    get_dns_provider,
    change_dns_provider,
    delete_dns_provider,
    list_publications,
    create_publication,
    get_publication,
    apply_publication,
    roll_back_publication,
]
