"""Relays as the app role sees them: the bound tenant's."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from control_plane.core.database import Connection
from control_plane.core.tenancy import bound_tenant
from control_plane.relays.presets import RelayKind, Tls
from control_plane.relays.schemas import Mode, RelayStatus, Stream

COLUMNS = """id, for_all, name, kind, host, port, tls, username, password, mode, weight, domains, streams, destinations,
  always_for, status, probe, probed_at, hook_hash, hook_key, version, created_at"""


class RelayRow(msgspec.Struct, frozen=True, kw_only=True):
    """A relay as it is stored."""

    id: UUID
    for_all: bool
    name: str
    kind: RelayKind
    host: str
    port: int
    tls: Tls
    username: str
    password: bytes
    """Encrypted."""
    mode: Mode
    weight: int
    domains: tuple[str, ...]
    streams: tuple[Stream, ...]
    destinations: tuple[str, ...]
    always_for: tuple[str, ...] = ()
    status: RelayStatus = "active"
    probe: str = ""
    probed_at: datetime | None = None
    hook_hash: bytes
    hook_key: bytes | None
    version: int = 1
    created_at: datetime


async def insert(connection: Connection, row: RelayRow, most: int) -> bool:
    """Store a new relay, unless the tenant has as many as it may; two at once may make one more."""
    values = (
        row.id, row.for_all, row.name, row.kind, row.host, row.port, row.tls, row.username, row.password, row.mode,
        row.weight, row.domains, row.streams, row.destinations, row.hook_hash, row.hook_key, row.created_at,
    )  # fmt: skip
    found = await connection.fetchval(
        """insert into relays (tenant_id, id, for_all, name, kind, host, port, tls, username, password, mode, weight,
             domains, streams, destinations, hook_hash, hook_key, created_at)
           select $1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19
           where (select count(*) from relays where tenant_id = $1) < $2 returning id""",
        bound_tenant(),
        most,
        *values,
    )
    return found is not None


async def find(connection: Connection, relay_id: UUID, *, lock: bool = False) -> RelayRow | None:
    """Find a relay by its id, and keep others from changing it meanwhile."""
    query = f"select {COLUMNS} from relays where tenant_id = $1 and id = $2"  # noqa: S608 (columns of our own)
    row = await connection.fetchrow(query + (" for update" if lock else ""), bound_tenant(), relay_id)
    return None if row is None else read(row)


async def page(connection: Connection, after: UUID | None, limit: int) -> list[RelayRow]:
    """List relays, newest first."""
    rows = await connection.fetch(
        f"""select {COLUMNS} from relays where tenant_id = $1 and ($2::uuid is null or id < $2)
            order by id desc limit $3""",  # noqa: S608 (columns of our own)
        bound_tenant(),
        after,
        limit,
    )
    return [read(row) for row in rows]


async def all_rows(connection: Connection, *, lock: bool = False) -> list[RelayRow]:
    """List all of the tenant's relays."""
    query = f"select {COLUMNS} from relays where tenant_id = $1 order by id"  # noqa: S608 (columns of our own)
    return [read(row) for row in await connection.fetch(query + (" for update" if lock else ""), bound_tenant())]


async def save(connection: Connection, row: RelayRow) -> None:
    """Store a changed relay."""
    await connection.execute(
        """update relays set name = $3, host = $4, port = $5, tls = $6, username = $7, password = $8, mode = $9,
             weight = $10, domains = $11, streams = $12, destinations = $13, always_for = $14, status = $15,
             probe = $16, probed_at = $17, hook_hash = $18, hook_key = $19, version = $20
           where tenant_id = $1 and id = $2""",
        bound_tenant(),
        row.id,
        *(row.name, row.host, row.port, row.tls, row.username, row.password, row.mode, row.weight, row.domains),
        *(row.streams, row.destinations, row.always_for, row.status, row.probe, row.probed_at),
        *(row.hook_hash, row.hook_key, row.version),
    )


async def delete(connection: Connection, relay_id: UUID) -> None:
    """Remove a relay."""
    await connection.execute("delete from relays where tenant_id = $1 and id = $2", bound_tenant(), relay_id)


async def own_domains(connection: Connection, names: Sequence[str]) -> set[str]:
    """Give those of the names that are domains of the tenant's."""
    rows = await connection.fetch(
        "select name from mail_domains where tenant_id = $1 and name = any ($2)", bound_tenant(), names
    )
    return {row["name"] for row in rows}


async def domain_name(connection: Connection, domain_id: UUID) -> str | None:
    """Give the name of a domain of the tenant's."""
    name: str | None = await connection.fetchval(
        "select name from mail_domains where tenant_id = $1 and id = $2", bound_tenant(), domain_id
    )
    return name


async def counts(connection: Connection, relay_id: str, since_id: UUID) -> dict[str, int]:
    """Count the tenant's events of mail that left by a relay, by type; of deliveries only what nodes say."""
    rows = await connection.fetch(
        """select type, count(*) as events from events
           where tenant_id = $1 and coalesce(data -> 'route' ->> 'relay_id', data ->> 'relay_id') = $2 and id >= $3
             and (type <> 'message.delivered' or data ? 'node_id') group by type""",
        bound_tenant(),
        relay_id,
        since_id,
    )
    return {row["type"]: row["events"] for row in rows}


def read(row: asyncpg.Record) -> RelayRow:
    """Read a row."""
    found = RelayRow(**row)
    lists = {name: tuple(row[name]) for name in ("domains", "streams", "destinations", "always_for")}
    return msgspec.structs.replace(found, **lists)
