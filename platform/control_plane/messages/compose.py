"""From what a customer wrote to what is sent: every rule of a message's content, pure, with all faults at once."""

import re
from collections.abc import Iterator
from typing import Literal

import msgspec

from control_plane.core.errors import FieldError, Invalid
from control_plane.core.text import NOT_ONE_LINE, is_one_line
from control_plane.messages.addresses import BadAddress, domain_of, normalise
from control_plane.messages.schemas import (
    ATTACHMENTS_MAX,
    HEADERS_MAX,
    METADATA_MAX,
    RECIPIENTS_MAX,
    TAGS_MAX,
    EmailAddress,
    NewAttachment,
    NewMessage,
)
from tenant_agent import wire

CONTENT_MAX_BYTES = 25 * 1024 * 1024
_LINE_MAX = 998  # RFC 5322 §2.1.1
_FILENAME_MAX = 255
_TAG_MAX = 64
_METADATA_TEXT_MAX = 500

_HEADER_NAME = re.compile(r"[!-9;-~]{1,76}")  # ftext, RFC 5322 §3.6.8
_CONTENT_TYPE = re.compile(r"(?!multipart/|message/)[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}")
_CONTENT_ID = re.compile(r"[A-Za-z0-9._@+=-]{1,128}")

_OURS = frozenset(
    {
        "from", "to", "cc", "bcc", "subject", "date", "message-id", "sender", "reply-to", "return-path", "received",
        "dkim-signature", "mime-version", "authentication-results", "domainkey-signature", "delivered-to",
    }
)  # fmt: skip
_OUR_PREFIXES = ("content-", "x-fleetpost-", "arc-", "resent-")

Kind = Literal["to", "cc", "bcc"]


class ComposedRecipient(msgspec.Struct, frozen=True):
    """Somebody the message goes to."""

    email: str
    kind: Kind


class Composed(msgspec.Struct, frozen=True, kw_only=True):
    """A message that keeps all rules."""

    source: NewMessage
    sender: str
    domain: str
    recipients: tuple[ComposedRecipient, ...]
    content: bytes
    """msgpack of `wire.Content`."""


def compose(new: NewMessage) -> Composed:
    """Check a message and put it into the form that nodes take; raises `Invalid` with every fault's path."""
    errors = list(_excesses(new))
    if errors:  # what is far too much is not looked at
        raise Invalid(errors=tuple(errors))
    sender = _address(new.sender, "from", errors)
    to, cc, bcc, reply_to = (_addresses(getattr(new, name), name, errors) for name in ("to", "cc", "bcc", "reply_to"))
    recipients = _merge(to, cc, bcc)
    errors.extend(_faults(new))
    if errors:
        raise Invalid(errors=tuple(errors))
    shown = {recipient.email: recipient.kind for recipient in recipients}
    content = wire.Content(
        sender=sender,
        to=tuple(address for address in to if shown.pop(address.email, None)),
        cc=tuple(address for address in cc if shown.pop(address.email, None)),
        reply_to=tuple(reply_to),
        subject=new.subject,
        text=new.text,
        html=new.html,
        headers=tuple(new.headers.items()),
        attachments=tuple(
            wire.Attachment(each.filename, each.content_type.lower(), each.content, each.content_id)
            for each in new.attachments
        ),
    )
    return Composed(
        source=new,
        sender=sender.email,
        domain=domain_of(sender.email),
        recipients=recipients,
        content=wire.encode(content),
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
    errors.extend(_one_line(mailbox.name, f"{path}.name", _LINE_MAX))
    try:
        return wire.Address(normalise(mailbox.email), mailbox.name)
    except BadAddress as error:
        errors.append(FieldError(f"{path}.email", str(error)))
        return wire.Address("")


def _excesses(new: NewMessage) -> Iterator[FieldError]:
    recipients = len(new.to) + len(new.cc) + len(new.bcc)
    if recipients > RECIPIENTS_MAX:
        yield FieldError("to", f"At most {RECIPIENTS_MAX} in to, cc and bcc together; these are {recipients}.")
    limits = {
        "reply_to": RECIPIENTS_MAX,
        "headers": HEADERS_MAX,
        "attachments": ATTACHMENTS_MAX,
        "tags": TAGS_MAX,
        "metadata": METADATA_MAX,
    }
    for name, most in limits.items():
        given = len(getattr(new, name))
        if given > most:
            yield FieldError(name, f"At most {most}; these are {given}.")


def _faults(new: NewMessage) -> Iterator[FieldError]:
    yield from _not_yet(new)
    if not (new.to or new.cc or new.bcc):
        yield FieldError("to", "Name at least one recipient in to, cc or bcc.")
    yield from _one_line(new.subject, "subject", _LINE_MAX)
    yield from _body_faults(new)
    yield from _header_faults(new.headers)
    yield from _attachment_faults(new.attachments)
    yield from _label_faults(new)


def _not_yet(new: NewMessage) -> Iterator[FieldError]:
    later = "This is not available yet: leave it out."
    if new.template is not None:
        yield FieldError("template", later)
    if new.send_at is not None:
        yield FieldError("send_at", later)
    if new.tracking is not None and (new.tracking.opens or new.tracking.clicks):
        yield FieldError("tracking", later)


def _body_faults(new: NewMessage) -> Iterator[FieldError]:
    if not new.text and not new.html:
        yield FieldError("text", "Give text, html or both.")
    for path, body in (("text", new.text), ("html", new.html)):
        if body and "\0" in body:
            yield FieldError(path, "No NUL characters.")
    size = len((new.text or "").encode()) + len((new.html or "").encode())
    if size + sum(len(each.content) for each in new.attachments) > CONTENT_MAX_BYTES:
        yield FieldError("attachments", "Text, HTML and attachments together are at most 25 MiB.")


def _header_faults(headers: dict[str, str]) -> Iterator[FieldError]:
    seen: set[str] = set()
    for name, value in headers.items():
        path, lower = f"headers.{name}", name.lower()
        if not _HEADER_NAME.fullmatch(name):
            yield FieldError("headers", "A header's name is 1 to 76 printable ASCII characters without a colon.")
            continue
        if lower in _OURS or lower.startswith(_OUR_PREFIXES):
            yield FieldError(path, "This header is set from the message's other fields, or by us.")
        if lower in seen:
            yield FieldError(path, "This header is given twice.")
        seen.add(lower)
        yield from _one_line(value, path, _LINE_MAX)


def _attachment_faults(attachments: tuple[NewAttachment, ...]) -> Iterator[FieldError]:
    for index, each in enumerate(attachments):
        path = f"attachments[{index}]"
        yield from _one_line(each.filename, f"{path}.filename", _FILENAME_MAX)
        if each.filename in ("", ".", "..") or "/" in each.filename or "\\" in each.filename:
            yield FieldError(f"{path}.filename", "Give a file name without any directory.")
        if not _CONTENT_TYPE.fullmatch(each.content_type.lower()):
            yield FieldError(f"{path}.content_type", "Give a type such as application/pdf, without parameters.")
        if each.content_id is not None and not _CONTENT_ID.fullmatch(each.content_id):
            yield FieldError(f"{path}.content_id", "Use 1 to 128 letters, digits and . _ @ + = -")


def _label_faults(new: NewMessage) -> Iterator[FieldError]:
    for index, tag in enumerate(new.tags):
        yield from _one_line(tag, f"tags[{index}]", _TAG_MAX)
    for name, value in new.metadata.items():
        if not 0 < len(name) <= _TAG_MAX or len(value) > _METADATA_TEXT_MAX or "\0" in name + value:
            yield FieldError(
                f"metadata.{name}" if is_one_line(name) else "metadata",
                f"A name has 1 to {_TAG_MAX} characters, a value at most {_METADATA_TEXT_MAX}, neither holds NUL.",
            )


def _one_line(text: str, path: str, most: int) -> Iterator[FieldError]:
    if not is_one_line(text):
        yield FieldError(path, NOT_ONE_LINE)
    if len(text) > most:
        yield FieldError(path, f"At most {most} characters; these are {len(text)}.")
