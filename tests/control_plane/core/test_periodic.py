"""What is done periodically goes on after failures, and ends without being cut off."""

import asyncio

from control_plane.core.periodic import periodically


async def test_it_goes_on_after_a_failure() -> None:
    times = 0
    thrice = asyncio.Event()

    async def act() -> None:
        nonlocal times
        times += 1
        if times == 3:
            thrice.set()
        raise RuntimeError

    async with periodically(0, "test", act):
        await asyncio.wait_for(thrice.wait(), 10)


async def test_what_is_under_way_is_ended_and_not_cut_off() -> None:
    began, go_on, done = asyncio.Event(), asyncio.Event(), False

    async def act() -> None:
        nonlocal done
        began.set()
        await go_on.wait()
        done = True

    async with periodically(60, "test", act):
        await began.wait()
        asyncio.get_running_loop().call_soon(go_on.set)
    assert done
