"""A sample of each type of event, for trying a webhook out: nothing of it happened."""

from datetime import datetime
from uuid import UUID

from control_plane.core import ids
from control_plane.core.ids import TenantId
from control_plane.webhooks.payloads import Payload, encoded

_NOTHING = UUID(int=0)
_ATTEMPT: dict[str, object] = {
    "attempt": 1,
    "queue_id": "4fKx1z2Y3Wz9x",
    "source_ip": "192.0.2.10",
    "relay": "mx.example.net[198.51.100.7]:25",
    "tls": "TLSv1.3",
}
_REPLIES: dict[str, tuple[str, str]] = {
    "message.delivered": ("2.0.0", "250 2.0.0 Ok: queued"),
    "message.deferred": ("4.2.1", "450 4.2.1 Try again later"),
    "message.bounced": ("5.1.1", "550 5.1.1 No such user here"),
}
_ABOUT: dict[str, dict[str, object]] = {
    "domain": {"domain_id": ids.encode("dom", _NOTHING), "name": "example.com"},
    "certificate": {"certificate_id": ids.encode("crt", _NOTHING), "name": "mail.example.com"},
    "suppression": {"email": "bob@example.net", "reason": "hard_bounce"},
    "quota": {"resource": "messages_month", "used": 8000, "limit": 10000},
    "tenant": {"status": "active"},
    "ip": {"ip_id": ids.encode("ip", _NOTHING), "address": "192.0.2.10"},
    "node": {"node_id": ids.encode("nod", _NOTHING), "name": "node-1"},
    "rollout": {"rollout_id": ids.encode("rol", _NOTHING)},
    "campaign": {"campaign_id": ids.encode("cmp", _NOTHING)},
    "import": {"import_id": ids.encode("imp", _NOTHING)},
    "contact": {"contact_id": ids.encode("ctc", _NOTHING), "email": "bob@example.net"},
}


def sample_body(event_type: str, event_id: UUID, tenant_id: TenantId, at: datetime) -> bytes:
    """Make the body of a sample, which says `"test": true`."""
    data: dict[str, object] = {"id": ids.encode("evt", event_id), "type": event_type, "at": at, "test": True}
    data |= _about(event_type)
    return encoded(Payload(type=event_type, timestamp=at, tenant_id=ids.encode("ten", tenant_id), data=data))


def _about(event_type: str) -> dict[str, object]:
    subject = event_type.partition(".")[0]
    return _message(event_type) if subject == "message" else _ABOUT.get(subject, {})


def _message(event_type: str) -> dict[str, object]:
    message: dict[str, object] = {
        "message_id": ids.encode("msg", _NOTHING),
        "delivery_id": ids.encode("dlv", _NOTHING),
        "recipient": "bob@example.net",
        "tags": ["sample"],
        "metadata": {"order": "1"},
    }
    if event_type not in _REPLIES:
        return message
    dsn, reply = _REPLIES[event_type]
    return message | _ATTEMPT | {"dsn": dsn, "reply": reply}
