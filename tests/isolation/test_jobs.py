"""Jobs take ids from a queue: those of somebody else, or none at all, must do no harm."""

import inspect
from contextlib import suppress

import asyncpg
import pytest

from control_plane.core import ids
from control_plane.core.jobs import Job
from control_plane.core.runtime import Runtime
from control_plane.worker import JOBS
from tests.cases import CASES
from tests.isolation.crossing import Crossing
from tests.isolation.samples import THINGS
from tests.isolation.superuser import digests

GARBAGE = ("", "x", "\0", "ten_" + "0" * 26, "00000000-0000-0000-0000-000000000000", "9" * 400)


def parameters_of(job: Job) -> list[str]:
    """Name the ids that a job takes."""
    return list(inspect.signature(job.run).parameters)[1:]


def with_ids() -> list[Job]:
    """List the jobs that take ids."""
    return [job for job in JOBS if parameters_of(job)]


@pytest.mark.parametrize("job", with_ids(), ids=lambda job: job.name)
async def test_a_job_does_no_harm_with_ids_that_do_not_belong_together(
    job: Job, crossing: Crossing, runtime: Runtime, all_seeing: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await crossing.prepare()
    victim, stranger = crossing.world.client, crossing.world.other_client
    made = crossing.made["client"].items()
    theirs = {name: str(ids.decode(THINGS[name].prefix, each)) for name, each in made if THINGS[name].prefix}
    before = await digests(all_seeing, [victim.id])
    for tenant in (str(stranger.id), stranger.public_id, *GARBAGE):
        values = [
            tenant if name in ("tenant_id", "tenant") else theirs.get(name, str(ids.new_uuid()))
            for name in parameters_of(job)
        ]
        if "tenant_id" not in parameters_of(job) and "tenant" not in parameters_of(job):
            values = [tenant for _ in values]  # a job that knows the tenant by its thing: only what is no thing
        with suppress(Exception):  # the worker writes it down and goes on
            await job.run(runtime, *values)
    assert await digests(all_seeing, [victim.id]) == before
    CASES["jobs with foreign ids"] = len(with_ids()) * (len(GARBAGE) + 2)
