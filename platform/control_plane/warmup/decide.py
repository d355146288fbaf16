"""What the next day may bring at one provider class: a pure decision, the same in the fleet and in the simulation."""

from typing import Final

import msgspec

from control_plane.warmup.schemas import Counts, Schedule, Verdict
from tenant_agent import wire

IDLE_DAYS: Final = 30
"""So long unused, an address is as good as new to a provider."""
_USED_SHARE: Final = 0.5
"""A day counts when at least this share of its cap was sent: a cap that nobody reaches proves nothing."""


KEPT_WARM_SHARE: Final = 0.05
"""Of the last step of its table: what an address that stands by may send on a day on which it is kept warm."""
KEPT_WARM_DAYS: Final = 7
"""So many days after an address that stands by was used last, it is used again."""


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """From which rate on a day's result speaks against more, if at least so many cases prove it."""

    hold: float
    step_back: float
    least: int


DEFERRED: Final = Limit(hold=0.15, step_back=0.35, least=20)
BOUNCED: Final = Limit(hold=0.05, step_back=0.10, least=10)
COMPLAINED: Final = Limit(hold=0.001, step_back=0.003, least=3)


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """Where a class is, and since when it was not used."""

    step: int
    is_done: bool = False
    idle_days: int = 0


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """The step from now on, and why, in a clause for people."""

    step: int
    verdict: Verdict
    why: str


def decide(schedule: Schedule, provider: str, at: Position, day: Counts, *, is_held: bool = False) -> Decision:
    """Decide by the last day at this class; `day` is what came of it."""
    if at.idle_days >= IDLE_DAYS:
        return Decision(step=1, verdict="begin", why=f"nothing was sent for {at.idle_days} days")
    against = _against(day)
    if against is not None and against.verdict == "step_back":
        return Decision(step=max(at.step - 1, 1), verdict="step_back", why=against.why)
    if is_held:
        return Decision(step=at.step, verdict="hold", why="held by an operator")
    if against is not None:
        return Decision(step=at.step, verdict="hold", why=against.why)
    if at.is_done:
        return Decision(step=at.step, verdict="done", why="the table is done")
    return _onwards(schedule, provider, at, day)


def _onwards(schedule: Schedule, provider: str, at: Position, day: Counts) -> Decision:
    cap = cap_of(schedule, provider, at.step).per_day
    if day.sent < cap * _USED_SHARE:
        return Decision(step=at.step, verdict="wait", why=f"{day.sent} of {cap} were sent: too few to go by")
    if at.step >= len(schedule.steps):
        return Decision(step=at.step, verdict="done", why="the table is done")
    return Decision(step=at.step + 1, verdict="climb", why=f"{day.sent} of {cap} were sent, and taken well")


def cap_of(schedule: Schedule, provider: str, step: int) -> wire.Cap:
    """Give what may be sent to a class at a step: its share of the table's, at least one mail."""
    row = schedule.steps[min(max(step, 1), len(schedule.steps)) - 1]
    share = schedule.shares.get(provider, schedule.shares[wire.GENERIC])
    return wire.Cap(per_day=max(int(row.per_day * share), 1), per_hour=max(int(row.per_hour * share), 1))


def kept_warm_caps(schedule: Schedule) -> dict[str, wire.Cap]:
    """Give what may be sent to each class to keep a warm address warm."""
    whole = {provider: cap_of(schedule, provider, len(schedule.steps)) for provider in schedule.shares}
    return {provider: wire.Cap(_trickle(cap.per_day), _trickle(cap.per_hour)) for provider, cap in whole.items()}


def _trickle(amount: int) -> int:
    return max(int(amount * KEPT_WARM_SHARE), 1)


class _Against(msgspec.Struct, frozen=True):
    verdict: Verdict
    why: str


def _against(day: Counts) -> _Against | None:
    """Find what speaks against more, the worst first."""
    attempts = day.delivered + day.deferred + day.bounced
    found = [
        each
        for word, cases, of, limit in (
            ("complained about", day.complained, day.delivered, COMPLAINED),
            ("bounced", day.bounced, day.delivered + day.bounced, BOUNCED),
            ("deferred", day.deferred, attempts, DEFERRED),
        )
        if (each := _judged(word, cases, of, limit)) is not None
    ]
    return min(found, key=lambda each: each.verdict != "step_back", default=None)


def _judged(word: str, cases: int, of: int, limit: Limit) -> _Against | None:
    rate = cases / max(of, cases, 1)
    if cases < limit.least or rate < limit.hold:
        return None
    why = f"{rate:.1%} were {word} ({cases} of {max(of, cases)})"
    return _Against("step_back" if rate >= limit.step_back else "hold", why)
