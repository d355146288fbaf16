"""Things of the fleet that no operation makes, or not with an id of their own."""

import secrets

from control_plane.core import ids
from control_plane.core.clock import SystemClock
from control_plane.core.database import Database
from control_plane.nodes import service as nodes
from control_plane.shaping import service as shaping
from control_plane.shaping.schemas import NewShapingRules, ShapingChanges
from control_plane.warmup import service as warmups
from tests.isolation.places import Place, some_node


async def shaping_version(db: Database, _: Place) -> str:
    """Save the shaping rules once; gives the version's id."""
    async with db.fleet_tx() as tx:
        await shaping.save(tx, NewShapingRules(changes=ShapingChanges(), reason="Nothing to change"))
        return (await shaping.list_versions(tx, None, 1)).data[0].id


async def warmup(db: Database, _: Place) -> str:
    """Begin a warm-up; gives the address's id."""
    return await make_warmup(db)


async def make_warmup(db: Database) -> str:
    """Put an address on a node and begin its warm-up; gives the address's id."""
    ip_id, node = ids.new_uuid(), some_node()
    async with db.fleet_tx() as tx:
        made = await nodes.register_node(tx, node)
        await tx.connection.execute(
            """insert into ips (id, pool_id, node_id, address, hostname, status)
               select $1, id, $2, $3::inet, 'out.fleet.test', 'warming' from ip_pools
               where tenant_id is null limit 1""",
            ip_id,
            ids.decode("nod", made.id),
            f"10.97.{secrets.randbelow(256)}.{secrets.randbelow(256)}",
        )
        await warmups.begin(tx, SystemClock(), ip_id, why="to see")
    return ids.encode("ip", ip_id)
