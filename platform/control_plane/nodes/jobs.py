"""What keeps the fleet's register true when nobody asks: tenants reach every node, silent nodes are marked as lost."""

from control_plane.core.jobs import Job, JobContext
from control_plane.nodes import placements, service

FILL_JOB = "nodes.fill_placements"


async def fill_placements(context: JobContext) -> None:
    """Place tenants on nodes where that is missing and send the nodes their items."""
    async with context.db.fleet_tx() as tx:
        await service.place_everywhere(tx)
    await placements.fill(context.db, context.vault, context.clock)


async def lose_silent_nodes(context: JobContext) -> None:
    """Mark nodes as lost that were not heard of for a minute."""
    await service.lose_silent_nodes(context.db, context.clock)


JOBS = (
    Job(name=FILL_JOB, run=fill_placements, every_seconds=60, timeout_seconds=600),
    Job(name="nodes.lose_silent", run=lose_silent_nodes, every_seconds=15),
)
