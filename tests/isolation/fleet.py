"""Things of the fleet that no operation makes, or not with an id of their own."""

import secrets
from uuid import UUID

from control_plane.core import ids
from control_plane.core.clock import SystemClock
from control_plane.core.database import Database
from control_plane.nodes import service as nodes
from control_plane.rollouts import service as rollouts
from control_plane.rollouts.schemas import DaemonParameters, NewRollout
from control_plane.shaping import service as shaping
from control_plane.shaping.schemas import NewShapingRules, ShapingChanges
from control_plane.warmup import service as warmups
from tests.isolation.places import Place, some_node


async def shaping_version(db: Database, _: Place) -> str:
    """Save the shaping rules once; gives the version's id."""
    async with db.fleet_tx() as tx:
        await shaping.save(tx, NewShapingRules(changes=ShapingChanges(), reason="Nothing to change"))
        return (await shaping.list_versions(tx, None, 1)).data[0].id


async def rollout(db: Database, _: Place) -> str:
    """Begin a roll-out; gives its id."""
    return await make_rollout(db)


async def make_rollout(db: Database) -> str:
    """Begin a roll-out, in the place of one that is under way; gives its id."""
    value = f"{secrets.randbelow(500) + 60}s"
    new = NewRollout(kind="daemons", daemons=DaemonParameters(postfix={"max_idle": value}))
    async with db.fleet_tx() as tx:
        await tx.connection.execute("update rollouts set status = 'aborted', ended_at = now() where ended_at is null")
        made = await nodes.register_node(tx, some_node())
        node_id = ids.decode("nod", made.id)
        await tx.connection.execute("update nodes set status = 'ready' where id = $1", node_id)
        return (await rollouts.start(tx, SystemClock(), new)).id


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


async def move(db: Database, place: Place) -> str:
    """Let a mailbox wait for its turn to move; gives the move's id."""
    return (await make_moves(db, place.id, place.domain))[1]


async def move_batch(db: Database, place: Place) -> str:
    """Let a mailbox wait for its turn to move; gives the id of what was asked for."""
    return (await make_moves(db, place.id, place.domain))[0]


async def make_moves(db: Database, tenant_id: UUID, domain: str) -> tuple[str, str]:
    """Let a mailbox of a domain wait for its turn to move; gives the ids of what was asked for and of the move."""
    batch_id, move_id = ids.new_uuid(), ids.new_uuid()
    async with db.fleet_tx() as tx:
        source = await nodes.register_node(tx, some_node())
        await tx.connection.execute(
            "insert into move_batches (id, kind, name, created_at) values ($1, 'mailbox', 'ann', now())", batch_id
        )
        await tx.connection.execute(
            """insert into moves (tenant_id, id, batch_id, mailbox_id, address, source_id, created_at)
               values ($1, $2, $3, $2, 'ann@' || $4, $5, now())""",
            tenant_id,
            move_id,
            batch_id,
            domain,
            ids.decode("nod", source.id),
        )
    return ids.encode("mvb", batch_id), ids.encode("mov", move_id)
