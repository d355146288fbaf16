"""The SQL of a tenant's export: every table with its rows that the application role may read, but no secrets."""

from collections.abc import Mapping, Sequence

import msgspec

from control_plane.core.database import Connection
from control_plane.core.tenancy import bound_tenant

_SECRET_WORDS = ("password", "secret", "token", "private", "hash", "lookup", "recovery", "totp", "sealed", "challenge")
_LEFT_OUT = ("idempotency_keys", "audit_heads", "placements", "delivery_deltas")
"""The platform's own bookkeeping."""

_TABLES = """
select c.relname as name,
  array(select attname::text from pg_attribute a join pg_index i on i.indrelid = c.oid and i.indisprimary
        where a.attrelid = c.oid and a.attnum = any (i.indkey)
        order by array_position(i.indkey::int2[], a.attnum)) as key,
  array(select attname::text from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attname !~ $1
          and (a.atttypid <> 'bytea'::regtype or (c.relname, a.attname) = ('messages', 'content'))
          and has_column_privilege(c.oid, a.attnum, 'select') order by a.attnum) as columns
from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
  and c.relname <> all ($2) and ($3::text is null or c.relname = $3)
  and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id'
    and has_column_privilege(c.oid, a.attnum, 'select'))
order by c.relname"""

_PEOPLE = """
select jsonb_build_object('id', u.id, 'email', u.email, 'name', u.name, 'role', m.role)::text as row
from memberships m join users u on u.id = m.user_id where m.tenant_id = $1 order by u.id"""


class ExportedRow(msgspec.Struct, frozen=True):
    """A row as JSON, and its key for going on behind it."""

    row: str
    key: dict[str, object]


class _Table(msgspec.Struct, frozen=True):
    name: str
    key: list[str]
    columns: list[str]


async def tables(connection: Connection) -> list[str]:
    """List what is exported."""
    return [table.name for table in await _described(connection, None)]


async def people(connection: Connection) -> list[str]:
    """List the tenant's people, each as JSON."""
    return [row["row"] for row in await connection.fetch(_PEOPLE, bound_tenant())]


async def page(connection: Connection, table: str, after: Mapping[str, object] | None, limit: int) -> list[ExportedRow]:
    """Read a table's next rows of the bound tenant in the order of its key."""
    [described] = await _described(connection, table)
    behind = () if after is None else (msgspec.json.encode(after).decode(),)
    rows = await connection.fetch(_page_sql(described, first=after is None), bound_tenant(), limit, *behind)
    return [ExportedRow(row["row"], msgspec.json.decode(row["key"], type=dict[str, object])) for row in rows]


async def _described(connection: Connection, name: str | None) -> list[_Table]:
    rows = await connection.fetch(_TABLES, "|".join(_SECRET_WORDS), _LEFT_OUT, name)
    return [_Table(*row.values()) for row in rows if row["key"] and row["columns"]]


def _page_sql(table: _Table, *, first: bool) -> str:
    """Write the statement for one table; its names come from the catalogue and are quoted."""
    name, shown = _quoted(table.name), ", ".join(_shown(table.name, column) for column in table.columns)
    key = ", ".join(f"t.{_quoted(column)}" for column in table.key)
    key_json = ", ".join(f"'{column}', t.{_quoted(column)}" for column in table.key)
    start = "" if first else f"jsonb_populate_record(null::{name}, $3::jsonb) k cross join lateral "
    behind = "" if first else f"and ({key}) > ({_of_key(table.key)})"
    return f"""
        select r.shown::text as row, r.key::text as key from {start}(
          select to_jsonb(x) as shown, jsonb_build_object({key_json}) as key
          from {name} t cross join lateral (select {shown}) x
          where t.tenant_id = $1 {behind} order by {key} limit $2) r"""  # noqa: S608 names of our own catalogue


def _of_key(columns: Sequence[str]) -> str:
    return ", ".join(f"k.{_quoted(column)}" for column in columns)


def _shown(table: str, column: str) -> str:
    is_binary = (table, column) == ("messages", "content")
    return f"encode(t.{_quoted(column)}, 'base64') as content" if is_binary else f"t.{_quoted(column)}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
