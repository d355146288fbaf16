"""What must be well with a node that was given a change: pure, from what was seen to a verdict with its figures."""

from collections.abc import Iterator

import msgspec

from control_plane.rollouts.schemas import Gate, GateName, Verdict

APPLY_SECONDS = 300
"""How long a node that is there may take to put a change in force."""
PROBE_SECONDS = 900
"""How long the probe's mail may be on its way before silence counts as a failure."""

_LEAST_ATTEMPTS = 20
"""Fewer say nothing."""
_MORE_DEFERRED, _MORE_BOUNCED = 0.15, 0.05
"""By how much of all attempts it may be worse than before."""
_TIMES_WORSE = 2
_MORE_WAITING = 100
"""So many mails more in the deferred queue are no sign, however few there were before."""


class Tally(msgspec.Struct, frozen=True):
    """How attempts fared."""

    delivered: int = 0
    deferred: int = 0
    bounced: int = 0

    @property
    def attempts(self) -> int:
        """Count them."""
        return self.delivered + self.deferred + self.bounced


class Before(msgspec.Struct, frozen=True, kw_only=True):
    """How a node and the fleet were when it was given the change."""

    waiting: int = 0
    """Mails in the node's deferred queue."""
    refused: tuple[str, ...] = ()
    """What it said of items that it did not take."""
    node: Tally = Tally()
    """Of the day before."""
    fleet: Tally = Tally()


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a node since it was given the change."""

    is_present: bool
    is_applied: bool
    seconds: float
    """Since it was given the change."""
    refused: str | None
    """What it said of an item that it did not take, and had not said before."""
    problem: str | None
    """What a daemon said of its configuration."""
    probe_asked: bool
    probe_delivered: bool | None
    probe_reply: str
    waiting: int
    since: Tally
    before: Before


def judge(seen: Evidence) -> tuple[Gate, ...]:
    """Give every gate's verdict."""
    return (
        _present(seen),
        _applied(seen),
        _configuration(seen),
        _probe(seen),
        _queue(seen),
        _rate("deferrals", seen, "deferred", _MORE_DEFERRED),
        _rate("bounces", seen, "bounced", _MORE_BOUNCED),
    )


def failures(gates: tuple[Gate, ...], *, passed: bool) -> Iterator[Gate]:
    """Find what is not well; a node that has passed may be away, and its probe is over."""
    forgiven = ("present", "applied", "probe") if passed else ()
    return (gate for gate in gates if gate.verdict == "failed" and gate.name not in forgiven)


def _gate(name: GateName, verdict: Verdict, figure: str) -> Gate:
    return Gate(name=name, verdict=verdict, figure=figure)


def _present(seen: Evidence) -> Gate:
    return _gate("present", "passed", "is there") if seen.is_present else _gate("present", "failed", "is silent")


def _applied(seen: Evidence) -> Gate:
    if seen.refused is not None:
        return _gate("applied", "failed", f"refused it: {seen.refused}")
    if seen.is_applied:
        return _gate("applied", "passed", "has it in force")
    if seen.seconds > APPLY_SECONDS:
        return _gate("applied", "failed", f"has not put it in force for {APPLY_SECONDS // 60} minutes")
    return _gate("applied", "waiting", "is putting it in force")


def _configuration(seen: Evidence) -> Gate:
    if seen.problem is not None:
        return _gate("configuration", "failed", seen.problem)
    if seen.is_applied:
        return _gate("configuration", "passed", "every daemon serves")
    return _gate("configuration", "waiting", "nothing heard of the daemons yet")


def _probe(seen: Evidence) -> Gate:
    if not seen.probe_asked:
        return _gate("probe", "not_asked", "no address to send a mail to, or nothing is sent from here")
    if seen.probe_delivered is None:
        if seen.seconds > PROBE_SECONDS:
            return _gate("probe", "failed", f"nothing heard of its mail for {PROBE_SECONDS // 60} minutes")
        return _gate("probe", "waiting", "its mail is on the way")
    verdict: Verdict = "passed" if seen.probe_delivered else "failed"
    outcome = "its mail arrived" if seen.probe_delivered else "its mail did not arrive"
    return _gate("probe", verdict, f"{outcome}: {seen.probe_reply}" if seen.probe_reply else outcome)


def _queue(seen: Evidence) -> Gate:
    figure = f"{seen.waiting} deferred in the queue, before {seen.before.waiting}"
    grew = seen.waiting > _TIMES_WORSE * seen.before.waiting + _MORE_WAITING
    return _gate("queue", "failed" if grew else "passed", figure)


def _rate(name: GateName, seen: Evidence, outcome: str, more: float) -> Gate:
    attempts, bad = seen.since.attempts, _count(seen.since, outcome)
    if attempts < _LEAST_ATTEMPTS:
        return _gate(name, "passed", f"too few attempts to tell: {attempts}")
    rate, known = bad / attempts, _usual(seen.before, outcome)
    figure = f"{bad} of {attempts} attempts {outcome} ({rate:.0%}), before {known:.0%}"
    is_worse = rate >= known + more and rate >= _TIMES_WORSE * known
    return _gate(name, "failed" if is_worse else "passed", figure)


def _usual(before: Before, outcome: str) -> float:
    """Give the rate before: the node's own where enough is known of it, else the fleet's."""
    own = before.node if before.node.attempts >= _LEAST_ATTEMPTS else before.fleet
    return _count(own, outcome) / own.attempts if own.attempts else 0.0


def _count(tally: Tally, outcome: str) -> int:
    return tally.deferred if outcome == "deferred" else tally.bounced
