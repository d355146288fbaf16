"""The SQL of links that show a domain's records."""

from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from control_plane.core.database import Transaction
from control_plane.core.tenancy import bound_tenant

_COLUMNS = "id, domain_id, mailed_to, created_at, expires_at"


class NewLink(msgspec.Struct, frozen=True, kw_only=True):
    """A link to be stored."""

    id: UUID
    domain_id: UUID
    lookup: str
    secret_hash: bytes
    mailed_to: str | None
    created_at: datetime
    expires_at: datetime


async def insert(tx: Transaction, new: NewLink) -> asyncpg.Record:
    """Store a link."""
    row = await tx.connection.fetchrow(
        f"""insert into shared_links
              (tenant_id, id, domain_id, lookup, secret_hash, mailed_to, created_at, expires_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8) returning {_COLUMNS}""",  # noqa: S608 our own columns
        bound_tenant(),
        new.id,
        new.domain_id,
        new.lookup,
        new.secret_hash,
        new.mailed_to,
        new.created_at,
        new.expires_at,
    )
    assert row is not None
    return row


async def take_turn(tx: Transaction) -> None:
    """Let the bound tenant make one link at a time until the transaction ends, so that the limits count them all."""
    await tx.connection.execute(
        "select pg_advisory_xact_lock(hashtextextended('shared links ' || $1::text, 0))", str(bound_tenant())
    )


async def open_ones(tx: Transaction, domain_id: UUID, now: datetime) -> list[asyncpg.Record]:
    """List a domain's links that are still good, newest first."""
    return await tx.connection.fetch(
        f"""select {_COLUMNS} from shared_links
            where tenant_id = $1 and domain_id = $2 and expires_at > $3 order by id desc""",  # noqa: S608 our own columns
        bound_tenant(),
        domain_id,
        now,
    )


async def mailed_since(tx: Transaction, since: datetime, address: str) -> tuple[int, int]:
    """Count the links that were mailed: all of them, and those to one address."""
    row = await tx.connection.fetchrow(
        """select count(*) as mailed, count(*) filter (where mailed_to = $3) as there
           from shared_links where tenant_id = $1 and created_at > $2 and mailed_to is not null""",
        bound_tenant(),
        since,
        address,
    )
    assert row is not None
    return row["mailed"], row["there"]


async def end(tx: Transaction, link_id: UUID, now: datetime) -> asyncpg.Record | None:
    """Let a link that is still good end now."""
    return await tx.connection.fetchrow(
        """update shared_links set expires_at = $3
           where tenant_id = $1 and id = $2 and expires_at > $3 returning domain_id, mailed_to""",
        bound_tenant(),
        link_id,
        now,
    )


async def find(tx: Transaction, lookup: str, now: datetime) -> asyncpg.Record | None:
    """Find a link that is still good, whosever it is (fleet role)."""
    return await tx.connection.fetchrow(
        """select tenant_id, domain_id, secret_hash from shared_links
           where lookup = $1 and expires_at > $2 and domain_id is not null""",
        lookup,
        now,
    )


async def forget(tx: Transaction, before: datetime) -> None:
    """Delete all tenants' links that ended before a moment (fleet role)."""
    await tx.connection.execute("delete from shared_links where expires_at < $1", before)
