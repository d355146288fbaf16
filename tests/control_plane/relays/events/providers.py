"""What providers send, in the shapes of their documentation, signed with keys of our own."""

import base64
import datetime as dt
import hashlib
import hmac
import json
import secrets
from typing import TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from control_plane.relays.events import sns

Request: TypeAlias = tuple[bytes, dict[str, str]]
"""Body and headers."""

NOW = dt.datetime.now(dt.UTC)
TOPIC = "arn:aws:sns:eu-central-1:123456789012:ses"


class SendGrid:
    """Signs with ECDSA over timestamp and body."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        public = self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.key = base64.b64encode(public).decode()

    def request(self, *events: dict[str, object], at: dt.datetime = NOW) -> Request:
        body, timestamp = json.dumps(events).encode(), str(int(at.timestamp()))
        signature = self._key.sign(timestamp.encode() + body, ec.ECDSA(hashes.SHA256()))
        return body, {
            "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signature).decode(),
            "X-Twilio-Email-Event-Webhook-Timestamp": timestamp,
        }

    @staticmethod
    def event(event: str, message_id: str, recipient: str, at: dt.datetime = NOW) -> dict[str, object]:
        return {
            "email": recipient,
            "timestamp": int(at.timestamp()),
            "smtp-id": message_id,
            "event": event,
            "category": ["cat facts"],
            "sg_event_id": secrets.token_urlsafe(12),
            "sg_message_id": "14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0",
            "reason": "500 unknown recipient",
            "status": "5.0.0",
        }


class Mailgun:
    """Signs timestamp and token with HMAC."""

    key = "mg-signing-key"

    def request(self, event: dict[str, object], token: str = "", at: dt.datetime = NOW) -> Request:
        timestamp, token = str(int(at.timestamp())), token or secrets.token_hex(25)
        signature = hmac.new(self.key.encode(), (timestamp + token).encode(), hashlib.sha256).hexdigest()
        signed = {"timestamp": timestamp, "token": token, "signature": signature}
        return json.dumps({"signature": signed, "event-data": event}).encode(), {}

    @staticmethod
    def event(
        event: str, message_id: str, recipient: str, at: dt.datetime = NOW, severity: str | None = None
    ) -> dict[str, object]:
        return {
            "event": event,
            "id": secrets.token_urlsafe(12),
            "timestamp": at.timestamp(),
            "log-level": "error",
            "recipient": recipient,
            "envelope": {"sender": "", "transport": "smtp", "targets": recipient},
            "message": {"headers": {"message-id": message_id.strip("<>"), "to": recipient}, "size": 512},
            "delivery-status": {"code": 550, "message": "No such mailbox", "description": "", "attempt-no": 1},
        } | ({"severity": severity, "reason": "bounce"} if severity else {})


def postmark(record_type: str, message_id: str, recipient: str, kind: str = "", at: dt.datetime = NOW) -> Request:
    """Make a record; it knows our mail by its metadata."""
    record = {
        "RecordType": record_type,
        "MessageStream": "outbound",
        "ServerID": 23,
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Metadata": {"fleetpost": message_id.strip("<>").partition("@")[0]},
        "Details": "Test details",
    }
    if record_type == "Delivery":
        record |= {"Recipient": recipient, "DeliveredAt": at.isoformat()}
    else:
        record |= {"Email": recipient, "BouncedAt": at.isoformat(), "Type": kind, "TypeCode": 1}
    return json.dumps(record).encode(), {}


def smtp2go(event: str, message_id: str, recipient: str, bounce: str = "") -> Request:
    """Make an event."""
    said = {
        "event": event,
        "rcpt": recipient,
        "sender": "x@y.test",
        "time": NOW.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "email_id": "1er8bV-6Tw0Mi-7h",
        "Message-Id": message_id,
        "message": "550 No such user",
    }
    return json.dumps(said | ({"bounce": bounce} if bounce else {})).encode(), {}


class Amazon:
    """SNS with a certificate of its own, and the mails of SES in it."""

    certificate_url = "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem"

    def __init__(self) -> None:
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(self._key.public_key())
        dated = builder.not_valid_before(NOW - dt.timedelta(days=1)).not_valid_after(NOW + dt.timedelta(days=1))
        made = dated.serial_number(x509.random_serial_number()).sign(self._key, hashes.SHA256())
        self.certificate = made.public_bytes(Encoding.PEM)
        self.fetched: list[str] = []

    async def fetch(self, url: str) -> bytes:
        """Answer as Amazon's hosts do."""
        self.fetched.append(url)
        return self.certificate

    def request(self, message: str, *, version: str = "2", kind: str = "Notification", **changes: str) -> Request:
        letter = {
            "Type": kind,
            "MessageId": secrets.token_hex(16),
            "TopicArn": TOPIC,
            "Message": message,
            "Timestamp": NOW.isoformat(),
            "SignatureVersion": version,
            "Signature": "",
            "SigningCertURL": self.certificate_url,
        } | changes
        algorithm = hashes.SHA256() if version == "2" else hashes.SHA1()
        read = sns.read(json.dumps(letter).encode()) if "SigningCertURL" not in changes else None
        text = sns.signed_text(read) if read else b""
        letter["Signature"] = base64.b64encode(self._key.sign(text, padding.PKCS1v15(), algorithm)).decode()
        return json.dumps(letter).encode(), {"x-amz-sns-message-type": kind}

    @staticmethod
    def bounce(message_id: str, recipient: str, kind: str = "Permanent", source: str = "john@example.com") -> str:
        return json.dumps(
            {
                "notificationType": "Bounce",
                "bounce": {
                    "bounceType": kind,
                    "reportingMTA": "dns; email.example.com",
                    "bouncedRecipients": [
                        {
                            "emailAddress": recipient,
                            "status": "5.1.1",
                            "action": "failed",
                            "diagnosticCode": "smtp; 550 5.1.1 User unknown",
                        }
                    ],
                    "timestamp": NOW.isoformat(),
                    "feedbackId": "00000138111222aa-33322211-cccc-cccc-cccc-ddddaaaa068a-000000",
                },
                "mail": {
                    "timestamp": NOW.isoformat(),
                    "source": source,
                    "messageId": "00000138111222aa-33322211-cccc-cccc-cccc-ddddaaaa0680-000000",
                    "headersTruncated": False,
                    "headers": [{"name": "Message-ID", "value": message_id}],
                },
            }
        )
