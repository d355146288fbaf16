"""The customer's web server of the outside world."""

import asyncio

from e2e.lab.outside.http import Request
from e2e.lab.outside.webhooks import SILENCE, Webhooks


def called(path: str) -> Request:
    return Request("POST", path, {}, {}, b"{}")


async def test_each_path_may_answer_in_a_way_of_its_own() -> None:
    webhooks = Webhooks()
    webhooks.be(503, "/dead")
    webhooks.be(200, None)
    assert [(await webhooks.answer(called(path))).status for path in ("/dead", "/alive")] == [503, 200]
    assert [call.answered for call in webhooks.at("/dead")] == [503]
    assert len(webhooks.at(None)) == 2


async def test_a_silent_one_notes_the_call_and_says_nothing() -> None:
    webhooks = Webhooks()
    webhooks.be(SILENCE, "/dead")
    waiting = asyncio.create_task(webhooks.answer(called("/dead")))
    await asyncio.sleep(0)
    assert [call.path for call in webhooks.calls] == ["/dead"]
    assert not waiting.done()
    waiting.cancel()
