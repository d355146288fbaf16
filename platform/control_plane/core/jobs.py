"""Work outside requests: a job has a full name and takes ids; a sweep is a job that also runs by itself every so often.

A trigger is only a hint (see `core.outbox`): a job must find out from the database what is to be done, and be safe to
run twice, at the same time too. Each feature's `jobs.py` exports `JOBS`.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import TypeAlias

import msgspec

from control_plane.core.runtime import Runtime

JobContext: TypeAlias = Runtime

MOST_AT_ONCE = 100
"""Jobs that a worker runs for triggers at a time."""


class DuplicateJob(Exception):
    """Two jobs have the same name; the queue would run only one of them."""


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """Something a worker can run."""

    name: str
    """`<feature>.<verb>`, as in `webhooks.send`."""
    run: Callable[..., Awaitable[None]]
    """Takes the `JobContext`, then the trigger's ids as text."""
    every_seconds: float | None = None
    """For a sweep: the pause between two runs in one worker. It runs without ids."""
    timeout_seconds: float = 60


def collect(features: Iterable[tuple[Job, ...]]) -> tuple[Job, ...]:
    """Put the features' jobs together; raises `DuplicateJob`."""
    jobs = tuple(job for feature in features for job in feature)
    names = [job.name for job in jobs]
    for name in names:
        if names.count(name) > 1:
            raise DuplicateJob(name)
    return jobs
