"""The SQL of what nodes know of each other (fleet role)."""

from uuid import UUID

import msgspec

from control_plane.core.database import Connection
from control_plane.core.ids import NodeId

_ROWS = """
select id, name, hostname, host(service_address) as service_address, roles, fleet_certificate
from nodes where status <> 'retired' and roles && array['mx', 'mailbox'] order by id"""


class PeerRow(msgspec.Struct, frozen=True):
    """A node that takes mail or has mailboxes."""

    id: NodeId
    name: str
    hostname: str
    service_address: str
    roles: list[str]
    fleet_certificate: str | None
    """None until it has shown one."""


async def all_peers(connection: Connection) -> list[PeerRow]:
    """List all nodes that mail and logins are passed between."""
    return [PeerRow(**row) for row in await connection.fetch(_ROWS)]


async def certificate_of(connection: Connection, node_id: UUID) -> str | None:
    """Give the certificate that a node showed last."""
    found: str | None = await connection.fetchval("select fleet_certificate from nodes where id = $1", node_id)
    return found


async def keep_certificate(connection: Connection, node_id: UUID, certificate: str) -> None:
    """Note the certificate that a node showed."""
    await connection.execute("update nodes set fleet_certificate = $2 where id = $1", node_id, certificate)


async def without_peers(connection: Connection) -> list[NodeId]:
    """List the nodes that were told of others and do not take part any more."""
    rows = await connection.fetch(
        """select n.id from nodes n join node_items i on i.node_id = n.id and i.kind = 'peers' and i.payload is not null
           where not n.roles && array['mx', 'mailbox'] order by n.id"""
    )
    return [row["id"] for row in rows]
