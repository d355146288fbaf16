"""SMTP2GO's webhooks, sent as JSON. It signs nothing; only who knows the secret address can have sent it."""

from datetime import datetime

import msgspec

from control_plane.relays.events.said import Headers, Said, SaidType, decoded, moment, seconds

_TYPES: dict[tuple[str, str], SaidType] = {
    ("delivered", ""): "message.delivered",
    ("bounce", "hard"): "message.bounced",
    ("bounce", "soft"): "message.deferred",
    ("reject", ""): "message.failed",
    ("spam", ""): "message.complained",
}


class _Event(msgspec.Struct, frozen=True):
    event: str
    rcpt: str = ""
    sender: str = ""
    time: str | float = ""
    id: str = ""
    email_id: str = ""
    message_id: str = msgspec.field(name="Message-Id", default="")
    bounce: str = ""
    message: str = ""
    context: str = ""


def read(body: bytes, _headers: Headers, _key: str, _now: datetime) -> list[Said]:
    """Read; raises `Unreadable`."""
    event = decoded(body, _Event)
    kind = _TYPES.get((event.event, event.bounce if event.event == "bounce" else ""))
    if kind is None:
        return []
    return [
        Said(
            id=event.id or f"{event.email_id} {event.event} {event.bounce} {event.rcpt} {event.time}",
            type=kind,
            at=seconds(event.time) if isinstance(event.time, float) else moment(event.time),
            recipient=event.rcpt,
            return_path=event.sender,
            message_id=event.message_id,
            reply=event.message or event.context,
        )
    ]
