"""Simulated agents by the hundred in one process: real WebSockets and real frames, and nothing behind them.

`python -m benchmarks.fleet_agents PORT FILE`: FILE has a node's credential on each line, and before them the public
keys that bundles are signed with; it is gone once it is read. Prints `ready` when all have their state. A change to an
item whose key begins with `all-` is waited for at every agent, one that begins with `one-` at one; then a line of JSON
says when each had it.
"""

import asyncio
import json
import sys
import time
from collections import defaultdict
from pathlib import Path

import msgspec
import uvloop
from websockets.asyncio.client import ClientConnection, connect

from tenant_agent import wire

_AT_ONCE = 25


class Crowd:
    """All agents of this process, and what they have seen."""

    def __init__(self, port: int, keys: tuple[str, ...], credentials: list[str]) -> None:
        self._url = f"ws://127.0.0.1:{port}{wire.LINK_PATH}"
        self._keys = keys
        self._credentials = credentials
        self._connecting = asyncio.Semaphore(_AT_ONCE)
        self._settled = 0
        self._seen: dict[str, list[float]] = defaultdict(list)

    async def run(self) -> None:
        """Be connected until a connection ends, which none should."""
        async with asyncio.TaskGroup() as tasks:
            for credential in self._credentials:
                tasks.create_task(self._agent(credential))

    async def _agent(self, credential: str) -> None:
        async with self._connecting:
            connection = await connect(
                self._url,
                additional_headers={"Authorization": f"Bearer {credential}"},
                compression=None,
                max_size=wire.MAX_FRAME_BYTES,
                ping_interval=None,
                open_timeout=60,
                proxy=None,
            )
            await connection.send(wire.encode(self._hello()))
            generation = await self._apply_first(connection)
        async with connection, asyncio.TaskGroup() as tasks:
            tasks.create_task(_beat(connection, generation))
            await self._apply(connection)

    def _hello(self) -> wire.Hello:
        version = wire.WIRE_VERSION
        return wire.Hello(wire_version=version, agent_version="bench", generation=0, bundle_keys=self._keys)

    async def _apply_first(self, connection: ClientConnection) -> int:
        changes: wire.Changes | None = None
        while changes is None or changes.more:
            changes = _changes(await connection.recv()) or changes
        await connection.send(wire.encode(wire.Applied(generation=changes.generation)))
        await connection.send(wire.encode(wire.Credit(deliveries=100)))
        self._settled += 1
        if self._settled == len(self._credentials):
            print("ready", flush=True)
        return changes.generation

    async def _apply(self, connection: ClientConnection) -> None:
        async for data in connection:
            changes = _changes(data)
            if changes is None:
                continue
            now = time.monotonic()
            for change in changes.changes:
                self._note(change.key, now)
            await connection.send(wire.encode(wire.Applied(generation=changes.generation)))

    def _note(self, key: str, now: float) -> None:
        times = self._seen[key]
        times.append(now)
        if len(times) == (len(self._credentials) if key.startswith("all-") else 1):
            print(json.dumps({"key": key, "times": times}), flush=True)


async def _beat(connection: ClientConnection, generation: int) -> None:
    while True:
        await asyncio.sleep(10)
        beat = wire.Heartbeat(at_ms=time.time_ns() // 1_000_000, generation=generation, queue={"active": 0})
        await connection.send(wire.encode(beat))


def _changes(data: str | bytes) -> wire.Changes | None:
    """Read a frame of changes, signed or not; verifying them is the nodes' work, not this machine's."""
    frame = wire.decode_from_control(data if isinstance(data, bytes) else data.encode())
    if isinstance(frame, wire.Bundle):
        return msgspec.msgpack.decode(frame.payload, type=wire.SignedChanges).changes
    return frame if isinstance(frame, wire.Changes) else None


def main() -> None:
    """Run it."""
    file = Path(sys.argv[2])
    keys, *credentials = file.read_text().splitlines()
    file.unlink()
    uvloop.run(Crowd(int(sys.argv[1]), tuple(keys.split()), credentials).run())


if __name__ == "__main__":
    main()
