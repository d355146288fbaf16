"""GCRA counters, in a real Valkey with its own clock."""

import asyncio
import secrets
import socket
import time

import pytest

from control_plane.core import gcra, valkey
from control_plane.core.gcra import Counter, Limiter, LimiterAway
from control_plane.core.runtime import Runtime
from control_plane.settings import Rate


@pytest.fixture
def limiter(runtime: Runtime) -> Limiter:
    return Limiter(runtime.valkey)


def counter(per_minute: int, burst: int) -> Counter:
    return Counter(f"rate:test:{secrets.token_hex(8)}", Rate(per_minute, burst))


async def test_a_burst_passes_and_the_next_one_waits_for_its_turn(limiter: Limiter) -> None:
    slow = counter(per_minute=1, burst=3)
    verdicts = [await limiter.count([slow]) for _ in range(4)]
    assert [each.admitted for each in verdicts] == [True, True, True, False]
    assert [each.remaining for each in verdicts] == [2, 1, 0, 0]
    assert 59 < verdicts[3].wait_seconds <= 60
    assert 179 < verdicts[3].reset_seconds <= 180


async def test_room_comes_back_bit_by_bit_and_not_at_the_turn_of_a_minute(limiter: Limiter) -> None:
    quick = counter(per_minute=60_000, burst=1)  # one per millisecond
    while (verdict := await limiter.count([quick])).admitted:
        pass
    await asyncio.sleep(verdict.wait_seconds)
    assert (await limiter.count([quick])).admitted


async def test_what_one_counter_refuses_no_counter_counts(limiter: Limiter) -> None:
    full, roomy = counter(per_minute=1, burst=1), counter(per_minute=1, burst=5)
    await limiter.count([full])
    assert not (await limiter.count([roomy, full])).admitted
    assert (await limiter.count([roomy])).remaining == 4


async def test_the_tightest_counter_is_the_one_that_is_told_of(limiter: Limiter) -> None:
    wide, tight = counter(per_minute=60, burst=100), counter(per_minute=60, burst=10)
    verdict = await limiter.count([wide, tight])
    assert (verdict.rate.burst, verdict.remaining) == (10, 9)


async def test_many_at_once_get_exactly_the_burst(limiter: Limiter) -> None:
    popular = counter(per_minute=1, burst=137)
    verdicts = await asyncio.gather(*(limiter.count([popular]) for _ in range(400)))
    assert sum(each.admitted for each in verdicts) == 137


async def test_a_rate_that_nobody_reaches_is_counted_like_any_other(limiter: Limiter) -> None:
    verdict = await limiter.count([counter(per_minute=200_000_000, burst=200_000_000)])
    assert verdict.admitted


async def test_a_counter_is_forgotten_once_it_does_not_matter(limiter: Limiter, runtime: Runtime) -> None:
    brief = counter(per_minute=60, burst=10)
    await limiter.count([brief])
    assert 0 < await runtime.valkey.pttl(brief.key) <= 1000


async def test_without_valkey_one_request_a_second_tries_and_all_others_hear_it_at_once() -> None:
    now = 100.0
    with socket.socket() as nobody:  # bound and not listening
        nobody.bind(("127.0.0.1", 0))
        away = Limiter(valkey.connect(f"redis://127.0.0.1:{nobody.getsockname()[1]}"), monotonic=lambda: now)
        with pytest.raises(LimiterAway) as first:
            await away.count([counter(1, 1)])
        assert first.value.__cause__ is not None
        with pytest.raises(LimiterAway) as second:
            await away.count([counter(1, 1)])
        assert second.value.__cause__ is None
        now += 1.5
        with pytest.raises(LimiterAway) as third:
            await away.count([counter(1, 1)])
        assert third.value.__cause__ is not None


async def test_a_process_that_was_held_up_does_not_take_valkey_for_away(
    limiter: Limiter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Say while it collected garbage: the answer is there, and the time is over, too."""
    monkeypatch.setattr(gcra, "_PATIENCE_SECONDS", 0.05)
    script, pauses = limiter._script, [0.06]

    async def held_up(keys: list[str], args: list[int]) -> object:
        answer = asyncio.ensure_future(script(keys=keys, args=args))
        await asyncio.sleep(0)
        time.sleep(pauses.pop() if pauses else 0)  # noqa: ASYNC251  nothing else goes on meanwhile
        return await answer

    monkeypatch.setattr(limiter, "_script", held_up)
    assert (await limiter.count([counter(60, 10)])).admitted
    assert pauses == []


async def test_counting_goes_on_by_itself_when_valkey_is_back(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 100.0
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        elsewhere = valkey.connect(f"redis://127.0.0.1:{nobody.getsockname()[1]}")
        limiter = Limiter(elsewhere, monotonic=lambda: now)
        with pytest.raises(LimiterAway):
            await limiter.count([counter(1, 1)])
    elsewhere.connection_pool = runtime.valkey.connection_pool  # the same address answers again
    with pytest.raises(LimiterAway):
        await limiter.count([counter(1, 1)])
    now += 1.5
    assert (await limiter.count([counter(1, 1)])).admitted
