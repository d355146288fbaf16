"""Links to mails and their attachments that are good for a while, for whoever has them."""

import hashlib
import hmac
import re
from datetime import timedelta
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from control_plane.core import ids
from control_plane.core.clock import Clock
from control_plane.core.ids import TenantId
from control_plane.settings import Settings

PATH = "/inbound-files"
IN_EVENTS = timedelta(days=7)
"""Longer than a webhook is tried."""
IN_ANSWERS = timedelta(hours=1)

_RAW = "raw"
_PURPOSE = b"fleetpost inbound files"
_MAC_CHARACTERS = 40
_TOKEN = re.compile(r"([0-9a-v]{26})([0-9a-v]{26})-(raw|[0-9]{1,4})-([0-9a-f]{1,12})-([0-9a-f]{40})")


class Target(msgspec.Struct, frozen=True):
    """What a link leads to: a mail of a tenant, or one of its attachments."""

    tenant_id: TenantId
    message_id: UUID
    number: int | None


class Links:
    """Makes and reads links."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        secret = bytes.fromhex(settings.session_secret)
        self._key = HKDF(SHA256(), 32, salt=None, info=_PURPOSE).derive(secret)
        self._base = settings.public_url + PATH
        self._clock = clock

    def make(self, target: Target, lifetime: timedelta) -> str:
        """Make a link that is good from now on."""
        part = _RAW if target.number is None else str(target.number)
        ends = int((self._clock.now() + lifetime).timestamp())
        said = f"{ids.bare(target.tenant_id)}{ids.bare(target.message_id)}-{part}-{ends:x}"
        return f"{self._base}/{said}-{self._mac(said)}"

    def read(self, token: str) -> Target | None:
        """Read the last part of a link; None when it is not ours, or its time is over."""
        found = _TOKEN.fullmatch(token)
        if found is None or not hmac.compare_digest(self._mac(token.rpartition("-")[0]), found[5]):
            return None
        if int(found[4], 16) <= self._clock.now().timestamp():
            return None
        number = None if found[3] == _RAW else int(found[3])
        return Target(TenantId(ids.from_bare(found[1])), ids.from_bare(found[2]), number)

    def _mac(self, said: str) -> str:
        return hmac.digest(self._key, said.encode(), hashlib.sha256).hex()[:_MAC_CHARACTERS]
