"""Write a message by hand and land on its page, to see it go."""

import msgspec
from litestar import get, post
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect

from control_plane.core import inject
from control_plane.core.errors import FieldError, Invalid, Refused
from control_plane.messages import service
from control_plane.messages.schemas import EmailAddress, NewMessage
from web import inject as page
from web.forms import faults
from web.frame import Frame
from web.pages.domains import proven_names
from web.rendering import Answer
from web.visitor import may

_GUARDS = [may("messages:write")]
_FIELDS = {"from": "sender", "to": "to", "subject": "subject", "text": "text"}


class ComposeForm(msgspec.Struct, frozen=True, kw_only=True):
    """What was written."""

    sender: str = ""
    domain: str = ""
    to: str = ""
    subject: str = ""
    text: str = ""

    def message(self, sender_name: str) -> NewMessage:
        """Make the message; the sender's own name goes along with their own address."""
        addresses = [part.strip() for part in self.to.split(",") if part.strip()]
        if not addresses:
            raise Invalid(errors=(FieldError("to", "Say who it goes to."),))
        return NewMessage(
            sender=EmailAddress(email=f"{self.sender.strip()}@{self.domain}", name=sender_name),
            to=tuple(EmailAddress(email=address) for address in addresses),
            subject=self.subject,
            text=self.text.replace("\r\n", "\n"),
        )


@get("/messages/new", guards=_GUARDS)
async def show_form(
    frame: page.Frame, visitor: page.Visitor, db: inject.Database, settings: inject.Settings, to: FromQuery[str] = ""
) -> Answer:
    """Show the empty form."""
    domains = await proven_names(db, settings)
    form = ComposeForm(sender=visitor.email.partition("@")[0], domain=domains[0] if domains else "", to=to)
    return _form(frame, form, domains, {}, "")


@post("/messages/new", guards=_GUARDS)
async def send(
    frame: page.Frame,
    visitor: page.Visitor,
    db: inject.Database,
    clock: inject.Clock,
    settings: inject.Settings,
    data: URLEncodedBody[ComposeForm],
) -> Answer | Redirect:
    """Accept the message, or show the form again with what is wrong."""
    try:
        accepted = await service.accept(db, clock, data.message(visitor.name))
    except Refused as refused:
        found, problem = faults(refused, _FIELDS)
        return _form(frame, data, await proven_names(db, settings), found, problem, status_code=422)
    return Redirect(f"/messages/{accepted.id}", status_code=303)


def _form(
    frame: Frame, form: ComposeForm, domains: list[str], errors: dict[str, str], problem: str, *, status_code: int = 200
) -> Answer:
    context = {"form": form, "domains": domains, "errors": errors, "problem": problem}
    return frame.page("pages/compose.html", "messages", context, status_code=status_code)


HANDLERS = (show_form, send)
