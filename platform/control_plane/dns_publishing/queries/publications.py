"""The SQL of publications."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from control_plane.core.database import Transaction
from control_plane.core.ids import TenantId
from control_plane.core.tenancy import bound_tenant
from control_plane.dns_publishing.plan import Step

_COLUMNS = "id, domain_id, connection_id, status, dry_run, zone, steps, problem, created_at, finished_at"
_OPEN = "('comparing', 'applying', 'rolling_back')"

_steps = msgspec.json.Decoder(tuple[Step, ...])


def steps_of(row: asyncpg.Record) -> tuple[Step, ...]:
    """Read a publication's steps."""
    return _steps.decode(row["steps"])


async def insert(
    tx: Transaction, publication_id: UUID, domain_id: UUID, connection_id: UUID, *, dry_run: bool, now: datetime
) -> asyncpg.Record | None:
    """Begin a publication unless one of the domain is under way; the domain's row is locked meanwhile."""
    await tx.connection.execute(
        "select from mail_domains where tenant_id = $1 and id = $2 for no key update", bound_tenant(), domain_id
    )
    return await tx.connection.fetchrow(
        f"""insert into dns_publications (tenant_id, id, domain_id, connection_id, status, dry_run, created_at)
            select $1, $2, $3, $4, 'comparing', $5, $6
            where not exists (select from dns_publications
                              where tenant_id = $1 and domain_id = $3 and status in {_OPEN})
            returning {_COLUMNS}""",  # noqa: S608 our own columns
        bound_tenant(),
        publication_id,
        domain_id,
        connection_id,
        dry_run,
        now,
    )


async def find(tx: Transaction, publication_id: UUID, *, lock: bool = False) -> asyncpg.Record | None:
    """Find a publication."""
    query = f"select {_COLUMNS} from dns_publications where tenant_id = $1 and id = $2"  # noqa: S608 our own columns
    return await tx.connection.fetchrow(f"{query} for update" if lock else query, bound_tenant(), publication_id)


async def page(tx: Transaction, domain_id: UUID, limit: int, after: UUID | None) -> list[asyncpg.Record]:
    """List a domain's publications, newest first."""
    return await tx.connection.fetch(
        f"""select {_COLUMNS} from dns_publications
            where tenant_id = $1 and domain_id = $2 and ($3::uuid is null or id < $3)
            order by id desc limit $4""",  # noqa: S608 our own columns
        bound_tenant(),
        domain_id,
        after,
        limit,
    )


async def claim(
    tx: Transaction, publication_id: UUID, now: datetime, until: datetime, most: int
) -> asyncpg.Record | None:
    """Take a publication that is under way, unless another worker has it or workers have enough of the tenant's."""
    await tx.connection.execute(
        "select pg_advisory_xact_lock(hashtextextended('publications ' || $1::text, 0))", str(bound_tenant())
    )
    return await tx.connection.fetchrow(
        f"""update dns_publications set claimed_until = $4
            where tenant_id = $1 and id = $2 and status in {_OPEN} and (claimed_until is null or claimed_until <= $3)
              and (select count(*) from dns_publications where tenant_id = $1 and claimed_until > $3) < $5
            returning {_COLUMNS}""",  # noqa: S608 our own columns
        bound_tenant(),
        publication_id,
        now,
        until,
        most,
    )


async def save(
    tx: Transaction,
    publication_id: UUID,
    status: str,
    steps: Sequence[Step],
    *,
    zone: str | None = None,
    problem: str | None = None,
    finished_at: datetime | None = None,
) -> None:
    """Write how far a publication got."""
    await tx.connection.execute(
        """update dns_publications set status = $3, steps = $4::jsonb, zone = coalesce($5, zone), problem = $6,
             finished_at = $7 where tenant_id = $1 and id = $2""",
        bound_tenant(),
        publication_id,
        status,
        msgspec.json.encode(steps).decode(),
        zone,
        problem,
        finished_at,
    )


async def release(tx: Transaction, publication_id: UUID) -> None:
    """Let others take a publication."""
    await tx.connection.execute(
        "update dns_publications set claimed_until = null where tenant_id = $1 and id = $2",
        bound_tenant(),
        publication_id,
    )


async def waiting(tx: Transaction, now: datetime, limit: int) -> list[tuple[TenantId, UUID]]:
    """List publications that nobody is at, each tenant's first before any tenant's second (fleet role)."""
    rows = await tx.connection.fetch(
        f"""select tenant_id, id from dns_publications
            where status in {_OPEN} and (claimed_until is null or claimed_until <= $1)
            order by row_number() over (partition by tenant_id order by id), id limit $2""",  # noqa: S608 our own columns
        now,
        limit,
    )
    return [(TenantId(row["tenant_id"]), row["id"]) for row in rows]
