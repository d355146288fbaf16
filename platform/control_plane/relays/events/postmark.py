"""Postmark's webhooks: one record each. It signs nothing; only who knows the secret address can have sent it.

Postmark writes a Message-ID of its own, so mail bears ours once more as metadata (see the agent's `relays.lines`).
"""

from datetime import datetime

import msgspec

from control_plane.relays.events.said import Headers, Said, SaidType, decoded, moment

_SOFT = frozenset({"Transient", "DnsError", "SoftBounce", "Undeliverable"})
_NO_BOUNCE = frozenset(
    {"AutoResponder", "Subscribe", "Unsubscribe", "AddressChange", "ChallengeVerification", "OpenRelayTest"}
)
_METADATA = "fleetpost"


class _Record(msgspec.Struct, frozen=True, rename="pascal"):
    record_type: str
    message_id: str = msgspec.field(name="MessageID", default="")
    metadata: dict[str, str] = msgspec.field(default_factory=dict)
    recipient: str = ""
    email: str = ""
    type: str = ""
    details: str = ""
    description: str = ""
    delivered_at: str = ""
    bounced_at: str = ""


def read(body: bytes, _headers: Headers, _key: str, _now: datetime) -> list[Said]:
    """Read; raises `Unreadable`."""
    record = decoded(body, _Record)
    kind = _kind(record)
    if kind is None:
        return []
    recipient = record.recipient or record.email
    return [
        Said(
            id=f"{record.message_id} {record.record_type} {record.type} {recipient}",
            type=kind,
            at=moment(record.delivered_at or record.bounced_at),
            recipient=recipient,
            message_id=record.metadata.get(_METADATA, ""),
            reply=record.details or record.description,
        )
    ]


def _kind(record: _Record) -> SaidType | None:
    if record.record_type == "Delivery":
        return "message.delivered"
    if record.record_type == "SpamComplaint" or record.type in ("SpamComplaint", "SpamNotification"):
        return "message.complained"
    if record.record_type != "Bounce" or record.type in _NO_BOUNCE:
        return None
    return "message.deferred" if record.type in _SOFT else "message.bounced"
