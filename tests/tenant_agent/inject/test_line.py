"""What waits for a session goes in an order in which transactional mail overtakes and nothing starves."""

import asyncio

from tenant_agent.inject.line import Line


def line_of(*, transactional: int, others: int) -> Line[str]:
    line: Line[str] = Line()
    for number in range(others):
        line.put(f"o{number}", transactional=False)
    for number in range(transactional):
        line.put(f"t{number}", transactional=True)
    return line


async def next_of(line: Line[str], count: int) -> list[str]:
    return [await line.get() for _ in range(count)]


async def test_transactional_mail_overtakes_what_waits() -> None:
    line = line_of(transactional=0, others=60)
    assert await next_of(line, 5) == ["o0", "o1", "o2", "o3", "o4"]
    line.put("t0", transactional=True)
    assert "t0" in await next_of(line, 2)


async def test_while_both_wait_four_leave_for_each_other_one() -> None:
    line = line_of(transactional=60, others=60)
    left = await next_of(line, 50)
    assert sum(each.startswith("t") for each in left) == 40
    assert [each for each in left if each.startswith("o")] == [f"o{number}" for number in range(10)]
    assert [each for each in left if each.startswith("t")] == [f"t{number}" for number in range(40)]


async def test_who_was_idle_has_saved_nothing_up() -> None:
    line = line_of(transactional=100, others=0)
    await next_of(line, 40)
    for number in range(20):
        line.put(f"o{number}", transactional=False)
    left = await next_of(line, 25)
    assert sum(each.startswith("o") for each in left) == 5


async def test_what_waits_is_counted_by_kind() -> None:
    line = line_of(transactional=2, others=3)
    assert (line.waiting(transactional=True), line.waiting(transactional=False), line.empty()) == (2, 3, False)
    await next_of(line, 5)
    assert (line.waiting(transactional=True), line.waiting(transactional=False), line.empty()) == (0, 0, True)


async def test_who_waits_at_an_empty_line_gets_what_comes() -> None:
    line: Line[str] = Line()
    waiting = asyncio.create_task(line.get())
    await asyncio.sleep(0)
    line.put("t0", transactional=True)
    assert await waiting == "t0"
