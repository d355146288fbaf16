"""From what a customer wrote to what is sent: checked, with all faults at once, and in the form that nodes take."""

from datetime import datetime
from typing import Literal

import msgspec

from control_plane.core.errors import FieldError, Invalid
from control_plane.ip_pools.schemas import Stream
from control_plane.messages.addresses import BadAddress, domain_of, normalise
from control_plane.messages.aside import Aside
from control_plane.messages.faults import excesses, faults, one_line
from control_plane.messages.plain_text import plain_text
from control_plane.messages.schemas import EmailAddress, NewMessage
from tenant_agent import wire

Kind = Literal["to", "cc", "bcc"]


class ComposedRecipient(msgspec.Struct, frozen=True):
    """Somebody the message goes to."""

    email: str
    kind: Kind


class Composed(msgspec.Struct, frozen=True, kw_only=True):
    """A message that keeps all rules."""

    sender: str
    domain: str
    recipients: tuple[ComposedRecipient, ...]
    subject: str
    stream: Stream
    tags: tuple[str, ...]
    metadata: dict[str, str]
    content: bytes
    """msgpack of `wire.Content`."""
    files: tuple[wire.FileRef, ...] = ()
    """That it refers to."""
    send_at: datetime | None = None
    message_id: str = ""
    """The Message-ID header that it came with; empty: it bears ours."""
    date: datetime | None = None
    """What it is dated; None: when it is accepted or, scheduled, when it is sent."""


def compose(new: NewMessage, aside: Aside | None = None) -> Composed:
    """Check a message and put it into the form that nodes take; raises `Invalid` with every fault's path.

    What it says must be there: a template is filled in before. Large files are set aside, if there is somewhere.
    """
    errors = list(excesses(new))
    if errors:  # what is far too much is not looked at
        raise Invalid(errors=tuple(errors))
    sender = _address(new.sender, "from", errors)
    to, cc, bcc, reply_to = (_addresses(getattr(new, name), name, errors) for name in ("to", "cc", "bcc", "reply_to"))
    recipients = _merge(to, cc, bcc)
    errors.extend(faults(new))
    if errors:
        raise Invalid(errors=tuple(errors))
    shown = {recipient.email: recipient.kind for recipient in recipients}
    content = wire.Content(
        sender=sender,
        to=tuple(address for address in to if shown.pop(address.email, None)),
        cc=tuple(address for address in cc if shown.pop(address.email, None)),
        reply_to=tuple(reply_to),
        subject=new.subject,
        text=plain_text(new.html) if new.text is None and new.html else new.text,
        html=new.html,
        headers=tuple(new.headers.items()),
        attachments=tuple(
            wire.Attachment(
                each.filename,
                each.content_type.lower(),
                aside.attachment(each.content) if aside else each.content,
                each.content_id,
            )
            for each in new.attachments
        ),
    )
    return Composed(
        sender=sender.email,
        domain=domain_of(sender.email),
        recipients=recipients,
        subject=new.subject,
        stream=new.stream,
        tags=new.tags,
        metadata=new.metadata,
        content=wire.encode(content),
        files=tuple(wire.files_of(content)),
        send_at=new.send_at,
    )


def _merge(*lists: list[wire.Address]) -> tuple[ComposedRecipient, ...]:
    """Name each recipient once, where it stands first."""
    kinds: tuple[Kind, ...] = ("to", "cc", "bcc")
    merged: dict[str, ComposedRecipient] = {}
    for kind, addresses in zip(kinds, lists, strict=True):
        for address in addresses:
            merged.setdefault(address.email.lower(), ComposedRecipient(address.email, kind))
    return tuple(merged.values())


def _addresses(mailboxes: tuple[EmailAddress, ...], path: str, errors: list[FieldError]) -> list[wire.Address]:
    return [_address(mailbox, f"{path}[{index}]", errors) for index, mailbox in enumerate(mailboxes)]


def _address(mailbox: EmailAddress, path: str, errors: list[FieldError]) -> wire.Address:
    errors.extend(one_line(mailbox.name, f"{path}.name"))
    try:
        return wire.Address(normalise(mailbox.email), mailbox.name)
    except BadAddress as error:
        errors.append(FieldError(f"{path}.email", str(error)))
        return wire.Address("")
