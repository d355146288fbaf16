"""Mailgun's webhooks: one event each, with an HMAC over a timestamp and a token.

The HMAC does not cover the event itself: that it is Mailgun's is also said by the secret address, and a token counts
for one event only (see `service.take_events`).
"""

import hashlib
import hmac
from datetime import datetime, timedelta

import msgspec

from control_plane.relays.errors import UnprovenEvents
from control_plane.relays.events.said import Headers, Said, SaidType, decoded, seconds

_LATE = timedelta(hours=12)
"""It repeats for eight hours what was not taken."""
_TYPES: dict[tuple[str, str], SaidType] = {
    ("delivered", ""): "message.delivered",
    ("failed", "temporary"): "message.deferred",
    ("failed", "permanent"): "message.bounced",
    ("rejected", ""): "message.failed",
    ("complained", ""): "message.complained",
}


class _Signature(msgspec.Struct, frozen=True):
    timestamp: str
    token: str
    signature: str


class _Status(msgspec.Struct, frozen=True, rename="kebab"):
    message: str = ""
    description: str = ""
    enhanced_code: str = ""


class _Envelope(msgspec.Struct, frozen=True):
    sender: str = ""


class _Headers(msgspec.Struct, frozen=True, rename="kebab"):
    message_id: str = ""


class _Message(msgspec.Struct, frozen=True):
    headers: _Headers = _Headers()


class _Event(msgspec.Struct, frozen=True, rename="kebab"):
    event: str
    id: str
    timestamp: float
    recipient: str = ""
    severity: str = ""
    envelope: _Envelope = _Envelope()
    message: _Message = _Message()
    delivery_status: _Status = _Status()


class _Notice(msgspec.Struct, frozen=True, rename="kebab"):
    signature: _Signature
    event_data: _Event


def read(body: bytes, _headers: Headers, key: str, now: datetime) -> list[Said]:
    """Prove and read; raises `UnprovenEvents`, `Unreadable`."""
    notice = decoded(body, _Notice)
    _prove(notice.signature, key, now)
    event = notice.event_data
    kind = _TYPES.get((event.event, event.severity if event.event == "failed" else ""))
    return [] if kind is None else [_said(event, kind)]


def token_of(body: bytes) -> str:
    """Give the token that is used up by an event; raises `Unreadable`."""
    return decoded(body, _Notice).signature.token


def _prove(signed: _Signature, key: str, now: datetime) -> None:
    text = (signed.timestamp + signed.token).encode("utf-8", "surrogatepass")
    expected = hmac.new(key.encode(), text, hashlib.sha256).hexdigest().encode()
    if not key or not hmac.compare_digest(expected, signed.signature.encode("utf-8", "surrogatepass")):
        raise UnprovenEvents
    if abs(now - seconds(signed.timestamp)) > _LATE:
        raise UnprovenEvents


def _said(event: _Event, kind: SaidType) -> Said:
    status = event.delivery_status
    return Said(
        id=event.id,
        type=kind,
        at=seconds(event.timestamp),
        recipient=event.recipient,
        return_path=event.envelope.sender,
        message_id=event.message.headers.message_id,
        reply=status.message or status.description,
        dsn=status.enhanced_code,
    )
