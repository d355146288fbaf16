"""How people set their mail programs up: for a mailbox in the portal, and for everybody below the domain itself."""

import msgspec
import segno
from litestar import get
from litestar.params import FromPath

from control_plane.core import ids, inject
from control_plane.core.errors import NotFound
from control_plane.core.languages import mark
from control_plane.core.runtime import Runtime
from control_plane.domain_sites import service as domain_sites
from control_plane.domain_sites.hosts import AUTOCONFIG, below, host_of, take_apart
from control_plane.domain_sites.schemas import Site
from control_plane.domain_sites.servers import Server, servers
from control_plane.mailboxes import service as mailboxes
from web import cookies, csrf
from web import inject as page
from web.branding import wear_brand_of
from web.cookies import PageRequest
from web.i18n import gettext
from web.rendering import Answer, shared_renderer
from web.site_hosts import SET_UP, is_site
from web.visitor import may

_SECTION = "mailboxes"
_PROTOCOLS = {
    ("imap", "tls"): mark("Incoming mail (IMAP)"),
    ("pop3", "tls"): mark("Incoming mail (POP3), if there is no IMAP"),
    ("smtp", "tls"): mark("Outgoing mail (SMTP)"),
    ("smtp", "starttls"): mark("Outgoing mail, if that fails"),
}
_ENCRYPTIONS = {"tls": "SSL/TLS", "starttls": "STARTTLS"}


class Line(msgspec.Struct, frozen=True):
    """A server as people read it."""

    title: str
    host: str
    port: int
    encryption: str


@get("/mailboxes/{mailbox_id:str}/set-up", guards=[may("mailboxes:read")])
async def show_mailbox_set_up(frame: page.Frame, runtime: inject.Runtime, mailbox_id: FromPath[str]) -> Answer:
    """Show how a mailbox is set up, with a code for a phone."""
    mailbox = await mailboxes.get(runtime.db, ids.decode(mailboxes.PREFIX, mailbox_id))
    domain = mailbox.address.rpartition("@")[2]
    site = await _find(runtime, domain)
    address = f"https://{below(AUTOCONFIG, domain)}/profile/{mailbox.address}"
    is_reachable = await domain_sites.is_served(runtime.db, site, AUTOCONFIG)
    context = {
        "mailbox": mailbox,
        "lines": _lines(site),
        "profile": address if is_reachable else "",
        "page": f"https://{below(AUTOCONFIG, domain)}/" if is_reachable else "",
        "picture": segno.make(address, error="m").svg_data_uri(scale=5, light="#fff", border=3) if is_reachable else "",
    }
    return frame.page("pages/mailbox_set_up.html", _SECTION, context)


@get(SET_UP)
async def show_set_up(request: PageRequest, runtime: inject.Runtime) -> Answer:
    """Show the same to whoever opens `autoconfig.` below a domain; of mailboxes it says nothing."""
    if not is_site(request):
        raise NotFound
    asked = take_apart(host_of(request.headers.get("host", "")))
    site = await _find(runtime, asked.domain)
    await wear_brand_of(runtime.db, site.tenant_id)
    context = {
        "theme": cookies.theme(request),
        "csrf_token": csrf.token_of(request),
        "domain": site.name,
        "lines": _lines(site),
        "has_profile": asked.label == AUTOCONFIG,
    }
    return shared_renderer().answer("pages/mail_set_up.html", context)


async def _find(runtime: Runtime, domain: str) -> Site:
    site = await domain_sites.find_site(runtime.db, runtime.settings, runtime.clock, domain)
    if site is None:
        raise NotFound
    return site


def _lines(site: Site) -> list[Line]:
    return [_line(server) for server in servers(site.client_host)]


def _line(server: Server) -> Line:
    title = gettext(_PROTOCOLS[server.protocol, server.encryption])
    return Line(title, server.host, server.port, _ENCRYPTIONS[server.encryption])


HANDLERS = (show_mailbox_set_up, show_set_up)
