"""Mails go up one by one, whatever the control plane answers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import msgspec
import pytest

from tenant_agent.backoff import Backoff
from tenant_agent.inbound.hand_up import _REST_SECONDS, Uploader
from tenant_agent.inbound.shelf import Kept, Shelf
from tests.tenant_agent.inbound.control import Intake, intake
from tests.tenant_agent.inbound.test_shelf import kept, put
from tests.tenant_agent.real_postfix import eventually


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "inbound", least_free_bytes=0)


@asynccontextmanager
async def handing_up(shelf: Shelf, control: Intake) -> AsyncIterator[Uploader]:
    uploader = Uploader(shelf, control.url, lambda: "fpn_x", None, backoff=Backoff(0.01, 0.02))
    running = asyncio.create_task(uploader.run())
    try:
        yield uploader
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


def fill(shelf: Shelf, letters: str) -> None:
    for letter in letters:
        put(shelf, kept(f"06f00000000000000000000{letter}00"))


async def test_everything_goes_up_the_oldest_first(shelf: Shelf) -> None:
    fill(shelf, "abcde")
    async with intake() as control, handing_up(shelf, control):
        await eventually(lambda: len(shelf) == 0)
    order = [headers["fleetpost-id"][-3] for headers, _ in control.mails]
    assert sorted(order[:2]) == ["a", "b"]
    assert order[-1] == "e"
    assert control.mails[0][1] == kept().raw


async def test_what_comes_later_goes_up_too(shelf: Shelf) -> None:
    async with intake() as control, handing_up(shelf, control) as uploader:
        fill(shelf, "a")
        uploader.wake()
        await eventually(lambda: len(control.mails) == 1)


@pytest.mark.parametrize("status", [400, 404, 413, 422])
async def test_what_will_never_be_taken_is_kept_aside_and_not_tried_again(
    shelf: Shelf, tmp_path: Path, status: int
) -> None:
    fill(shelf, "a")
    async with intake() as control:
        control.answers = [status]
        async with handing_up(shelf, control):
            await eventually(lambda: len(shelf) == 0)
    assert control.mails == []
    assert [path.name[-3] for path in (tmp_path / "inbound/aside").iterdir()] == ["a"]


@pytest.mark.parametrize("status", [401, 403, 408, 429, 500, 502, 503])
async def test_what_is_not_the_mails_fault_is_waited_out(shelf: Shelf, status: int) -> None:
    fill(shelf, "ab")
    async with intake() as control:
        control.answers = [status] * 5
        async with handing_up(shelf, control):
            await eventually(lambda: len(shelf) == 0)
    assert len(control.mails) == 2


async def test_one_that_always_fails_does_not_hold_up_the_others(shelf: Shelf) -> None:
    fill(shelf, "abc")
    async with intake() as control:
        control.fails_for = "06f00000000000000000000a00"
        async with handing_up(shelf, control):
            await eventually(lambda: len(control.mails) == 2 and shelf.first(9) == ["06f00000000000000000000a00"])
    assert shelf.first(9) == ["06f00000000000000000000a00"]


async def test_of_whom_enough_waits_up_there_holds_nobody_else_up(shelf: Shelf) -> None:
    for letter, owner in zip("abcdef", ("ten_1",) * 4 + ("ten_2",) * 2, strict=True):
        mail = kept(f"06f00000000000000000000{letter}00")
        shelf.add(mail.headers.id, shelf.write(mail), owner)
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        await asyncio.sleep(0)

    async with intake() as control:
        control.answers = [429, 429]
        uploader = Uploader(shelf, control.url, lambda: "fpn_x", None, sleep=pause)
        running = asyncio.create_task(uploader.run())
        await eventually(lambda: len(shelf) == 0)
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
    order = [headers["fleetpost-id"][-3] for headers, _ in control.mails]
    assert (sorted(order[:2]), sorted(order[2:])) == (["e", "f"], ["a", "b", "c", "d"])
    assert pauses == [_REST_SECONDS]


@pytest.mark.parametrize("recipient", ["\xe9@reports.test", "\u2603@reports.test"])
async def test_one_that_no_request_can_carry_is_kept_aside(shelf: Shelf, tmp_path: Path, recipient: str) -> None:
    whole = kept("06f00000000000000000000a00")
    put(shelf, Kept(msgspec.structs.replace(whole.headers, recipient=recipient), whole.raw))
    fill(shelf, "b")
    async with intake() as control, handing_up(shelf, control):
        await eventually(lambda: len(shelf) == 0)
    assert [path.name[-3] for path in (tmp_path / "inbound/aside").iterdir()] == ["a"]


async def test_nobody_listening_is_waited_out(shelf: Shelf) -> None:
    fill(shelf, "a")
    async with intake() as control:
        pass
    async with handing_up(shelf, control):
        await asyncio.sleep(0)
        assert len(shelf) == 1


async def test_a_file_that_somebody_damaged_is_kept_aside_and_one_that_is_gone_forgotten(
    shelf: Shelf, tmp_path: Path
) -> None:
    fill(shelf, "abc")
    (tmp_path / "inbound/06f00000000000000000000a00").write_bytes(b"{")
    (tmp_path / "inbound/06f00000000000000000000b00").unlink()
    async with intake() as control, handing_up(shelf, control):
        await eventually(lambda: len(shelf) == 0)
    assert len(control.mails) == 1
    assert [path.name[-3] for path in (tmp_path / "inbound/aside").iterdir()] == ["a"]
