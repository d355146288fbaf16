"""The page that a link shows to whoever keeps a domain's DNS: its records and their state, and nothing else."""

from litestar import Response, get
from litestar.params import FromPath, FromQuery

from control_plane.core import inject
from control_plane.core.rate_limit import limit_by_address
from control_plane.dns_publishing import service
from control_plane.dns_publishing.errors import SharedLinkOver
from control_plane.dns_publishing.exports import FORMATS, Format, disposition, export
from web.cookies import PageRequest
from web.domain_records import story_of
from web.pages.domains_publish import FORMAT_WORDS
from web.plain import plain_page
from web.rendering import Answer

_GUARDS = [limit_by_address("shared-dns", per_minute=60, burst=60)]
_PRIVATE = {"x-robots-tag": "noindex, nofollow", "referrer-policy": "no-referrer"}


@get("/dns/{token:str}", guards=_GUARDS)
async def show_shared_records(
    request: PageRequest, db: inject.Database, settings: inject.Settings, clock: inject.Clock, token: FromPath[str]
) -> Answer:
    """Show the records to whoever holds the link."""
    try:
        domain = await service.shared_domain(db, settings, clock, token)
    except SharedLinkOver as over:
        return _private(plain_page(request, "pages/shared_dns_over.html", {}, refused=over))
    context = {
        "domain": domain,
        "story": story_of(domain),
        "token": token,
        "formats": [(name, FORMAT_WORDS[name]) for name in FORMATS],
    }
    return _private(plain_page(request, "pages/shared_dns.html", context))


@get("/dns/{token:str}/zone-file", guards=_GUARDS)
async def download_shared_records(
    db: inject.Database,
    settings: inject.Settings,
    clock: inject.Clock,
    token: FromPath[str],
    format: FromQuery[Format] = "bind",  # noqa: A002 the parameter's own name
) -> Response[str]:
    """Give the records as a file to whoever holds the link."""
    file = export(await service.shared_domain(db, settings, clock, token), format)
    return Response(file.text, media_type=file.media_type, headers=disposition(file) | _PRIVATE)


def _private(answer: Answer) -> Answer:
    answer.headers.update(_PRIVATE)
    return answer


HANDLERS = (show_shared_records, download_shared_records)
