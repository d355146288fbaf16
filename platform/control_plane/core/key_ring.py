"""Finds live API keys by what a program sends: the key itself, or an access token that was made for it."""

import time
from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network, ip_address
from uuid import UUID

import asyncpg
import msgspec

from control_plane.core import crypto
from control_plane.core.access_tokens import AccessTokens
from control_plane.core.auth import Subject
from control_plane.core.database import Database
from control_plane.core.errors import Unauthenticated
from control_plane.core.ids import TenantId

KEY_PREFIX = "fp"
_MOST_REMEMBERED = 10_000


class LiveKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key that was found, with all that decides about a request."""

    id: UUID
    name: str
    lookup: str
    secret_hash: bytes
    allowed_networks: tuple[IPv4Network | IPv6Network, ...]
    subject: Subject
    fresh_until: float

    def admits(self, address: str) -> bool:
        """Say whether the key may be used from an IP address."""
        if not self.allowed_networks:
            return True
        try:
            asking = ip_address(address)
        except ValueError:
            return False
        return any(asking in network for network in self.allowed_networks if network.version == asking.version)


NoteUse = Callable[[LiveKey, str], None]
"""Told of each use of a key and the address it came from."""


class KeyRing:
    """Authenticates; a key that was found is remembered for some seconds, so a revoked one soon stops working."""

    def __init__(
        self,
        db: Database,
        tokens: AccessTokens | None = None,
        note_use: NoteUse = lambda _key, _address: None,
        *,
        fresh_seconds: float = 3,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._db = db
        self._tokens = tokens
        self._note_use = note_use
        self._fresh_seconds = fresh_seconds
        self._monotonic = monotonic
        self._keys: dict[str, LiveKey] = {}

    async def authenticate(self, token: str, address: str = "") -> LiveKey:
        """Give the key of `fp_…` or of an access token, used from an IP address.

        Raises `Unauthenticated` without saying what is wrong. By an access token the key's rights may be fewer.
        """
        parts = crypto.split_token(KEY_PREFIX, token)
        key = await self._by_token(token) if parts is None else await self._by_secret(*parts)
        if key is None or not key.admits(address):
            raise Unauthenticated
        self._note_use(key, address)
        return key

    async def _by_secret(self, lookup: str, secret: str) -> LiveKey | None:
        key = await self._live(lookup)
        return key if key is not None and crypto.secret_matches(secret, key.secret_hash) else None

    async def _by_token(self, token: str) -> LiveKey | None:
        claims = None if self._tokens is None else self._tokens.read(token)
        key = None if claims is None else await self._live(claims.key)
        if key is None or claims is None:
            return None
        return msgspec.structs.replace(key, subject=msgspec.structs.replace(key.subject, scopes=claims.scopes))

    async def _live(self, lookup: str) -> LiveKey | None:
        return self._remembered(lookup) or await self._find(lookup)

    def _remembered(self, lookup: str) -> LiveKey | None:
        key = self._keys.get(lookup)
        if key is None or key.fresh_until > self._monotonic():
            return key
        del self._keys[lookup]
        return None

    async def _find(self, lookup: str) -> LiveKey | None:
        async with self._db.public_tx() as tx:
            row = await tx.connection.fetchrow("select * from find_api_key($1)", lookup)
        if row is None:
            return None
        key = _live_key(row, lookup, self._monotonic() + self._fresh_seconds)
        self._remember(lookup, key)
        return key

    def _remember(self, lookup: str, key: LiveKey) -> None:
        if len(self._keys) >= _MOST_REMEMBERED:
            self._keys.clear()
        self._keys[lookup] = key


def _live_key(row: asyncpg.Record, lookup: str, fresh_until: float) -> LiveKey:
    subject = Subject(
        tenant_id=TenantId(row["tenant_id"]),
        tenant_kind=row["tenant_kind"],
        tenant_status=row["tenant_status"],
        scopes=frozenset(row["scopes"]),
        key_id=row["id"],
        allowed_domains=frozenset(row["allowed_domains"]),
        allowed_networks=frozenset(map(str, row["allowed_networks"])),
        requests_per_minute=row["requests_per_minute"],
        expires_at=row["expires_at"],
    )
    return LiveKey(
        id=row["id"],
        name=row["name"],
        lookup=lookup,
        secret_hash=row["secret_hash"],
        allowed_networks=tuple(row["allowed_networks"]),
        subject=subject,
        fresh_until=fresh_until,
    )
