"""Mail that was routed, as the app role for the bound tenant; what is old, as the fleet role."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from control_plane.core.database import Connection
from control_plane.core.tenancy import bound_tenant
from control_plane.inbound_routes.schemas import MessageStatus

_COLUMNS = (
    """id, route_id, status, note, recipient, sender, client, from_email, subject, received_at, size, spam_score"""
)


class MessageRow(msgspec.Struct, frozen=True, kw_only=True):
    """A mail and what became of it, without its content."""

    id: UUID
    route_id: UUID
    status: MessageStatus
    note: str | None
    recipient: str
    sender: str
    client: str | None
    from_email: str
    subject: str
    received_at: datetime
    size: int
    spam_score: float | None


_INSERT = f"""
insert into inbound_messages (tenant_id, {_COLUMNS})
select $1, * from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
  $10::text[], $11::timestamptz[], $12::int[], $13::real[])
on conflict do nothing returning id"""  # noqa: S608 our own columns


async def insert(connection: Connection, rows: Sequence[MessageRow]) -> set[UUID]:
    """Store mails that are not there yet; gives the new ones' ids."""
    columns = zip(*map(msgspec.structs.astuple, rows), strict=True)
    found = await connection.fetch(_INSERT, bound_tenant(), *map(list, columns))
    return {row["id"] for row in found}


async def insert_contents(connection: Connection, contents: Mapping[UUID, bytes]) -> None:
    """Keep mails themselves."""
    await connection.execute(
        """insert into inbound_contents (tenant_id, message_id, raw)
           select $1, * from unnest($2::uuid[], $3::bytea[])""",
        bound_tenant(),
        list(contents),
        list(contents.values()),
    )


async def find(connection: Connection, message_id: UUID, *, lock: bool = False) -> MessageRow | None:
    """Find a mail."""
    query = f"select {_COLUMNS} from inbound_messages where tenant_id = $1 and id = $2"  # noqa: S608 our own columns
    row = await connection.fetchrow(f"{query} for update" if lock else query, bound_tenant(), message_id)
    return None if row is None else _read(row)


async def content(connection: Connection, message_id: UUID) -> bytes | None:
    """Give a mail itself."""
    found: bytes | None = await connection.fetchval(
        "select raw from inbound_contents where tenant_id = $1 and message_id = $2", bound_tenant(), message_id
    )
    return found


async def page(
    connection: Connection, status: MessageStatus | None, route_id: UUID | None, after: UUID | None, limit: int
) -> list[MessageRow]:
    """List mails, newest first."""
    rows = await connection.fetch(
        f"""select {_COLUMNS} from inbound_messages
            where tenant_id = $1 and ($2::text is null or status = $2) and ($3::uuid is null or route_id = $3)
              and ($4::uuid is null or id < $4)
            order by id desc limit $5""",  # noqa: S608 our own columns
        bound_tenant(),
        status,
        route_id,
        after,
        limit,
    )
    return [_read(row) for row in rows]


async def settle(
    connection: Connection, message_id: UUID, status: MessageStatus, route_id: UUID, note: str | None
) -> None:
    """Note what became of a mail that was held."""
    await connection.execute(
        "update inbound_messages set status = $3, route_id = $4, note = $5 where tenant_id = $1 and id = $2",
        bound_tenant(),
        message_id,
        status,
        route_id,
        note,
    )


async def forget_content(connection: Connection, message_id: UUID) -> None:
    """Throw a mail itself away."""
    await connection.execute(
        "delete from inbound_contents where tenant_id = $1 and message_id = $2", bound_tenant(), message_id
    )


async def purge_elsewhere(connection: Connection, message_id: UUID, public_id: str) -> None:
    """Throw away what is left of a mail besides its content: in its event, and as it was handed up."""
    await connection.execute("select purge_received($1, $2, $3)", bound_tenant(), message_id, public_id)


async def crowded(connection: Connection, most_bytes: int) -> list[UUID]:
    """List the tenants of whose mail more is kept than so many bytes (fleet role)."""
    rows = await connection.fetch(
        """select m.tenant_id from inbound_contents c
           join inbound_messages m on (m.tenant_id, m.id) = (c.tenant_id, c.message_id)
           where session_user = 'fleetpost_fleet' group by m.tenant_id having sum(m.size) > $1""",
        most_bytes,
    )
    return [row["tenant_id"] for row in rows]


async def forget_oldest(connection: Connection, tenant_id: UUID, most_bytes: int, most: int) -> int:
    """Throw the oldest mails themselves away of what a tenant keeps beyond so many bytes (fleet role)."""
    found: int = await connection.fetchval(
        """with kept as (
             select m.id, sum(m.size) over (order by m.id desc) as bytes
             from inbound_contents c join inbound_messages m on (m.tenant_id, m.id) = (c.tenant_id, c.message_id)
             where m.tenant_id = $1 and session_user = 'fleetpost_fleet'),
           gone as (
             delete from inbound_contents where tenant_id = $1 and message_id in (
               select id from kept where bytes > $2 order by id limit $3)
             returning 1)
           select count(*) from gone""",
        tenant_id,
        most_bytes,
        most,
    )
    return found


async def forget(connection: Connection, before: datetime, most: int) -> int:
    """Drop mails that were received before a moment (fleet role)."""
    found: int = await connection.fetchval(
        """with old as (
             select tenant_id, id from inbound_messages
             where received_at < $1 and session_user = 'fleetpost_fleet' order by received_at limit $2),
           emptied as (
             delete from inbound_contents c using old where (c.tenant_id, c.message_id) = (old.tenant_id, old.id)),
           gone as (
             delete from inbound_messages m using old where (m.tenant_id, m.id) = (old.tenant_id, old.id) returning 1)
           select count(*) from gone""",
        before,
        most,
    )
    return found


def _read(row: asyncpg.Record) -> MessageRow:
    return MessageRow(**dict(row))
