"""Many questions asked as one."""

import asyncio
from collections.abc import Sequence

import pytest

from control_plane.nodes.link.together import Together


class Oracle:
    """Doubles numbers; waits until it may answer, and remembers what it was asked together."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []
        self.was_asked = asyncio.Event()
        self.may_answer = asyncio.Event()

    async def answer(self, numbers: Sequence[int]) -> list[int]:
        self.asked.append(list(numbers))
        self.was_asked.set()
        await self.may_answer.wait()
        if 13 in numbers:
            raise ValueError("unlucky")
        return [2 * number for number in numbers]


async def test_what_comes_in_while_one_question_is_under_way_goes_into_the_next() -> None:
    oracle = Oracle()
    together = Together(oracle.answer, most=3)
    first = asyncio.create_task(together.ask(1))
    await oracle.was_asked.wait()
    others = [asyncio.create_task(together.ask(number)) for number in range(2, 7)]
    await asyncio.sleep(0)
    oracle.may_answer.set()
    assert await asyncio.gather(first, *others) == [2, 4, 6, 8, 10, 12]
    assert oracle.asked == [[1], [2, 3, 4], [5, 6]]


async def test_an_error_reaches_those_who_asked_with_it_and_nobody_else() -> None:
    oracle = Oracle()
    oracle.may_answer.set()
    together = Together(oracle.answer, most=2)
    answers = await asyncio.gather(*(together.ask(number) for number in (1, 13, 3)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [ValueError, ValueError, int]
    assert await together.ask(4) == 8


async def test_who_gave_up_waiting_is_left_out() -> None:
    oracle = Oracle()
    together = Together(oracle.answer, most=5)
    first, gone = asyncio.create_task(together.ask(1)), asyncio.create_task(together.ask(2))
    await asyncio.sleep(0)
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    oracle.may_answer.set()
    assert await first == 2
    assert await together.ask(3) == 6
