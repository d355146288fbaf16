"""What can be wrong with what a customer wrote: every rule of a message's content, each fault by its path."""

import re
from collections.abc import Iterator, Mapping, Sequence

from control_plane.core.errors import FieldError
from control_plane.core.spooled_body import size_of
from control_plane.core.text import NOT_ONE_LINE, is_one_line
from control_plane.messages.schemas import (
    ATTACHMENTS_MAX,
    HEADERS_MAX,
    METADATA_MAX,
    RECIPIENTS_MAX,
    TAGS_MAX,
    NewAttachment,
    NewMessage,
)

CONTENT_MAX_BYTES = 25 * 1024 * 1024
LINE_MAX = 998  # RFC 5322 §2.1.1
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


def excesses(new: NewMessage) -> Iterator[FieldError]:
    """Find of what there is far too much."""
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


def faults(new: NewMessage) -> Iterator[FieldError]:
    """Find everything else but what addresses are like."""
    if new.tracking is not None and (new.tracking.opens or new.tracking.clicks):
        yield FieldError("tracking", "This is not available yet: leave it out.")
    if not (new.to or new.cc or new.bcc):
        yield FieldError("to", "Name at least one recipient in to, cc or bcc.")
    yield from one_line(new.subject, "subject", LINE_MAX)
    yield from _body_faults(new)
    yield from _header_faults(new.headers)
    yield from _attachment_faults(new.attachments)
    yield from label_faults(new.tags, new.metadata)


def _body_faults(new: NewMessage) -> Iterator[FieldError]:
    if not new.text and not new.html:
        yield FieldError("text", "Give text, html or both.")
    for path, body in (("text", new.text), ("html", new.html)):
        if body and "\0" in body:
            yield FieldError(path, "No NUL characters.")
    size = len((new.text or "").encode()) + len((new.html or "").encode())
    if size + sum(size_of(each.content) for each in new.attachments) > CONTENT_MAX_BYTES:
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
        yield from one_line(value, path, LINE_MAX)


def _attachment_faults(attachments: tuple[NewAttachment, ...]) -> Iterator[FieldError]:
    for index, each in enumerate(attachments):
        path = f"attachments[{index}]"
        yield from one_line(each.filename, f"{path}.filename", _FILENAME_MAX)
        if each.filename in ("", ".", "..") or "/" in each.filename or "\\" in each.filename:
            yield FieldError(f"{path}.filename", "Give a file name without any directory.")
        if not _CONTENT_TYPE.fullmatch(each.content_type.lower()):
            yield FieldError(f"{path}.content_type", "Give a type such as application/pdf, without parameters.")
        if each.content_id is not None and not _CONTENT_ID.fullmatch(each.content_id):
            yield FieldError(f"{path}.content_id", "Use 1 to 128 letters, digits and . _ @ + = -")


def label_faults(tags: Sequence[str], metadata: Mapping[str, str]) -> Iterator[FieldError]:
    """Find what is wrong with what a message is labelled with."""
    for index, tag in enumerate(tags):
        yield from one_line(tag, f"tags[{index}]", _TAG_MAX)
    for name, value in metadata.items():
        if not 0 < len(name) <= _TAG_MAX or len(value) > _METADATA_TEXT_MAX or "\0" in name + value:
            yield FieldError(
                f"metadata.{name}" if is_one_line(name) else "metadata",
                f"A name has 1 to {_TAG_MAX} characters, a value at most {_METADATA_TEXT_MAX}, neither holds NUL.",
            )


def one_line(text: str, path: str, most: int = LINE_MAX) -> Iterator[FieldError]:
    """Find what does not fit on a line of a header."""
    if not is_one_line(text):
        yield FieldError(path, NOT_ONE_LINE)
    if len(text) > most:
        yield FieldError(path, f"At most {most} characters; these are {len(text)}.")
