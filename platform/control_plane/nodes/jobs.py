"""What keeps the fleet's register true when nobody asks: tenants reach every node, silent nodes are told of."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

from control_plane.core.jobs import Job, JobContext
from control_plane.nodes import channels, placements, service
from control_plane.nodes.service import alarm, history, peers

Sweep: TypeAlias = Callable[[JobContext], Awaitable[None]]


async def fill_placements(context: JobContext) -> None:
    """Place tenants on nodes where that is missing and send the nodes their items."""
    async with context.db.fleet_tx() as tx:
        await service.place_everywhere(tx)
    await placements.fill(context.db, context.vault, context.clock)


async def tell_peers(context: JobContext) -> None:
    """Tell nodes who the others are, where that has changed."""
    await peers.publish(context.db)


async def lose_silent_nodes(context: JobContext) -> None:
    """Mark nodes as lost that were not heard of for a minute; write to operators of those that stay away."""
    await alarm.lose_silent(context.db, context.clock)
    await alarm.write_letters(context.db, context.clock)


async def tell_changes(context: JobContext) -> None:
    """Make events of nodes that joined or were lost."""
    await alarm.tell_changes(context.db, context.clock)


async def take_samples(context: JobContext) -> None:
    """Keep a few numbers of how each node is, for its charts."""
    await history.take_samples(context.db, context.clock)


def jobs(outfit: Sequence[Sweep]) -> tuple[Job, ...]:
    """Give the jobs, with the sweeps of others that bring each node what the fleet has: a new one waits for none."""

    async def outfit_nodes(context: JobContext) -> None:
        for bring in outfit:
            await bring(context)

    return (
        Job(name=channels.FILL_JOB, run=fill_placements, every_seconds=60, timeout_seconds=600),
        Job(name=channels.OUTFIT_JOB, run=outfit_nodes, timeout_seconds=600),
        Job(name=channels.PEERS_JOB, run=tell_peers, every_seconds=60),
        Job(name="nodes.lose_silent", run=lose_silent_nodes, every_seconds=15),
        Job(name="nodes.tell_changes", run=tell_changes, every_seconds=5),
        Job(name="nodes.take_samples", run=take_samples, every_seconds=300),
    )
