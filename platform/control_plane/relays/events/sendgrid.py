"""SendGrid's Event Webhook: a list of events, signed with ECDSA over its timestamp and the body's bytes."""

import base64
import binascii
from datetime import datetime, timedelta

import msgspec
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key

from control_plane.relays.errors import UnprovenEvents
from control_plane.relays.events.said import Headers, Said, SaidType, Unreadable, decoded, seconds

_SIGNATURE = "x-twilio-email-event-webhook-signature"
_TIMESTAMP = "x-twilio-email-event-webhook-timestamp"
_LATE = timedelta(days=2)
"""It repeats for a day what was not taken, with the first time's signature."""
_MOST = 10_000
_TYPES: dict[str, SaidType] = {
    "delivered": "message.delivered",
    "deferred": "message.deferred",
    "bounce": "message.bounced",
    "dropped": "message.failed",
    "spamreport": "message.complained",
}


class _Event(msgspec.Struct, frozen=True, rename={"smtp_id": "smtp-id"}):
    event: str = ""
    timestamp: float = 0
    email: str = ""
    sg_event_id: str = ""
    smtp_id: str = ""
    reason: str = ""
    response: str = ""
    status: str = ""


def read(body: bytes, headers: Headers, key: str, now: datetime) -> list[Said]:
    """Prove and read; raises `UnprovenEvents`, `Unreadable`."""
    _prove(body, headers, key, now)
    events = decoded(body, list[_Event])
    if len(events) > _MOST:
        raise Unreadable
    return [_said(event, _TYPES[event.event]) for event in events if event.event in _TYPES]


def _prove(body: bytes, headers: Headers, key: str, now: datetime) -> None:
    timestamp = headers.get(_TIMESTAMP, "")
    try:
        public = load_der_public_key(base64.b64decode(key, validate=True))
        signature = base64.b64decode(headers.get(_SIGNATURE, ""), validate=True)
        if not isinstance(public, ec.EllipticCurvePublicKey):
            raise UnprovenEvents
        public.verify(signature, timestamp.encode() + body, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, binascii.Error) as error:
        raise UnprovenEvents from error
    if abs(now - seconds(timestamp)) > _LATE:
        raise UnprovenEvents


def _said(event: _Event, kind: SaidType) -> Said:
    return Said(
        id=event.sg_event_id,
        type=kind,
        at=seconds(event.timestamp),
        recipient=event.email,
        message_id=event.smtp_id,
        reply=event.response or event.reason,
        dsn=event.status,
    )
