"""How many checks run at once."""

import asyncio

from control_plane.mail_domains.pace import Pace, adjusted


def test_a_process_that_is_late_does_less_at_once_and_one_that_is_idle_does_more() -> None:
    assert adjusted(100, 0.5, 256) == 70
    assert adjusted(8, 9.0, 256) == 8
    assert adjusted(100, 0.0, 256) == 108
    assert adjusted(255, 0.0, 256) == 256


async def test_turns_are_given_out_while_others_wait_for_slow_servers() -> None:
    pace, done = Pace(64), asyncio.Event()

    async def slow() -> None:
        await pace.take_turn()
        await done.wait()
        pace.end_turn()

    async with pace.kept(), asyncio.timeout(20):
        tasks = [asyncio.create_task(slow()) for _ in range(63)]
        await pace.take_turn()  # all the others are at it, and this one has its turn all the same
        pace.end_turn()
        done.set()
        await asyncio.gather(*tasks)


async def test_no_more_than_the_most_have_a_turn() -> None:
    pace = Pace(2)
    for _ in range(2):
        await pace.take_turn()
    waiting = asyncio.create_task(pace.take_turn())
    await asyncio.sleep(0)
    assert not waiting.done()
    pace.end_turn()
    await waiting
