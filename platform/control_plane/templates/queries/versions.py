"""Versions: written once, read by number."""

from collections.abc import Collection
from uuid import UUID

import asyncpg

from control_plane.core.database import Transaction
from control_plane.templates.schemas import VersionRow

_COLUMNS = "template_id, number, subject, html, text, mjml, layout_id, sample_data, author, created_at"


async def insert(tx: Transaction, tenant_id: UUID, row: VersionRow) -> None:
    """Store a version."""
    await tx.connection.execute(
        f"insert into template_versions (tenant_id, {_COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",  # noqa: S608 our own columns
        tenant_id,
        row.template_id,
        row.number,
        row.subject,
        row.html,
        row.text,
        row.mjml,
        row.layout_id,
        row.sample_data,
        row.author,
        row.created_at,
    )


async def find(tx: Transaction, tenant_id: UUID, template_id: UUID, number: int) -> VersionRow | None:
    """Find a version."""
    found = await tx.connection.fetchrow(
        f"select {_COLUMNS} from template_versions where tenant_id = $1 and template_id = $2 and number = $3",  # noqa: S608 our own columns
        tenant_id,
        template_id,
        number,
    )
    return None if found is None else VersionRow(**found)


async def live(tx: Transaction, tenant_id: UUID, template_id: UUID) -> asyncpg.Record | None:
    """Find a layout's live version."""
    return await tx.connection.fetchrow(
        """select t.kind, v.subject, v.html, v.text, v.mjml from templates t join template_versions v
             on v.tenant_id = t.tenant_id and v.template_id = t.id and v.number = t.live
           where t.tenant_id = $1 and t.id = $2""",
        tenant_id,
        template_id,
    )


async def contents(tx: Transaction, tenant_id: UUID, wanted: Collection[tuple[UUID, int]]) -> list[asyncpg.Record]:
    """Find what was written in some versions."""
    return await tx.connection.fetch(
        """select v.template_id, v.number, v.subject, v.html, v.text, v.mjml
           from template_versions v join unnest($2::uuid[], $3::int[]) as w (template_id, number)
             on v.template_id = w.template_id and v.number = w.number
           where v.tenant_id = $1""",
        tenant_id,
        [template_id for template_id, _ in wanted],
        [number for _, number in wanted],
    )


async def listing(tx: Transaction, tenant_id: UUID, template_id: UUID) -> list[asyncpg.Record]:
    """List a template's versions, newest first."""
    return await tx.connection.fetch(
        """select number, subject, author, created_at from template_versions
           where tenant_id = $1 and template_id = $2 order by number desc""",
        tenant_id,
        template_id,
    )


async def prune(tx: Transaction, tenant_id: UUID, template_id: UUID, live: int, most: int) -> None:
    """Forget the oldest versions, but never the one that is live."""
    await tx.connection.execute(
        """delete from template_versions where tenant_id = $1 and template_id = $2 and number <> $3 and number <=
             (select max(number) from template_versions where tenant_id = $1 and template_id = $2) - $4::int""",
        tenant_id,
        template_id,
        live,
        most,
    )
