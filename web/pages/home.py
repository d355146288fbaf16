"""The tenant's home: what is left to set up, how the last day went, the last messages."""

from litestar import get, post
from litestar.response import Redirect

from control_plane.accounts.service.invitations import list_invitations
from control_plane.accounts.service.keys import list_keys
from control_plane.accounts.service.members import list_members
from control_plane.accounts.service.own_security import own_factors
from control_plane.analytics import service as analytics
from control_plane.core import inject
from control_plane.core.runtime import Runtime
from control_plane.mailboxes import service as mailboxes
from control_plane.messages import service as messages
from control_plane.messages.schemas import Filters
from control_plane.webhooks import service as webhooks
from web import dismissals
from web import inject as page
from web.checklist import Checklist, Facts, checklist
from web.cookies import PageRequest
from web.day import day, since
from web.pages.domains import proven_names
from web.pages.messages import row_of
from web.rendering import Answer
from web.visitor import Visitor

_LAST_MESSAGES = 5
_CHECKLIST = "checklist"


@get("/")
async def show_home(request: PageRequest, frame: page.Frame, visitor: page.Visitor, runtime: inject.Runtime) -> Answer:
    """Show the home page."""
    if not visitor.subject.allows("messages:read"):
        return frame.page("pages/home_plain.html", "home", {})
    now = runtime.clock.now()
    last = await messages.listing(runtime.db, Filters(), _LAST_MESSAGES, None, now)
    context = {
        "checklist": await _checklist(request, runtime, visitor, has_sent=bool(last.data)),
        "day": day(await analytics.own_hours(runtime.db, since(now)), now),
        "messages": [row_of(message) for message in last.data],
    }
    return frame.page("pages/home.html", "home", context)


@post("/checklist/dismiss")
async def dismiss_checklist(request: PageRequest, visitor: page.Visitor) -> Redirect:
    """Put the list away in this browser; it was complete."""
    cookie = dismissals.cookie(request, _CHECKLIST, visitor.subject.tenant_id)
    return Redirect("/", status_code=303, cookies=[cookie])


async def _checklist(request: PageRequest, runtime: Runtime, visitor: Visitor, *, has_sent: bool) -> Checklist | None:
    is_stopped = visitor.subject.tenant_status == "suspended"  # nothing can be set up
    if is_stopped or dismissals.is_dismissed(request, _CHECKLIST, visitor.subject.tenant_id):
        return None
    return checklist(await _facts(runtime, visitor, has_sent=has_sent), visitor.subject)


async def _facts(runtime: Runtime, visitor: Visitor, *, has_sent: bool) -> Facts:
    """Look only at what the visitor may see."""
    db, allows = runtime.db, visitor.subject.allows
    proven = await proven_names(db, runtime.settings) if allows("domains:read") else []
    boxes = allows("mailboxes:read") and bool((await mailboxes.list_mailboxes(db, None, 1)).data)
    keys = allows("api-keys:read") and bool((await list_keys(db, None, 1)).data)
    members = allows("members:read") and len((await list_members(db, None, 2)).data) > 1
    invited = allows("members:read") and bool((await list_invitations(db, None, 1)).data)
    return Facts(
        proven_domain=proven[0] if proven else "",
        can_connect=boxes or keys,
        has_sent=has_sent,
        is_protected=(await own_factors(db, visitor.user_id)).has_second,
        has_company=members or invited,
        has_webhook=allows("webhooks:read") and bool((await webhooks.listing(db, 1, None)).data),
    )


HANDLERS = (show_home, dismiss_checklist)
