"""The link in a mail that asks somebody whether they want what is forwarded to them: good for a while, and for that."""

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

PATH = "/forwarding"
GOOD_FOR = timedelta(days=7)

_PURPOSE = b"fleetpost forwarding"
_MAC_CHARACTERS = 40
_TOKEN = re.compile(r"([0-9a-v]{26})([0-9a-v]{26})-([0-9a-f]{1,12})-([0-9a-f]{40})")


class Asked(msgspec.Struct, frozen=True):
    """Whose mail would go to which address."""

    tenant_id: TenantId
    target_id: UUID


class Confirmations:
    """Makes and reads the links."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        secret = bytes.fromhex(settings.session_secret)
        self._key = HKDF(SHA256(), 32, salt=None, info=_PURPOSE).derive(secret)
        self._clock = clock

    def path(self, asked: Asked) -> str:
        """Make a link, without its host."""
        ends = int((self._clock.now() + GOOD_FOR).timestamp())
        said = f"{ids.bare(asked.tenant_id)}{ids.bare(asked.target_id)}-{ends:x}"
        return f"{PATH}/{said}-{self._mac(said)}"

    def read(self, token: str) -> Asked | None:
        """Read the last part of a link; None when it is not ours, or its time is over."""
        found = _TOKEN.fullmatch(token)
        if found is None or not hmac.compare_digest(self._mac(token.rpartition("-")[0]), found[4]):
            return None
        if int(found[3], 16) <= self._clock.now().timestamp():
            return None
        return Asked(TenantId(ids.from_bare(found[1])), ids.from_bare(found[2]))

    def _mac(self, said: str) -> str:
        return hmac.digest(self._key, said.encode(), hashlib.sha256).hex()[:_MAC_CHARACTERS]
