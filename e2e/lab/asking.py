"""Questions to the lab's database, as the fleet's role: for what no API tells."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import asyncpg

from e2e.lab.lab import Lab


def ask(lab: Lab, question: str, *arguments: object) -> Sequence[asyncpg.Record]:
    """Run a query. In a thread of its own: a browser that is open keeps an event loop in this one."""
    url = lab.control.environment()["FLEETPOST_FLEET_DATABASE_URL"]
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(_ask(url, question, arguments))).result()


async def _ask(url: str, question: str, arguments: Sequence[object]) -> Sequence[asyncpg.Record]:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetch(question, *arguments)
    finally:
        await connection.close()
