"""Finds live API keys by what a program sends: the key itself, or an access token that was made for it.

A key that was found is remembered. While a process watches for changes it asks the database every second whose keys or
state changed, and forgets those; while it cannot, or does not watch, it looks each key up again after some seconds.
"""

import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Final
from uuid import UUID

import asyncpg
import msgspec

from control_plane.core import crypto
from control_plane.core.access_tokens import AccessTokens
from control_plane.core.auth import Subject
from control_plane.core.database import Database
from control_plane.core.errors import Unauthenticated
from control_plane.core.ids import TenantId
from control_plane.core.periodic import periodically
from control_plane.core.sandbox import Mode

KEY_PREFIXES: Final[dict[Mode, str]] = {"live": "fp", "test": "fp_test"}
"""What secrets begin with, so that people see which they have; what a key is says its row."""
_MOST_REMEMBERED = 20_000
_KEPT_SECONDS = 600
"""How long a key is remembered while changes are watched for."""
_LOOK_EVERY_SECONDS = 1
_LOOK_BACK_SECONDS = 30
"""Longer than any transaction lasts: a change is seen after its commit, but bears the time of its statement."""


class LiveKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key that was found, with all that decides about a request."""

    id: UUID
    name: str
    lookup: str
    secret_hash: bytes
    allowed_networks: tuple[IPv4Network | IPv6Network, ...]
    subject: Subject
    fresh_until: float
    """Until then it need not be looked up again, whatever is watched."""
    kept_until: float
    """Until then it need not be looked up again while changes are watched for."""

    def admits(self, address: str) -> bool:
        """Say whether the key may be used from an IP address."""
        if not self.allowed_networks:
            return True
        try:
            asking = ip_address(address)
        except ValueError:
            return False
        return any(asking in network for network in self.allowed_networks if network.version == asking.version)


def split_key(token: str) -> tuple[str, str] | None:
    """Split the secret of a key of either mode into what finds it and what proves it; None for anything else."""
    return next(filter(None, (crypto.split_token(prefix, token) for prefix in KEY_PREFIXES.values())), None)


NoteUse = Callable[[LiveKey, str], None]
"""Told of each use of a key and the address it came from."""


class KeyRing:
    """Authenticates; a key that was revoked, or whose tenant was suspended, is known as such within seconds."""

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
        self._watched_until = 0.0

    @asynccontextmanager
    async def watched(self) -> AsyncGenerator[None]:
        """Watch for changes meanwhile."""
        async with periodically(_LOOK_EVERY_SECONDS, "key changes", self.forget_changed):
            yield

    async def forget_changed(self) -> None:
        """Forget the keys of tenants that changed of late, and trust the others for some more seconds."""
        asked = self._monotonic()
        async with self._db.public_tx() as tx:
            rows = await tx.connection.fetch("select tenants_with_key_changes($1)", _LOOK_BACK_SECONDS)
        changed = {row[0] for row in rows}
        if changed:
            self._keys = {name: key for name, key in self._keys.items() if key.subject.tenant_id not in changed}
        self._watched_until = asked + self._fresh_seconds

    async def authenticate(self, token: str, address: str = "") -> LiveKey:
        """Give the key of `fp_…` or of an access token, used from an IP address.

        Raises `Unauthenticated` without saying what is wrong. By an access token the key's rights may be fewer.
        """
        parts = split_key(token)
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
        if key is None:
            return None
        now = self._monotonic()
        if now < key.fresh_until or now < min(self._watched_until, key.kept_until):
            return key
        del self._keys[lookup]
        return None

    async def _find(self, lookup: str) -> LiveKey | None:
        asked = self._monotonic()
        row = await self._db.public_row("select * from find_api_key($1)", lookup)
        if row is None:
            return None
        key = _live_key(row, lookup, asked, self._fresh_seconds)
        self._remember(lookup, key)
        return key

    def _remember(self, lookup: str, key: LiveKey) -> None:
        if len(self._keys) >= _MOST_REMEMBERED:
            self._keys.clear()
        self._keys[lookup] = key


def _live_key(row: asyncpg.Record, lookup: str, asked: float, fresh_seconds: float) -> LiveKey:
    subject = Subject(
        tenant_id=TenantId(row["tenant_id"]),
        tenant_kind=row["tenant_kind"],
        tenant_status=row["tenant_status"],
        scopes=frozenset(row["scopes"]),
        key_id=row["id"],
        mode=row["mode"],
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
        fresh_until=asked + min(fresh_seconds, _seconds_left(row["expires_at"])),
        kept_until=asked + min(_KEPT_SECONDS, _seconds_left(row["expires_at"])),
    )


def _seconds_left(expires_at: datetime | None) -> float:
    return _KEPT_SECONDS if expires_at is None else (expires_at - datetime.now(UTC)).total_seconds()
