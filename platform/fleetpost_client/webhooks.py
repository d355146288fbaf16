"""Is a webhook's message ours? Signatures of the Standard Webhooks specification (v1, symmetric)."""

import base64
import hashlib
import hmac
import time
from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec

from fleetpost_client.errors import Forged

TOLERANCE_SECONDS = 300
"""A message that is older, or newer, is not believed: it may be one that was overheard."""

_PREFIX = "whsec_"
_MOST_DIGITS = 12


class WebhookEvent(msgspec.Struct, frozen=True, kw_only=True):
    """What a webhook tells."""

    id: str
    """The same with every try: leave out what you have."""
    type: str
    timestamp: datetime
    tenant_id: str
    data: dict[str, object]


class _Body(msgspec.Struct, frozen=True):
    type: str
    timestamp: datetime
    tenant_id: str
    data: dict[str, object]


class Webhook:
    """A webhook as its receiver sees it; with a new secret and the old one, both are believed."""

    def __init__(self, *secrets: str, clock: Callable[[], float] = time.time) -> None:
        self._keys = [_key(secret) for secret in secrets]
        if not self._keys:
            raise ValueError("give the webhook's secret, whsec_…")
        self._clock = clock

    def verify(self, body: bytes | str, headers: Mapping[str, str]) -> WebhookEvent:
        """Read a message that is ours; raises `Forged`. `body` is what came, to the octet."""
        content = body.encode() if isinstance(body, str) else body
        given = {name.lower(): value for name, value in headers.items()}
        message_id, timestamp = given.get("webhook-id", ""), given.get("webhook-timestamp", "")
        self._check_time(timestamp)
        signed = f"{message_id}.{timestamp}.".encode() + content
        if not self._fits(signed, given.get("webhook-signature", "")):
            raise Forged(Forged.__doc__)
        try:
            read = msgspec.json.decode(content, type=_Body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Forged("The message is signed, and no event.") from error
        return WebhookEvent(id=message_id, **msgspec.structs.asdict(read))

    def _check_time(self, timestamp: str) -> None:
        if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= _MOST_DIGITS):
            raise Forged("The message does not say when it was sent.")
        if abs(self._clock() - int(timestamp)) > TOLERANCE_SECONDS:
            raise Forged("The message is too old, or this machine's clock is wrong.")

    def _fits(self, signed: bytes, signatures: str) -> bool:
        """Compare each signature with each key's, in a time that tells nothing."""
        given = [each.removeprefix("v1,").encode() for each in signatures.split() if each.startswith("v1,")]
        ours = [base64.b64encode(hmac.digest(key, signed, hashlib.sha256)) for key in self._keys]
        return any([hmac.compare_digest(own, each) for own in ours for each in given])  # noqa: C419  all of them


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except ValueError:
        key = b""
    if not key:  # anybody could sign with it
        raise ValueError("that is no webhook's secret: it begins with whsec_")
    return key
