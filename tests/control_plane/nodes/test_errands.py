"""What a connection does beside reading."""

import asyncio

import pytest

from control_plane.nodes.link.errands import Errand, Errands


class Shop:
    """Something to be done that waits until it may go on."""

    def __init__(self) -> None:
        self.begun = 0
        self.may_go_on = asyncio.Event()
        self.fails = False

    async def act(self) -> None:
        self.begun += 1
        await self.may_go_on.wait()
        if self.fails:
            raise OSError("closed")


async def turn() -> None:
    """Let all tasks go on as far as they can."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_asked_for_meanwhile_it_is_done_once_more_and_never_twice_at_a_time() -> None:
    shop = Shop()
    async with Errands() as errands:
        errand = Errand(errands, shop.act)
        for _ in range(3):
            errand.ask()
            await turn()
        assert shop.begun == 1
        shop.may_go_on.set()
        await turn()
        assert shop.begun == 2
        errand.ask()
        await turn()
        assert shop.begun == 3


async def test_there_is_no_task_while_there_is_nothing_to_do() -> None:
    shop = Shop()
    shop.may_go_on.set()
    async with Errands() as errands:
        before = len(asyncio.all_tasks())
        Errand(errands, shop.act).ask()
        await turn()
        assert len(asyncio.all_tasks()) == before


async def test_the_first_that_fails_ends_all_and_nothing_begins_afterwards() -> None:
    failing, waiting = Shop(), Shop()
    failing.fails = True
    errands = Errands()
    late = Errand(errands, waiting.act)

    async def serve() -> None:
        async with errands:
            Errand(errands, waiting.act).ask()
            Errand(errands, failing.act).ask()
            await turn()
            failing.may_go_on.set()
            await asyncio.Event().wait()

    with pytest.raises(ExceptionGroup) as ended:
        await serve()
    late.ask()
    await turn()
    assert isinstance(ended.value.exceptions[0], OSError)
    assert waiting.begun == 1
