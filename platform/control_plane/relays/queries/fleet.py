"""Relays as the fleet role sees them: those for everybody's mail, whose they are, and how nodes fare with them."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from control_plane.core.database import Connection
from control_plane.core.ids import NodeId, TenantId
from control_plane.relays.presets import RelayKind
from control_plane.relays.queries.relays import COLUMNS, RelayRow, read


class Hooked(msgspec.Struct, frozen=True, kw_only=True):
    """A relay whose provider tells us something."""

    tenant_id: TenantId
    for_all: bool
    kind: RelayKind
    hook_hash: bytes
    hook_key: bytes | None
    hook_topic: str


async def for_all(connection: Connection) -> list[RelayRow]:
    """List the relays for the mail of all tenants that are in use."""
    rows = await connection.fetch(
        f"""select {COLUMNS} from relays
            where for_all and status = 'active' and session_user = 'fleetpost_fleet' order by id"""  # noqa: S608 (ours)
    )
    return [read(row) for row in rows]


async def tenants_holding(connection: Connection) -> list[TenantId]:
    """List the tenants that have relays of their own."""
    rows = await connection.fetch(
        "select distinct tenant_id from relays where not for_all and session_user = 'fleetpost_fleet'"
    )
    return [TenantId(row["tenant_id"]) for row in rows]


async def hooked(connection: Connection, relay_id: UUID) -> Hooked | None:
    """Find a relay whoever's it is."""
    row = await connection.fetchrow(
        """select tenant_id, for_all, kind, hook_hash, hook_key, hook_topic from relays
           where id = $1 and session_user = 'fleetpost_fleet'""",
        relay_id,
    )
    return None if row is None else Hooked(**dict(row))


async def pin_topic(connection: Connection, relay_id: UUID, topic: str) -> bool:
    """Keep the topic that a relay's events come from; says no if it is another already."""
    pinned = await connection.fetchval(
        """update relays set hook_topic = $2
           where id = $1 and hook_topic in ('', $2) and session_user = 'fleetpost_fleet' returning id""",
        relay_id,
        topic,
    )
    return pinned is not None


async def sending_nodes(connection: Connection) -> list[NodeId]:
    """List the nodes that mail leaves from."""
    rows = await connection.fetch(
        "select id from nodes where 'outbound' = any (roles) and status <> 'retired' order by id"
    )
    return [NodeId(row["id"]) for row in rows]


async def published_on(connection: Connection, node_id: NodeId) -> list[str]:
    """List the relays for everybody's mail that a node knows."""
    rows = await connection.fetch(
        """select key from node_items
           where node_id = $1 and kind = 'relay' and tenant_id is null and payload is not null""",
        node_id,
    )
    return [row["key"] for row in rows]


async def said_of(connection: Connection, relay_ids: Sequence[str]) -> list[tuple[UUID, str, str | None, str | None]]:
    """Give of nodes that know it: node, relay, last error while it is not used there, and the last test (JSON)."""
    rows = await connection.fetch(
        """select n.id, r.id as relay_id, n.heartbeat -> 'relays_open' ->> r.id as error,
             (n.heartbeat -> 'relay_probes' -> r.id)::text as probe
           from nodes n cross join unnest($1::text[]) as r (id)
           where n.status in ('ready', 'draining')
             and (n.heartbeat -> 'relays_open' ? r.id or n.heartbeat -> 'relay_probes' ? r.id)
             and exists (select from node_items i
                         where i.node_id = n.id and i.kind = 'relay' and i.key = r.id and i.payload is not null)
           order by n.id""",
        relay_ids,
    )
    return [(row["id"], row["relay_id"], row["error"], row["probe"]) for row in rows]


async def owner_of(connection: Connection, domain: str) -> TenantId | None:
    """Find whose proven domain a name is."""
    found = await connection.fetchval(
        """select tenant_id from mail_domains
           where name = $1 and proven_at is not null and session_user = 'fleetpost_fleet'""",
        domain,
    )
    return None if found is None else TenantId(found)
