"""Compiles what a message says into its skeleton."""

from datetime import UTC, datetime
from email.utils import format_datetime

from tenant_agent import wire
from tenant_agent.compose import body, header, raw
from tenant_agent.compose.address import mail_domain
from tenant_agent.compose.failures import Unsendable
from tenant_agent.compose.skeleton import FilePart, Piece, Skeleton, joined

_OURS = frozenset({"from", "sender", "to", "cc", "bcc", "reply-to", "subject", "date", "message-id"})
_OUR_PREFIXES = ("content-", "mime-", "resent-", "received", "return-path", "dkim-", "arc-", "x-fleetpost-")


def compile_message(envelope: wire.Envelope, content: wire.Content) -> Skeleton:
    """Write a message for all its recipients; raises `Unsendable`.

    Its Date is the moment of acceptance, which its id carries, or the one that it was scheduled for: writing it again
    gives the same bytes.
    """
    if isinstance(content.raw, wire.LongRaw):
        header = raw.completed(content.raw.header, _own_fields(envelope))
        return Skeleton((header, FilePart(content.raw.body, as_base64=False, is_ascii=content.raw.is_ascii)))
    if content.raw is not None:
        return Skeleton((raw.completed(content.raw, _own_fields(envelope)),))
    head = _header(envelope, content) + b"MIME-Version: 1.0\r\n"
    return Skeleton(joined([head, *_entity(envelope.message_id, content)]))


def _header(envelope: wire.Envelope, content: wire.Content) -> bytes:
    fields = [header.address_field("From", [content.sender])]
    if content.to:
        fields.append(header.address_field("To", content.to))
    elif not content.cc:
        fields.append(b"To: undisclosed-recipients:;\r\n")
    if content.cc:
        fields.append(header.address_field("Cc", content.cc))
    if content.reply_to:
        fields.append(header.address_field("Reply-To", content.reply_to))
    fields.append(header.text_field("Subject", content.subject))
    fields += _own_fields(envelope).values()
    fields += [_custom_field(name, value) for name, value in content.headers]
    return b"".join(fields)


def _own_fields(envelope: wire.Envelope) -> dict[bytes, bytes]:
    """Write what every message has, by the fields' names."""
    date = format_datetime(_at(envelope))
    message_id = f"{envelope.message_id}@{mail_domain(envelope.domain)}"
    return {b"date": f"Date: {date}\r\n".encode(), b"message-id": f"Message-ID: <{message_id}>\r\n".encode()}


def _custom_field(name: str, value: str) -> bytes:
    lowered = name.lower()
    if lowered in _OURS or lowered.startswith(_OUR_PREFIXES):
        raise Unsendable(f"the header {name!r} is written by the platform and cannot be set")
    return header.text_field(name, value)


def _entity(message_id: str, content: wire.Content) -> tuple[Piece, ...]:
    """Nest mixed(alternative(text, related(html, inline …)), file …), leaving out every layer with one part."""
    has_html = content.html is not None
    inline = [file for file in content.attachments if has_html and file.content_id is not None]
    files = [file for file in content.attachments if not has_html or file.content_id is None]
    texts: list[tuple[Piece, ...]] = []
    if content.text is not None or content.html is None:
        texts.append((body.text_part("plain", content.text or ""),))
    if content.html is not None:
        parts = [(body.text_part("html", content.html),), *[body.attachment_part(file, inline=True) for file in inline]]
        texts.append(_joined("related", message_id, parts))
    parts = [_joined("alternative", message_id, texts)] + [body.attachment_part(file, inline=False) for file in files]
    return _joined("mixed", message_id, parts)


def _joined(subtype: str, message_id: str, parts: list[tuple[Piece, ...]]) -> tuple[Piece, ...]:
    # "=_" occurs in neither encoding, and the random id in no text that was written before it was given.
    return parts[0] if len(parts) == 1 else body.multipart(subtype, f"=_{subtype}_{message_id}", parts)


def _at(envelope: wire.Envelope) -> datetime:
    """Give the moment that it bears: as said, else that in the UUIDv7 in `msg_…`."""
    try:
        milliseconds = envelope.date_ms
        if milliseconds is None:
            milliseconds = int(envelope.message_id.rpartition("_")[2], 32) >> 82  # of 130 bits the first 48
        return datetime.fromtimestamp(milliseconds // 1000, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Unsendable(f"{envelope.message_id!r} is not a message id, or its date is none") from error
