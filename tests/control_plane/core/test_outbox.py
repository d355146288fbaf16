import asyncio

import pytest

from control_plane.core import outbox as outbox_module
from control_plane.core.outbox import Courier, JobTrigger, Outbox, Signal


class Neighbour:
    """Takes triggers and signals, fails, or never answers."""

    def __init__(self, failure: Exception | None = None, *, hangs: bool = False) -> None:
        self.failure = failure
        self.hangs = hangs
        self.got: list[JobTrigger | Signal] = []

    async def enqueue(self, trigger: JobTrigger) -> None:
        await self._take(trigger)

    async def publish(self, signals: list[Signal]) -> None:
        for signal in signals:
            await self._take(signal)

    async def _take(self, what: JobTrigger | Signal) -> None:
        if self.hangs:
            await asyncio.Event().wait()
        if self.failure is not None:
            raise self.failure
        self.got.append(what)


def full_outbox() -> Outbox:
    outbox = Outbox()
    outbox.trigger("tests.run", "a")
    outbox.trigger("tests.run", "a")
    outbox.signal("tests", "b")
    return outbox


async def test_signals_leave_before_jobs_and_each_once() -> None:
    neighbour = Neighbour()
    await Courier(neighbour, neighbour).send(full_outbox())
    assert neighbour.got == [Signal("tests", "b"), JobTrigger("tests.run", ("a",))]


@pytest.mark.parametrize("neighbour", [Neighbour(ConnectionError("away")), Neighbour(hangs=True)])
async def test_a_neighbour_that_is_away_fails_no_request(neighbour: Neighbour, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox_module, "_PATIENCE_SECONDS", 0.01)
    await Courier(neighbour, neighbour).send(full_outbox())
    assert neighbour.got == []
