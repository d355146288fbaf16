"""Templates, and who stands in which layout."""

from uuid import UUID

import asyncpg

from control_plane.core.database import Transaction
from control_plane.templates.schemas import Kind, TemplateRow

_COLUMNS = "id, kind, name, description, undefined, live, latest, created_at, updated_at"


async def insert(tx: Transaction, tenant_id: UUID, row: TemplateRow, most: int) -> bool:
    """Store a template, unless the tenant has as many as it may."""
    found = await tx.connection.fetchval(
        """insert into templates (tenant_id, id, kind, name, description, undefined, created_at, updated_at)
           select $1, $3, $4, $5, $6, $7, $8, $8 where (select count(*) from templates where tenant_id = $1) < $2
           returning id""",
        tenant_id,
        most,
        row.id,
        row.kind,
        row.name,
        row.description,
        row.undefined,
        row.created_at,
    )
    return found is not None


async def save(tx: Transaction, tenant_id: UUID, row: TemplateRow) -> None:
    """Store a changed template."""
    await tx.connection.execute(
        """update templates set name = $3, description = $4, undefined = $5, live = $6, latest = $7, updated_at = $8
           where tenant_id = $1 and id = $2""",
        tenant_id,
        row.id,
        row.name,
        row.description,
        row.undefined,
        row.live,
        row.latest,
        row.updated_at,
    )


async def find(tx: Transaction, tenant_id: UUID, template_id: UUID, *, lock: bool = False) -> TemplateRow | None:
    """Find a template."""
    query = f"select {_COLUMNS} from templates where tenant_id = $1 and id = $2"  # noqa: S608 our own columns
    found = await tx.connection.fetchrow(f"{query} for update" if lock else query, tenant_id, template_id)
    return None if found is None else TemplateRow(**found)


async def page(
    tx: Transaction, tenant_id: UUID, kind: Kind | None, after: UUID | None, limit: int
) -> list[asyncpg.Record]:
    """Find templates with their latest subjects, newest first."""
    return await tx.connection.fetch(
        """select t.id, t.kind, t.name, t.description, t.live, t.latest, t.created_at, t.updated_at, v.subject
           from templates t join template_versions v
             on v.tenant_id = t.tenant_id and v.template_id = t.id and v.number = t.latest
           where t.tenant_id = $1 and ($2::text is null or t.kind = $2) and ($3::uuid is null or t.id < $3)
           order by t.id desc limit $4""",
        tenant_id,
        kind,
        after,
        limit,
    )


async def delete(tx: Transaction, tenant_id: UUID, template_id: UUID) -> None:
    """Delete a template with its versions."""
    await tx.connection.execute("delete from templates where tenant_id = $1 and id = $2", tenant_id, template_id)


async def standing_in(tx: Transaction, tenant_id: UUID, layout_id: UUID) -> list[asyncpg.Record]:
    """List the templates whose latest or live version stands in a layout, and whether that is MJML."""
    return await tx.connection.fetch(
        """select t.name, bool_or(v.mjml is not null) as is_mjml
           from templates t join template_versions v
             on v.tenant_id = t.tenant_id and v.template_id = t.id and v.number in (t.live, t.latest)
           where t.tenant_id = $1 and v.layout_id = $2 group by t.id, t.name order by t.name""",
        tenant_id,
        layout_id,
    )


async def live(tx: Transaction, tenant_id: UUID, template_ids: list[UUID]) -> list[asyncpg.Record]:
    """Find which version of each message's template is live, and which of its layout."""
    return await tx.connection.fetch(
        """select t.id, t.undefined, t.live, v.layout_id, l.live as layout_live
           from templates t join template_versions v
             on v.tenant_id = t.tenant_id and v.template_id = t.id and v.number = t.live
           left join templates l on l.tenant_id = v.tenant_id and l.id = v.layout_id
           where t.tenant_id = $1 and t.id = any ($2) and t.kind = 'message'""",
        tenant_id,
        template_ids,
    )
