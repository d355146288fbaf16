"""Read a tenant's list."""

from collections.abc import Sequence
from uuid import UUID

from control_plane.core import ids
from control_plane.core.database import Connection
from control_plane.suppressions.queries.rows import COLUMNS, SuppressionRow
from control_plane.suppressions.schemas import Filters


async def find(
    connection: Connection, tenant_id: UUID, suppression_id: UUID, *, lock: bool = False
) -> SuppressionRow | None:
    """Find an entry, also one that has ended."""
    query = f"select {COLUMNS} from suppressions where tenant_id = $1 and id = $2"  # noqa: S608 our own columns
    row = await connection.fetchrow(f"{query} for update" if lock else query, tenant_id, suppression_id)
    return SuppressionRow(*row.values()) if row else None


async def history(connection: Connection, tenant_id: UUID, emails: Sequence[str], limit: int) -> list[SuppressionRow]:
    """Find all that was ever entered for addresses, the newest first."""
    rows = await connection.fetch(
        f"""select {COLUMNS} from suppressions where tenant_id = $1 and email = any ($2)
            order by id desc limit $3""",  # noqa: S608 our own columns
        tenant_id,
        emails,
        limit,
    )
    return [SuppressionRow(*row.values()) for row in rows]


async def page(
    connection: Connection, tenant_id: UUID, filters: Filters, limit: int, after: UUID | None
) -> list[SuppressionRow]:
    """Find entries, the newest first."""
    conditions, values = _conditions(filters, after)
    where = " and ".join(["tenant_id = $1", *conditions])
    select = f"select {COLUMNS} from suppressions where {where}"  # noqa: S608 conditions are ours, values are bound
    rows = await connection.fetch(f"{select} order by id desc limit ${len(values) + 2}", tenant_id, *values, limit)
    return [SuppressionRow(*row.values()) for row in rows]


def _conditions(filters: Filters, after: UUID | None) -> tuple[list[str], list[object]]:
    """Make the conditions that the filters ask for, with their values from $2 on."""
    wanted: list[tuple[str, object]] = [
        ("id < ${}", after),
        ("email = ${}", filters.email),
        ("split_part(email, '@', 2) = ${}", filters.domain),
        ("reason = ${}", filters.reason),
        ("stream in ('', ${})", filters.stream),
        ("for_clients = ${}", filters.for_clients),
        ("id >= ${}", filters.since and ids.lower_bound(filters.since)),
        ("id < ${}", filters.until and ids.lower_bound(filters.until)),
    ]
    given = [(condition, value) for condition, value in wanted if value is not None]
    conditions = [condition.format(number) for number, (condition, _) in enumerate(given, start=2)]
    if filters.status is not None:
        conditions.append("ended_at is null" if filters.status == "active" else "ended_at is not null")
    return conditions, [value for _, value in given]
