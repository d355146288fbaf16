"""What a node has before its first mail."""

from control_plane import worker
from control_plane.core import ids
from control_plane.core.ids import NodeId
from control_plane.core.runtime import Runtime
from control_plane.nodes import channels
from control_plane.nodes import service as nodes
from tests.control_plane.conftest import MakeNode, new_node


async def kinds_on(runtime: Runtime, node_id: NodeId) -> set[str]:
    """Name the kinds of items that a node is to have."""
    async with runtime.db.fleet_tx() as tx:
        rows = await tx.connection.fetch(
            "select distinct kind from node_items where node_id = $1 and payload is not null", node_id
        )
    return {row["kind"] for row in rows}


async def test_who_registers_a_node_has_it_outfitted(runtime: Runtime) -> None:
    async with runtime.db.fleet_tx() as tx:
        node = await nodes.register_node(tx, new_node())
        assert channels.OUTFIT_JOB in {trigger.name for trigger in tx.outbox.jobs}
        await tx.connection.execute("update nodes set status = 'retired' where id = $1", ids.decode("nod", node.id))


async def test_a_new_node_is_told_how_the_fleet_sends_before_any_sweep(runtime: Runtime, make_node: MakeNode) -> None:
    node = await make_node()
    assert "shaping" not in await kinds_on(runtime, node.id)
    (outfit,) = [job for job in worker.JOBS if job.name == channels.OUTFIT_JOB]
    await outfit.run(runtime)
    assert "shaping" in await kinds_on(runtime, node.id)
