"""Bring a domain's records to where its DNS is kept: at the provider, as a file, or by a link for whoever keeps it."""

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect

from control_plane.core import ids, inject
from control_plane.core.errors import FleetpostError, Refused, Unavailable
from control_plane.core.languages import mark
from control_plane.core.runtime import Runtime
from control_plane.dns_publishing import service
from control_plane.dns_publishing.exports import FORMATS, Format, disposition
from control_plane.dns_publishing.schemas import CreatedSharedLink, NewSharedLink
from control_plane.mail_domains import service as mail_domains
from control_plane.mail_domains.schemas import Domain
from web import inject as page
from web.forms import faults
from web.frame import Frame
from web.rendering import Answer
from web.visitor import may

_SECTION = "domains"
_DOMAIN, _LINK = "dom", "lnk"
_LISTED = 50
_READ, _WRITE = [may("domains:read")], [may("domains:write")]

FORMAT_WORDS: dict[Format, str] = {
    "bind": mark("Zone file"),
    "cloudflare": mark("Cloudflare import"),
    "terraform-cloudflare": mark("Terraform for Cloudflare"),
    "terraform-route53": mark("Terraform for Route 53"),
}


class ShareForm(msgspec.Struct, frozen=True, kw_only=True):
    """Whom to mail a link to; nobody: it is only shown."""

    email: str = ""


_EMPTY = ShareForm()


class LinkForm(msgspec.Struct, frozen=True, kw_only=True):
    """Which link is meant."""

    link_id: str = ""


@get("/domains/{domain_id:str}/publish", guards=_READ)
async def show_publishing(frame: page.Frame, runtime: inject.Runtime, domain_id: FromPath[str]) -> Answer:
    """Show the three ways."""
    return await publishing_page(frame, runtime, domain_id)


@get("/domains/{domain_id:str}/zone-file", guards=_READ)
async def download_records(
    db: inject.Database,
    settings: inject.Settings,
    domain_id: FromPath[str],
    format: FromQuery[Format] = "bind",  # noqa: A002 the parameter's own name
) -> Response[str]:
    """Give the records as a file."""
    file = await service.records_file(db, settings, ids.decode(_DOMAIN, domain_id), format)
    return Response(file.text, media_type=file.media_type, headers=disposition(file))


@post("/domains/{domain_id:str}/share", guards=_WRITE)
async def share_records(
    frame: page.Frame, runtime: inject.Runtime, domain_id: FromPath[str], data: URLEncodedBody[ShareForm]
) -> Answer:
    """Make a link and show it, this once."""
    new = NewSharedLink(email=data.email.strip() or None)
    try:
        made = await service.share(runtime.db, runtime.settings, runtime.clock, ids.decode(_DOMAIN, domain_id), new)
    except (Refused, Unavailable) as refused:
        return await publishing_page(frame, runtime, domain_id, form=data, refused=refused)
    return await publishing_page(frame, runtime, domain_id, made=made)


@post("/domains/{domain_id:str}/unshare", guards=_WRITE)
async def withdraw_link(
    db: inject.Database, clock: inject.Clock, domain_id: FromPath[str], data: URLEncodedBody[LinkForm]
) -> Redirect:
    """End a link."""
    await service.withdraw_link(db, clock, ids.decode(_LINK, data.link_id))
    return Redirect(f"/domains/{domain_id}/publish?done=link-withdrawn", status_code=303)


async def publishing_page(
    frame: Frame,
    runtime: Runtime,
    domain_id: str,
    *,
    form: ShareForm = _EMPTY,
    made: CreatedSharedLink | None = None,
    refused: FleetpostError | None = None,
) -> Answer:
    """Show the page, with a link that was just made or why something was refused."""
    domain: Domain = await mail_domains.get(runtime.db, runtime.settings, ids.decode(_DOMAIN, domain_id))
    wanted = ids.decode(_DOMAIN, domain.id)
    errors, problem = faults(refused, {"email": "email"}) if refused else ({}, "")
    context = {
        "domain": domain,
        "formats": [(name, FORMAT_WORDS[name]) for name in FORMATS],
        "links": await service.shared_links(runtime.db, runtime.settings, runtime.clock, wanted),
        "connections": (await service.list_connections(runtime, _LISTED, None)).data,
        "kinds": {kind.kind: kind for kind in service.kinds()},
        "publications": (await service.list_publications(runtime.db, runtime.settings, wanted, 5, None)).data,
        "form": form,
        "made": made,
        "errors": errors,
        "problem": problem,
    }
    status = refused.status.value if refused else 200
    return frame.page("pages/domain_publish.html", _SECTION, context, status_code=status)


HANDLERS = (show_publishing, download_records, share_records, withdraw_link)
