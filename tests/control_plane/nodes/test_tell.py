"""Telling the operator what becomes of the fleet."""

import secrets

from control_plane.core.database import Database
from control_plane.core.ids import TenantId
from control_plane.nodes.service.tell import tell_operator


async def test_it_is_an_event_of_the_operator_at_the_root(db: Database, system_domain: TenantId) -> None:
    name = secrets.token_hex(8)
    async with db.fleet_tx() as tx:
        await tell_operator(tx, "node.lost", {"node_id": "nod_1", "name": name})
        told = await tx.connection.fetch(
            "select tenant_id, type from events where data ->> 'name' = $1 and type like 'node.%'", name
        )
    assert [tuple(row) for row in told] == [(system_domain, "node.lost")]
