"""Amazon SNS, which brings SES's notifications: whose a message is, and what must be fetched to know that.

The certificate comes from Amazon's own host and from nowhere else, whatever the message says. The rules are those of
"Verifying the signatures of Amazon SNS messages".
"""

import base64
import binascii
import re
from typing import Literal
from urllib.parse import urlsplit

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from control_plane.relays.errors import UnprovenEvents
from control_plane.relays.events.said import decoded

_HOST = re.compile(r"sns\.[a-z]{2,4}(-[a-z]{2,12}){1,3}-[0-9]{1,2}\.amazonaws\.com(\.cn)?\Z")
"""With a region: `sns.s3.amazonaws.com` is the bucket of whoever called it so."""
_CERTIFICATE = re.compile(r"/SimpleNotificationService-[0-9a-zA-Z]{1,64}\.pem\Z")
_NOTIFICATION = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_CONFIRMATION = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
_HASHES = {"1": hashes.SHA1(), "2": hashes.SHA256()}  # noqa: S303 (version 1 of the scheme, still its default)


class Letter(msgspec.Struct, frozen=True, rename="pascal", kw_only=True):
    """A message of SNS."""

    type: Literal["Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation"]
    message_id: str
    topic_arn: str
    message: str
    timestamp: str
    signature_version: str
    signature: str
    signing_cert_url: str = msgspec.field(name="SigningCertURL")
    subject: str | None = None
    token: str | None = None
    subscribe_url: str | None = msgspec.field(name="SubscribeURL", default=None)


def read(body: bytes) -> Letter:
    """Read a message, unproven; raises `Unreadable`, `UnprovenEvents` when its certificate would be nobody's."""
    letter = decoded(body, Letter)
    parts = urlsplit(letter.signing_cert_url) if _is_amazons(letter.signing_cert_url) else None
    if parts is None or parts.query or not _CERTIFICATE.match(parts.path):
        raise UnprovenEvents
    return letter


def prove(letter: Letter, certificate_pem: bytes) -> None:
    """Check a message's signature with the certificate that it names; raises `UnprovenEvents`."""
    algorithm = _HASHES.get(letter.signature_version)
    try:
        key = x509.load_pem_x509_certificate(certificate_pem).public_key()
        if algorithm is None or not isinstance(key, rsa.RSAPublicKey):
            raise UnprovenEvents
        signature = base64.b64decode(letter.signature, validate=True)
        key.verify(signature, signed_text(letter), padding.PKCS1v15(), algorithm)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, binascii.Error) as error:
        raise UnprovenEvents from error


def signed_text(letter: Letter) -> bytes:
    """Give what is signed: names and values of the fields that are there, a line each."""
    fields = {
        "Message": letter.message,
        "MessageId": letter.message_id,
        "Subject": letter.subject,
        "SubscribeURL": letter.subscribe_url,
        "Timestamp": letter.timestamp,
        "Token": letter.token,
        "TopicArn": letter.topic_arn,
        "Type": letter.type,
    }
    names = _NOTIFICATION if letter.type == "Notification" else _CONFIRMATION
    lines = [f"{name}\n{fields[name]}\n" for name in names if fields[name] is not None]
    return "".join(lines).encode("utf-8", "surrogatepass")


def confirmation_url(letter: Letter) -> str:
    """Give the address that confirms a subscription, if it is Amazon's; raises `UnprovenEvents`."""
    if letter.subscribe_url is None or not _is_amazons(letter.subscribe_url):
        raise UnprovenEvents
    return letter.subscribe_url


def _is_amazons(url: str) -> bool:
    try:
        parts = urlsplit(url)
        is_plain = parts.port in (None, 443) and parts.username is None and url.isascii() and url.isprintable()
    except ValueError:
        return False
    return is_plain and parts.scheme == "https" and _HOST.match(parts.hostname or "") is not None
