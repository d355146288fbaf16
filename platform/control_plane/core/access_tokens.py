"""Access tokens for machines (RFC 6749 §4.4): signed, good for an hour, and only as long as the key they were made for.

A token names the key by its look-up, so that revoking the key ends its tokens as well; it holds no secret of the key.
"""

from datetime import datetime, timedelta

import msgspec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from control_plane.core.clock import Clock

LIFETIME = timedelta(hours=1)

_ALGORITHM = "HS256"
_TYPE = "at+jwt"  # RFC 9068 §2.1: nothing else that we sign is taken for one
_PURPOSE = b"fleetpost access tokens"
_KEY_BYTES = 32
_LONGEST = 4096


class Claims(msgspec.Struct, frozen=True):
    """What a token says."""

    key: str
    """The look-up of the API key."""
    scopes: frozenset[str]


class _Payload(msgspec.Struct, frozen=True):
    sub: str
    scope: str
    iat: int
    exp: int


class AccessTokens:
    """Makes and reads access tokens with a key of their own, derived from the session secret."""

    def __init__(self, session_secret: str, clock: Clock) -> None:
        derived = HKDF(SHA256(), _KEY_BYTES, salt=None, info=_PURPOSE).derive(bytes.fromhex(session_secret))
        self._key = OctKey.import_key(derived)
        self._clock = clock

    def make(self, claims: Claims) -> str:
        """Make a token that is good from now on."""
        now = self._clock.now()
        payload = _Payload(claims.key, " ".join(sorted(claims.scopes)), _seconds(now), _seconds(now + LIFETIME))
        return jwt.encode({"alg": _ALGORITHM, "typ": _TYPE}, msgspec.to_builtins(payload), self._key)

    def read(self, token: str) -> Claims | None:
        """Read a token; None when it is not ours, was altered, or has ended."""
        if len(token) > _LONGEST or not token.isascii():
            return None
        try:
            found = jwt.decode(token, self._key, algorithms=[_ALGORITHM])
            payload = msgspec.convert(found.claims, _Payload)
        except (JoseError, ValueError, msgspec.ValidationError):
            return None
        if found.header.get("typ") != _TYPE or payload.exp <= _seconds(self._clock.now()):
            return None
        return Claims(payload.sub, frozenset(payload.scope.split()))


def _seconds(at: datetime) -> int:
    return int(at.timestamp())
