"""A message that came as a whole, by SMTP: what it says of itself is read, what is only for us is taken out."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from email.errors import HeaderParseError
from email.header import decode_header
from uuid import UUID

import msgspec

from control_plane.core.charsets import known_charset
from control_plane.core.errors import FieldError, Invalid
from control_plane.core.ids import TenantId
from control_plane.core.sandbox import Mode
from control_plane.core.text import one_line_of
from control_plane.ip_pools.schemas import STREAMS, Stream
from control_plane.messages.addresses import BadAddress, domain_of, normalise
from control_plane.messages.aside import Aside
from control_plane.messages.compose import Composed, ComposedRecipient, Kind
from control_plane.messages.faults import LINE_MAX, label_faults
from control_plane.messages.raw_header import HeaderField, UnreadableHeader, cut, put_together
from control_plane.messages.schemas import METADATA_MAX, TAGS_MAX
from tenant_agent import wire

RAW_MAX_BYTES = 30 * 1024 * 1024
"""What a frame to a node can take."""
SMTP_RECIPIENTS_MAX = 500
HOPS_MAX = 50
KEY_LIVES = timedelta(hours=24)
"""As those of the API do."""

IDEMPOTENCY_KEY = "idempotency-key"
_STREAM, _TAG, _METADATA = "x-fleetpost-stream", "x-fleetpost-tag", "x-fleetpost-metadata-"
_TAKEN_OUT = frozenset(
    {"bcc", "resent-bcc", "sender", "return-path", "delivered-to", "authentication-results", IDEMPOTENCY_KEY}
)
"""Blind copies; who delivers and what others checked is not the sender's to say; and the author is the sender."""

_AUTHOR = re.compile(
    r'\s*+(?:(?:"(?:[^"\\]|\\.)*+"|[^"<>@,;:()\\])*+<\s*+(?P<angle>[^<>\s]++)\s*+>|(?P<bare>[^<>\s(),;:"]++))'
    r"\s*+(?:\([^()]*+\)\s*+)?"
)
_ADDRESS = re.compile(r"[^\s<>(),;:\"@]++@[^\s<>(),;:\"@]++")
_MOST_LOOKED_AT = 64 * 1024


class RawSubmission(msgspec.Struct, frozen=True):
    """A message that a key's owner submitted by SMTP, as it came."""

    tenant_id: TenantId
    key_id: UUID
    sender: str
    """Of the envelope; bounces come to us instead."""
    recipients: tuple[str, ...]
    raw: bytes
    stream: Stream
    tags: tuple[str, ...]
    metadata: dict[str, str]
    idempotency_key: str | None
    """The client's, or else one that the receiver made: handed up twice, it is one message."""
    received_at: datetime
    allowed_domains: frozenset[str] = frozenset()
    """Mail domains that the key is bound to; empty: all of the tenant's."""
    mode: Mode = "live"
    """Of the key."""
    is_counted: bool = False
    """Whether its recipients are counted already: the node that took it had them granted in advance."""
    key_lives: timedelta = KEY_LIVES
    """For so long `idempotency_key` is known: as long as it may be handed up."""


class RawMail(msgspec.Struct, frozen=True):
    """What came of reading it."""

    composed: Composed
    idempotency_key: str | None
    """Of the header."""


def read_raw(submitted: RawSubmission, aside: Aside | None = None) -> RawMail:
    """Check a submitted message and put it into the form that nodes take; raises `Invalid` with every fault.

    What is large of it is set aside, if there is somewhere.
    """
    if len(submitted.raw) > RAW_MAX_BYTES:
        raise Invalid(errors=(FieldError("raw", f"At most {RAW_MAX_BYTES // 1024**2} MiB."),))
    try:
        fields, body = cut(submitted.raw)
    except UnreadableHeader as error:
        raise Invalid(errors=(FieldError("headers", str(error)),)) from error
    errors: list[FieldError] = []
    author = _author(fields, errors)
    shown: dict[Kind, frozenset[str]] = {"to": _shown(fields, "to"), "cc": _shown(fields, "cc")}
    recipients = _recipients(submitted.recipients, shown, errors)
    stream = _stream(fields, submitted.stream, errors)
    tags, metadata = _tags(fields, submitted.tags), _metadata(fields, submitted.metadata)
    errors.extend(_excesses(fields, submitted.recipients, tags, metadata))
    if errors:
        raise Invalid(errors=tuple(errors))
    subject = _subject(fields)
    header = put_together([field for field in fields if not _is_taken_out(field)], b"")
    raw = aside.raw(header, body) if aside else header + body
    content = wire.Content(sender=wire.Address(author), subject=subject, raw=raw)
    return RawMail(
        Composed(
            sender=author,
            domain=domain_of(author),
            recipients=recipients,
            subject=subject,
            stream=stream,
            tags=tags,
            metadata=metadata,
            content=wire.encode(content),
            files=tuple(wire.files_of(content)),
            message_id=next(_values(fields, "message-id"), "")[:LINE_MAX],
            date=submitted.received_at,
        ),
        next(_values(fields, IDEMPOTENCY_KEY), None),
    )


def _author(fields: Iterable[HeaderField], errors: list[FieldError]) -> str:
    written = list(_values(fields, "from"))
    found = _AUTHOR.fullmatch(written[0]) if len(written) == 1 else None
    if found is None:
        errors.append(FieldError("headers.From", "Give one From header with one address, as in: Ann <ann@acme.test>."))
        return ""
    return _address(found["angle"] or found["bare"], "headers.From", errors)


def _recipients(
    wanted: Iterable[str], shown: dict[Kind, frozenset[str]], errors: list[FieldError]
) -> tuple[ComposedRecipient, ...]:
    """Name each recipient once; who is in neither To nor Cc has a blind copy."""
    merged: dict[str, ComposedRecipient] = {}
    for index, text in enumerate(wanted):
        if index >= SMTP_RECIPIENTS_MAX:
            break
        email = _address(text, f"recipients[{index}]", errors)
        kinds: list[Kind] = [kind for kind in shown if not shown[kind].isdisjoint({text.lower(), email.lower()})]
        merged.setdefault(email.lower(), ComposedRecipient(email, kinds[0] if kinds else "bcc"))
    return tuple(merged.values())


def _address(text: str, path: str, errors: list[FieldError]) -> str:
    try:
        return normalise(text)
    except BadAddress as error:
        errors.append(FieldError(path, str(error)))
        return ""


def _shown(fields: Iterable[HeaderField], kind: str) -> frozenset[str]:
    text = ",".join(_values(fields, kind))[:_MOST_LOOKED_AT]
    return frozenset(address.lower() for address in _ADDRESS.findall(text))


def _stream(fields: Iterable[HeaderField], otherwise: Stream, errors: list[FieldError]) -> Stream:
    wanted = next(_values(fields, _STREAM), otherwise).lower()
    for stream in STREAMS:
        if stream == wanted:
            return stream
    errors.append(FieldError("headers.X-Fleetpost-Stream", f"There are the streams {' and '.join(STREAMS)}."))
    return otherwise


def _tags(fields: Iterable[HeaderField], given: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*given, *_values(fields, _TAG)]))


def _metadata(fields: Iterable[HeaderField], given: dict[str, str]) -> dict[str, str]:
    return given | {field.name[len(_METADATA) :]: field.value for field in fields if field.key.startswith(_METADATA)}


def _excesses(
    fields: list[HeaderField], recipients: tuple[str, ...], tags: tuple[str, ...], metadata: dict[str, str]
) -> Iterator[FieldError]:
    counts: tuple[tuple[str, int, int], ...] = (
        ("recipients", len(recipients), SMTP_RECIPIENTS_MAX),
        ("tags", len(tags), TAGS_MAX),
        ("metadata", len(metadata), METADATA_MAX),
    )
    for path, given, most in counts:
        if given > most:
            yield FieldError(path, f"At most {most}; these are {given}.")
    if not recipients:
        yield FieldError("recipients", "Name at least one.")
    if sum(field.key == "received" for field in fields) > HOPS_MAX:
        yield FieldError("headers.Received", f"It has passed {HOPS_MAX} servers already: it goes in a circle.")
    if len(tags) <= TAGS_MAX and len(metadata) <= METADATA_MAX:
        yield from label_faults(tags, metadata)


def _subject(fields: Iterable[HeaderField]) -> str:
    """Give the subject as it is read, for lists and search."""
    written = next(_values(fields, "subject"), "")[: 4 * LINE_MAX]
    try:
        text = "".join(_text(*word) for word in decode_header(written))
    except (HeaderParseError, ValueError):
        text = written
    return one_line_of(text)[:LINE_MAX]


def _text(word: bytes | str, charset: str | None) -> str:
    """Decode an encoded word; raises `ValueError` if nobody can."""
    name = known_charset(charset or "ascii")
    if name is None:
        raise ValueError("no such character set")
    return word if isinstance(word, str) else word.decode(name)


def _values(fields: Iterable[HeaderField], key: str) -> Iterator[str]:
    return (field.value for field in fields if field.key == key)


def _is_taken_out(field: HeaderField) -> bool:
    return field.key in _TAKEN_OUT or field.key.startswith("x-fleetpost-")
