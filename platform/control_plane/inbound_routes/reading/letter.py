"""What a mail says, as far as it can be read within bounds of time and memory; the raw mail is kept beside it."""

import re
from collections.abc import Iterator, Sequence
from email.utils import getaddresses

import msgspec

from control_plane.inbound_routes.reading import checks, fields, markup
from control_plane.inbound_routes.reading.charsets import text_of
from control_plane.inbound_routes.reading.fields import Fields
from control_plane.inbound_routes.reading.parts import Part, Walk
from control_plane.inbound_routes.reading.problems import Problems
from control_plane.inbound_routes.reading.reply import reply_of

MOST_TEXT = 256 * 1024
"""Characters of text and of HTML that are given."""
_MOST_ADDRESSES = 100
_MOST_IN_FIELD = 8192
_LINE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_MOST_LINE = 1000


class Mailbox(msgspec.Struct, frozen=True):
    """Somebody in a header."""

    email: str
    name: str = ""


class File(msgspec.Struct, frozen=True, kw_only=True):
    """An attachment, or whatever else is not the mail's text."""

    filename: str
    content_type: str
    content_id: str | None
    content: bytes = b""
    size: int


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A mail that was read."""

    sender: tuple[Mailbox, ...]
    to: tuple[Mailbox, ...]
    cc: tuple[Mailbox, ...]
    reply_to: tuple[Mailbox, ...]
    subject: str
    date: str
    message_id: str
    text: str
    html: str
    safe_html: str
    reply: str
    headers: Fields
    files: tuple[File, ...]
    checks: checks.Checks
    problems: tuple[str, ...]


def read(raw: bytes) -> Letter:
    """Read a mail; whatever it is, something is given."""
    problems = Problems()
    header, body = fields.split(raw, 0, len(raw), problems)
    leaves = list(Walk(raw, problems).leaves(body, len(raw), header))
    plain, rich = _first(leaves, "text/plain"), _first(leaves, "text/html")
    html = _text(raw, rich, problems)
    safe_html = markup.harmless(html)
    if safe_html is None:
        problems.note("Its HTML is made so that reading it takes too long: it is not shown.")
    text = _text(raw, plain, problems) if plain else markup.text_of(html)
    return Letter(
        sender=_mailboxes(header, "from", problems),
        to=_mailboxes(header, "to", problems),
        cc=_mailboxes(header, "cc", problems),
        reply_to=_mailboxes(header, "reply-to", problems),
        subject=_line(fields.decoded(fields.first(header, "subject"))),
        date=_line(fields.first(header, "date"))[:100],
        message_id=_line(fields.first(header, "message-id"))[:300],
        text=text,
        html=html,
        safe_html=safe_html or "",
        reply=reply_of(text),
        headers=_shown(header),
        files=tuple(_file(raw, part) for part in _others(leaves, plain, rich)),
        checks=checks.understood(fields.first(header, checks.HEADER)),
        problems=problems.found,
    )


def headers_of(raw: bytes) -> Fields:
    """Read the header alone."""
    return _shown(fields.split(raw, 0, len(raw), Problems())[0])


def file_of(raw: bytes, number: int) -> File | None:
    """Read one attachment with its content, by its place in the list."""
    problems = Problems()
    header, body = fields.split(raw, 0, len(raw), problems)
    leaves = list(Walk(raw, problems).leaves(body, len(raw), header))
    others = list(_others(leaves, _first(leaves, "text/plain"), _first(leaves, "text/html")))
    if not 0 <= number < len(others):
        return None
    return msgspec.structs.replace(_file(raw, others[number]), content=others[number].content(raw))


def _first(leaves: Sequence[Part], content_type: str) -> Part | None:
    fitting = (part for part in leaves if part.content_type == content_type and part.disposition != "attachment")
    return next((part for part in fitting if not part.filename), None)


def _others(leaves: Sequence[Part], plain: Part | None, rich: Part | None) -> Iterator[Part]:
    return (part for part in leaves if part is not plain and part is not rich)


def _text(raw: bytes, part: Part | None, problems: Problems) -> str:
    if part is None:
        return ""
    text, is_whole = text_of(part.content(raw, 4 * MOST_TEXT), part.charset)
    if not is_whole:
        problems.note("Some of its text is not written as it says, and is replaced.")
    if len(text) > MOST_TEXT:
        problems.note("Its text is longer than 262,144 characters: the rest is left out.")
    return text[:MOST_TEXT].replace("\r\n", "\n")


def _file(raw: bytes, part: Part) -> File:
    return File(
        filename=_line(part.filename).replace("/", "_").replace("\\", "_")[:255],
        content_type=part.content_type[:127],
        content_id=_line(part.content_id) or None,
        size=len(part.content(raw)),
    )


def _mailboxes(header: Fields, name: str, problems: Problems) -> tuple[Mailbox, ...]:
    values = [value[:_MOST_IN_FIELD] for each, value in header if each.lower() == name][:3]
    try:
        found = getaddresses(values)
    except (RecursionError, ValueError, IndexError):
        problems.note(f"The addresses in its field {name} cannot be read.")
        return ()
    known = [(fields.decoded(shown), email) for shown, email in found if email][:_MOST_ADDRESSES]
    return tuple(Mailbox(_line(email)[:320], _line(shown)[:200]) for shown, email in known)


def _shown(header: Fields) -> Fields:
    return tuple((name, _LINE.sub(" ", fields.decoded(value))) for name, value in header)


def _line(text: str) -> str:
    return _LINE.sub(" ", text[: 4 * _MOST_LINE]).strip()[:_MOST_LINE]
