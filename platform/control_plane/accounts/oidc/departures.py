"""Who left for a provider and has not come back: kept for ten minutes, found once, by the same browser only."""

import hashlib
import hmac
import secrets
from uuid import UUID

import msgspec

from control_plane.accounts.oidc.errors import DepartureUnknown
from control_plane.core.valkey import Client

SECONDS = 600
_BYTES = 32


class Departure(msgspec.Struct, frozen=True, kw_only=True):
    """What is remembered here while a person is at their provider."""

    tenant_id: UUID
    provider_id: UUID
    nonce: str
    verifier: str
    browser: str
    """Digest of what the browser's cookie holds."""
    wanted: str
    """The page to go to afterwards."""
    again: bool
    """They were asked to prove anew who they are."""


class Ticket(msgspec.Struct, frozen=True):
    """What goes along: the state by the address, the handle by a cookie."""

    state: str
    handle: str
    departure: Departure


async def depart(valkey: Client, tenant_id: UUID, provider_id: UUID, wanted: str, *, again: bool) -> Ticket:
    """Remember that somebody leaves."""
    state, handle = secrets.token_urlsafe(_BYTES), secrets.token_urlsafe(_BYTES)
    departure = Departure(
        tenant_id=tenant_id,
        provider_id=provider_id,
        nonce=secrets.token_urlsafe(_BYTES),
        verifier=secrets.token_urlsafe(48),
        browser=_digest(handle),
        wanted=wanted,
        again=again,
    )
    await valkey.set(_key(state), msgspec.msgpack.encode(departure), ex=SECONDS)
    return Ticket(state, handle, departure)


async def come_back(valkey: Client, state: str, handle: str) -> Departure:
    """Find who left, once; raises `DepartureUnknown`."""
    stored: bytes | None = await valkey.getdel(_key(state))
    if stored is None:
        raise DepartureUnknown
    departure = msgspec.msgpack.decode(stored, type=Departure)
    if not hmac.compare_digest(departure.browser, _digest(handle)):
        raise DepartureUnknown
    return departure


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _key(state: str) -> str:
    return f"provider-departure:{_digest(state)}"
