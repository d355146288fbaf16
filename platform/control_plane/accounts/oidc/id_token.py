"""Whether an ID token is true (OpenID Connect Core 1.0 §3.1.3.7): who signed it, for whom, when, for which request."""

import hmac
from datetime import UTC, datetime
from typing import Annotated

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from control_plane.accounts.oidc.errors import ProviderRefused

_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures by a key pair only: a shared secret, or none, would let others than the provider sign."""
_CLOCKS_APART_SECONDS = 60
_LONGEST = 32 * 1024
_LATEST = 2**40
"""In seconds since 1970, far beyond any calendar's end that matters."""


_GARBAGE = (
    JoseError,
    msgspec.MsgspecError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
"""The library's own refusals, and what it does not foresee."""


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """What must be in it."""

    issuer: str
    client_id: str
    nonce: str


class Claims(msgspec.Struct, frozen=True, kw_only=True):
    """What it says about the person."""

    sub: str
    aud: str | list[str]
    nonce: str
    exp: int | float
    azp: str | None = None
    auth_time: Annotated[int, msgspec.Meta(ge=0, le=_LATEST)] | None = None
    email: str = ""
    email_verified: bool | str | None = None
    name: str = ""

    @property
    def email_is_doubtful(self) -> bool:
        """Say whether the provider itself does not vouch for the address."""
        return self.email_verified in (False, "false")

    def is_older_than(self, seconds: int, now: datetime) -> bool:
        """Say whether the provider asked the person for a proof longer ago than that, as far as it says."""
        return self.auth_time is not None and now.timestamp() - self.auth_time > seconds

    def proven_at(self, now: datetime, *, again: bool) -> datetime:
        """Say when the person last proved who they are; long ago if the provider neither says nor was asked to ask."""
        if self.auth_time is not None:
            return datetime.fromtimestamp(min(self.auth_time, int(now.timestamp())), UTC)
        return now if again else datetime.fromtimestamp(0, UTC)


def check(token: str, keys: KeySet, expected: Expected, now: datetime) -> Claims:
    """Give what a true token says; raises `ProviderRefused`."""
    try:
        if len(token) > _LONGEST:
            raise ProviderRefused
        decoded = jwt.decode(token, keys, algorithms=_ALGORITHMS)
        registry = jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=_CLOCKS_APART_SECONDS,
            iss={"essential": True, "value": expected.issuer},
            aud={"essential": True, "value": expected.client_id},
            exp={"essential": True},
            sub={"essential": True},
        )
        registry.validate(decoded.claims)
        claims = msgspec.convert(decoded.claims, Claims)
        _ = [
            text.encode() for text in (claims.sub, claims.nonce, claims.email, claims.name)
        ]  # half a surrogate: refused
    except _GARBAGE as error:
        raise ProviderRefused("What your provider says of you is not signed as it should be.") from error
    if not hmac.compare_digest(claims.nonce.encode(), expected.nonce.encode()):
        raise ProviderRefused("What your provider says belongs to another sign-in.")
    if not _is_for(claims, expected.client_id):
        raise ProviderRefused("What your provider says was meant for somebody else.")
    return claims


def _is_for(claims: Claims, client_id: str) -> bool:
    several = isinstance(claims.aud, list) and len(claims.aud) > 1
    return claims.azp == client_id if several or claims.azp is not None else True
