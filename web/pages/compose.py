"""Write a message by hand and land on its page, to see it go."""

import hashlib
import re
import secrets

import msgspec
from litestar import get, post
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect

from control_plane.core import idempotency, inject
from control_plane.core.errors import FieldError, Invalid, Refused, Unavailable
from control_plane.core.runtime import Runtime
from control_plane.messages import service
from control_plane.messages.schemas import EmailAddress, NewMessage
from control_plane.settings import Settings
from web import first_message
from web import inject as page
from web.forms import faults
from web.frame import Frame
from web.pages.domains import proven_names
from web.rendering import Answer
from web.visitor import may

_GUARDS = [may("messages:write")]
_FIELDS = {"from": "sender", "to": "to", "subject": "subject", "text": "text"}

_TOKEN_BYTES = 16
_TOKEN = re.compile(r"[\w-]{20,30}", re.ASCII)


class ComposeForm(msgspec.Struct, frozen=True, kw_only=True):
    """What was written."""

    sender: str = ""
    domain: str = ""
    to: str = ""
    subject: str = ""
    text: str = ""
    once: str = ""
    """Made with the form: sent twice as it is, it is one message."""

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
    frame: page.Frame,
    visitor: page.Visitor,
    db: inject.Database,
    settings: inject.Settings,
    to: FromQuery[str] = "",
) -> Answer:
    """Show the empty form."""
    domains = await proven_names(db, settings)
    form = ComposeForm(
        sender=visitor.email.partition("@")[0],
        domain=domains[0] if domains else "",
        to=to,
        once=_new_token(),
    )
    return _form(frame, settings, form, domains, {}, "")


@post("/messages/new", guards=_GUARDS)
async def send(
    frame: page.Frame,
    visitor: page.Visitor,
    runtime: inject.Runtime,
    db: inject.Database,
    settings: inject.Settings,
    data: URLEncodedBody[ComposeForm],
) -> Answer | Redirect:
    """Accept the message, or show the form again with what is wrong."""
    try:
        message_id = await _send_once(runtime, data, visitor.name)
    except (Refused, Unavailable) as refused:
        found, problem = faults(refused, _FIELDS)
        status_code = 422 if isinstance(refused, Refused) else refused.status.value
        return _form(frame, settings, data, await proven_names(db, settings), found, problem, status_code=status_code)
    return Redirect(f"/messages/{message_id}", status_code=303)


async def _send_once(runtime: Runtime, form: ComposeForm, sender_name: str) -> str:
    """Send, unless this very form was sent before; gives the message's id. Changed, it is another message."""
    new = form.message(sender_name)

    async def accept() -> bytes:
        return (await service.accept(runtime.db, runtime.clock, new)).id.encode()

    content = hashlib.sha256(msgspec.json.encode(new)).digest()
    token = form.once if _TOKEN.fullmatch(form.once) else _new_token()
    claim = idempotency.Claim("/messages/new", f"{token} {content.hex()}", content)
    return (await idempotency.once(runtime.db, runtime.vault, claim, accept)).decode()


def _new_token() -> str:
    return secrets.token_urlsafe(_TOKEN_BYTES)


def _form(
    frame: Frame,
    settings: Settings,
    form: ComposeForm,
    domains: list[str],
    errors: dict[str, str],
    problem: str,
    *,
    status_code: int = 200,
) -> Answer:
    snippets = first_message.example(first_message.place_of(settings), domains)
    context = {"form": form, "domains": domains, "errors": errors, "problem": problem, "snippets": snippets}
    return frame.page("pages/compose.html", "messages", context, status_code=status_code)


HANDLERS = (show_form, send)
