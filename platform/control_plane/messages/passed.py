"""A mail that somebody else wrote and that is passed on: as it came, with what we say of it above."""

import re
from collections.abc import Iterable

import msgspec

from control_plane.core.errors import FieldError, Invalid
from control_plane.messages.aside import Aside
from control_plane.messages.compose import Composed, ComposedRecipient
from control_plane.messages.raw import RAW_MAX_BYTES
from control_plane.messages.raw_header import with_line_breaks
from tenant_agent import wire

_OURS = re.compile(
    rb"^(?:x-fleetpost-[!-9;-~]*+|return-path)[ \t]*+:[^\r\n]*+(?:\r\n[ \t][^\r\n]*+)*+(?:\r\n|\Z)",
    re.IGNORECASE | re.MULTILINE,
)
_END = b"\r\n\r\n"
_LONGEST_SUBJECT = 998


class Passed(msgspec.Struct, frozen=True, kw_only=True):
    """What is passed on, and to whom."""

    author: str
    """Whom it says it is from: shown in lists, and never believed."""
    domain: str
    """The tenant's domain whose mail it was: bounces come back to it."""
    recipient: str
    subject: str
    message_id: str
    above: tuple[tuple[str, str], ...]
    """Fields in ASCII that are put above it."""
    raw: bytes


def composed_of(mail: Passed, aside: Aside | None = None) -> Composed:
    """Put it into the form that nodes take; raises `Invalid` for one that is too large.

    What is large of it is set aside, if there is somewhere.
    """
    header, body = _written(mail.above, mail.raw)
    if len(header) + len(body) > RAW_MAX_BYTES:
        message = f"A mail that is passed on has at most {RAW_MAX_BYTES // 1024**2} MiB."
        raise Invalid(errors=(FieldError("raw", message),))
    raw = aside.raw(header, body) if aside else header + body
    content = wire.Content(sender=wire.Address(mail.author), subject=mail.subject, raw=raw)
    return Composed(
        sender=mail.author,
        domain=mail.domain,
        recipients=(ComposedRecipient(mail.recipient, "to"),),
        subject=mail.subject[:_LONGEST_SUBJECT],
        stream="transactional",
        tags=("passed-on",),
        metadata={},
        content=wire.encode(content),
        files=tuple(wire.files_of(content)),
        message_id=mail.message_id[:_LONGEST_SUBJECT],
    )


def _written(above: Iterable[tuple[str, str]], raw: bytes) -> tuple[bytes, bytes]:
    """Give header, with the empty line, and body; of what a signature covers, nothing is changed."""
    header, end, body = with_line_breaks(raw).partition(_END)
    if header.startswith(b"\r\n"):  # it has none
        header, end, body = b"", b"\r\n", header[2:] + end + body
    fields = b"".join(f"{name}: {value}\r\n".encode("ascii") for name, value in above)
    kept = _OURS.sub(b"", header + b"\r\n") if header else b""
    return b"".join((fields, kept.removesuffix(b"\r\n"), end if kept else b"\r\n")), body
