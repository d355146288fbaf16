import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

import pytest

from control_plane import worker
from control_plane.core.database import Database
from control_plane.core.jobs import DuplicateJob, Job, JobContext, collect
from control_plane.core.runtime import Runtime


@asynccontextmanager
async def working(runtime: Runtime, *jobs: Job) -> AsyncGenerator[None]:
    """Run a worker in this process meanwhile."""
    stop = asyncio.Event()
    task = asyncio.create_task(worker.work(runtime, jobs, stop))
    try:
        yield
    finally:
        stop.set()
        await task


async def roll_back(db: Database, name: str, *ids: str) -> None:
    """Trigger a job in a transaction that fails."""
    with suppress(RuntimeError):
        async with db.public_tx() as tx:
            tx.outbox.trigger(name, *ids)
            raise RuntimeError


async def test_a_trigger_that_was_committed_runs_its_job(runtime: Runtime, db: Database) -> None:
    got: asyncio.Queue[tuple[str, ...]] = asyncio.Queue()

    async def take(_: JobContext, *ids: str) -> None:
        got.put_nowait(ids)

    async with working(runtime, Job(name="tests.take", run=take)):
        async with db.public_tx() as tx:
            tx.outbox.trigger("tests.take", "a", "b")
            tx.outbox.trigger("tests.take", "a", "b")
        assert await asyncio.wait_for(got.get(), 10) == ("a", "b")
        await roll_back(db, "tests.take", "never")
        async with db.public_tx() as tx:
            tx.outbox.trigger("tests.take", "c")
        assert await asyncio.wait_for(got.get(), 10) == ("c",)


async def test_a_trigger_that_waits_is_not_enqueued_again_and_one_that_comes_during_its_job_is(
    runtime: Runtime, db: Database
) -> None:
    begun: asyncio.Queue[asyncio.Event] = asyncio.Queue()

    async def take(_: JobContext) -> None:
        may_end = asyncio.Event()
        begun.put_nowait(may_end)
        await may_end.wait()

    async def trigger() -> None:
        async with db.public_tx() as tx:
            tx.outbox.trigger("tests.wait")

    for _ in range(3):
        await trigger()
    async with working(runtime, Job(name="tests.wait", run=take)):
        first = await asyncio.wait_for(begun.get(), 10)
        await trigger()
        second = await asyncio.wait_for(begun.get(), 10)
        first.set()
        second.set()
        await trigger()
        (await asyncio.wait_for(begun.get(), 10)).set()
        assert begun.empty()


async def test_a_trigger_for_later_gathers_what_comes_until_then(runtime: Runtime, db: Database) -> None:
    got: asyncio.Queue[tuple[str, ...]] = asyncio.Queue()
    clock = asyncio.get_running_loop().time
    begun = clock()

    async def take(_: JobContext, *ids: str) -> None:
        got.put_nowait(ids)

    for _ in range(3):
        async with db.public_tx() as tx:
            tx.outbox.trigger("tests.take", "later", after_seconds=0.5)
    async with working(runtime, Job(name="tests.take", run=take)):
        assert await asyncio.wait_for(got.get(), 10) == ("later",)
        assert clock() - begun >= 0.49  # Valkey's clock is in whole milliseconds
        async with db.public_tx() as tx:
            tx.outbox.trigger("tests.take", "now")
        assert await asyncio.wait_for(got.get(), 10) == ("now",)


async def test_a_sweep_runs_again_after_it_failed(runtime: Runtime) -> None:
    runs = 0
    twice = asyncio.Event()

    async def fail(_: JobContext) -> None:
        nonlocal runs
        runs += 1
        if runs > 1:
            twice.set()
        raise ValueError

    async with working(runtime, Job(name="tests.fail", run=fail, every_seconds=0.01)):
        await asyncio.wait_for(twice.wait(), 10)


def test_two_jobs_of_one_name_are_refused() -> None:
    async def nothing(_: JobContext) -> None: ...

    job = Job(name="tests.same", run=nothing)
    with pytest.raises(DuplicateJob):
        collect([(job,), (job,)])
