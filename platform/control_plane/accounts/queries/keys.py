"""The SQL of API keys."""

from collections.abc import Sequence
from datetime import datetime
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from uuid import UUID

import asyncpg
import msgspec

from control_plane.core.database import Transaction
from control_plane.core.ids import TenantId
from control_plane.core.sandbox import Mode

_LIVE = "tenant_id = app_tenant() and revoked_at is null"


class KeyRow(msgspec.Struct, frozen=True, kw_only=True):
    """A key as it is stored, without what its secret is compared with here."""

    id: UUID
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    created_by: str
    expires_at: datetime | None = None
    allowed_domains: tuple[str, ...] = ()
    allowed_networks: tuple[IPv4Network | IPv6Network, ...] = ()
    requests_per_minute: int | None = None
    smtp: bool = False
    smtp_hash: str | None = None
    """What nodes compare its secret with; None: it was made before there was SMTP for keys."""
    mode: Mode = "live"
    replaced_by: UUID | None = None
    last_used_at: datetime | None = None
    last_used_address: IPv4Address | IPv6Address | None = None


_COLUMNS = ", ".join(KeyRow.__struct_fields__)


class Use(msgspec.Struct, frozen=True):
    """When and from where a key was used last."""

    tenant_id: UUID
    key_id: UUID
    at: datetime
    address: IPv4Address | IPv6Address | None


async def find(tx: Transaction, key_id: UUID, *, lock: bool = False) -> KeyRow | None:
    """Find a key of the bound tenant that was not revoked."""
    query = f"select {_COLUMNS} from api_keys where {_LIVE} and id = $1"  # noqa: S608 our own columns
    row = await tx.connection.fetchrow(f"{query} for update" if lock else query, key_id)
    return None if row is None else _key(row)


async def page(tx: Transaction, after: UUID | None, limit: int) -> list[KeyRow]:
    """Find keys that were not revoked, newest first."""
    rows = await tx.connection.fetch(
        f"""select {_COLUMNS} from api_keys where {_LIVE} and ($1::uuid is null or id < $1)
            order by id desc limit $2""",  # noqa: S608 our own columns
        after,
        limit,
    )
    return [_key(row) for row in rows]


async def count(tx: Transaction) -> int:
    """Count the keys that were not revoked."""
    found: int = await tx.connection.fetchval(f"select count(*) from api_keys where {_LIVE}")  # noqa: S608 our own
    return found


async def insert(tx: Transaction, tenant_id: UUID, key: KeyRow, lookup: str, secret_hash: bytes) -> None:
    """Store a new key."""
    await tx.connection.execute(
        """insert into api_keys (tenant_id, id, name, lookup, secret_hash, scopes, created_at, created_by, expires_at,
             allowed_domains, allowed_networks, requests_per_minute, smtp, smtp_hash, mode)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)""",
        tenant_id,
        key.id,
        key.name,
        lookup,
        secret_hash,
        key.scopes,
        key.created_at,
        key.created_by,
        key.expires_at,
        key.allowed_domains,
        key.allowed_networks,
        key.requests_per_minute,
        key.smtp,
        key.smtp_hash,
        key.mode,
    )


async def save(tx: Transaction, key: KeyRow) -> None:
    """Store what can be changed of a key."""
    await tx.connection.execute(
        f"""update api_keys set name = $2, expires_at = $3, allowed_domains = $4, allowed_networks = $5,
              requests_per_minute = $6, replaced_by = $7, smtp = $8 where {_LIVE} and id = $1""",  # noqa: S608 our own
        key.id,
        key.name,
        key.expires_at,
        key.allowed_domains,
        key.allowed_networks,
        key.requests_per_minute,
        key.replaced_by,
        key.smtp,
    )


async def revoke(tx: Transaction, key_id: UUID, at: datetime) -> None:
    """Mark a key as revoked."""
    await tx.connection.execute(f"update api_keys set revoked_at = $2 where {_LIVE} and id = $1", key_id, at)  # noqa: S608


async def for_smtp(tx: Transaction) -> list[KeyRow]:
    """Find the keys that mail may be submitted with, whatever their scopes."""
    rows = await tx.connection.fetch(
        f"select {_COLUMNS} from api_keys where {_LIVE} and smtp and smtp_hash is not null order by id"  # noqa: S608
    )
    return [_key(row) for row in rows]


async def tenants_with_smtp(tx: Transaction) -> list[TenantId]:
    """List the tenants that have such keys (fleet role)."""
    rows = await tx.connection.fetch(
        "select distinct tenant_id from api_keys where smtp and smtp_hash is not null and revoked_at is null"
    )
    return [TenantId(row["tenant_id"]) for row in rows]


async def is_suspended(tx: Transaction) -> bool:
    """Say whether the bound tenant is suspended."""
    found: bool = await tx.connection.fetchval("select status = 'suspended' from tenants where id = app_tenant()")
    return found


async def note_uses(tx: Transaction, uses: Sequence[Use], seldom_seconds: int) -> None:
    """Store when keys were used, as the fleet role; what another process noted a moment ago stays."""
    await tx.connection.execute(
        """update api_keys k set last_used_at = u.at, last_used_address = u.address
           from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::inet[]) as u (tenant_id, id, at, address)
           where k.tenant_id = u.tenant_id and k.id = u.id
             and (k.last_used_at is null or k.last_used_at < u.at - make_interval(secs => $5))""",
        [use.tenant_id for use in uses],
        [use.key_id for use in uses],
        [use.at for use in uses],
        [use.address for use in uses],
        float(seldom_seconds),
    )


def _key(row: asyncpg.Record) -> KeyRow:
    values = dict(row)
    for name in ("scopes", "allowed_domains", "allowed_networks"):
        values[name] = tuple(values[name])
    return KeyRow(**values)
