"""A live part is sent at once and whenever it changes, and quiet connections are kept open."""

import asyncio

from control_plane.core.valkey import Listener
from web.live import event, updates


def test_every_line_of_an_event_is_a_data_line() -> None:
    assert event("timeline", "<p>\n</p>") == "event: timeline\ndata: <p>\ndata: </p>\n\n"


async def test_the_part_comes_first_and_again_when_a_signal_tells_of_a_change() -> None:
    queue: asyncio.Queue[str] = asyncio.Queue()
    parts = iter(["old", "new", None])

    async def render() -> str | None:
        return next(parts)

    stream = updates("part", render, Listener(queue), look_seconds=60)
    assert await anext(stream) == "retry: 2000\n\n"
    assert await anext(stream) == event("part", "old")
    coming = asyncio.ensure_future(anext(stream))
    queue.put_nowait("")
    assert await coming == event("part", "new")
    queue.put_nowait("")
    assert [each async for each in stream] == [event("closed", "")]


async def test_nothing_new_is_a_comment_only() -> None:
    async def render() -> str:
        return "same"

    stream = updates("part", render, Listener(asyncio.Queue()), look_seconds=0)
    sent = [await anext(stream) for _ in range(3)]
    assert sent[1:] == [event("part", "same"), ": still here\n\n"]
    await stream.aclose()
