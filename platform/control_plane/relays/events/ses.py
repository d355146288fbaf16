"""SES's notifications and events, as SNS brings them: each of them about one mail and some of its recipients."""

import msgspec

from control_plane.relays.events.said import Said, SaidType, decoded, moment


class _Header(msgspec.Struct, frozen=True):
    name: str = ""
    value: str = ""


class _Mail(msgspec.Struct, frozen=True, rename="camel"):
    source: str = ""
    headers: tuple[_Header, ...] = ()


class _Recipient(msgspec.Struct, frozen=True, rename="camel"):
    email_address: str = ""
    status: str = ""
    diagnostic_code: str = ""


class _Part(msgspec.Struct, frozen=True, rename="camel"):
    """What a bounce, complaint, delivery or delay says."""

    timestamp: str = ""
    bounce_type: str = ""
    bounced_recipients: tuple[_Recipient, ...] = ()
    complained_recipients: tuple[_Recipient, ...] = ()
    delayed_recipients: tuple[_Recipient, ...] = ()
    recipients: tuple[str, ...] = ()
    smtp_response: str = ""
    complaint_feedback_type: str | None = None
    reason: str = ""


class _Notice(msgspec.Struct, frozen=True, rename="camel"):
    mail: _Mail = _Mail()
    notification_type: str = ""
    event_type: str = ""
    bounce: _Part = _Part()
    complaint: _Part = _Part()
    delivery: _Part = _Part()
    delivery_delay: _Part = _Part()
    reject: _Part = _Part()


def read(message: str, message_id: str, timestamp: str) -> list[Said]:
    """Read what a message of SNS holds; raises `Unreadable`."""
    notice = decoded(message.encode("utf-8", "surrogatepass"), _Notice)
    match notice.notification_type or notice.event_type:
        case "Bounce":
            kind: SaidType = "message.deferred" if notice.bounce.bounce_type == "Transient" else "message.bounced"
            part, recipients = notice.bounce, notice.bounce.bounced_recipients
        case "Complaint":
            if notice.complaint.complaint_feedback_type == "not-spam":
                return []
            kind, part, recipients = "message.complained", notice.complaint, notice.complaint.complained_recipients
        case "Delivery":
            kind, part = "message.delivered", notice.delivery
            recipients = tuple(_Recipient(email_address=address) for address in part.recipients)
        case "DeliveryDelay":
            kind, part, recipients = "message.deferred", notice.delivery_delay, notice.delivery_delay.delayed_recipients
        case "Reject":
            kind, part, recipients = "message.failed", notice.reject, (_Recipient(),)
        case _:
            return []
    at = moment(part.timestamp or timestamp)
    return [
        Said(
            id=f"{message_id} {recipient.email_address}",
            type=kind,
            at=at,
            recipient=recipient.email_address,
            return_path=notice.mail.source,
            message_id=_message_id(notice.mail),
            reply=recipient.diagnostic_code or part.smtp_response or part.reason,
            dsn=recipient.status,
        )
        for recipient in recipients
    ]


def _message_id(mail: _Mail) -> str:
    return next((header.value for header in mail.headers if header.name.lower() == "message-id"), "")
