"""Sorts deliveries that are due into those that go, those that wait, and those that others had better send."""

import sqlite3
from collections.abc import Callable, Iterable

import msgspec

from tenant_agent import ledger, returns, spool
from tenant_agent.assignment import Assignment
from tenant_agent.inject.booking import tell_waiting
from tenant_agent.ledger import Claim, Delivery, PutOff
from tenant_agent.route.decision import PATIENCE_MS, Wait


class SortedOut(msgspec.Struct, frozen=True):
    """What is to become of each."""

    assigned: list[tuple[Delivery, Assignment]]
    waiting: list[PutOff]
    given_back: list[PutOff]


def sort_out(
    due: Iterable[Delivery],
    assign: Callable[[Delivery], Assignment | Wait],
    now_ms: int,
    *,
    may_give_back: bool,
) -> SortedOut:
    """Decide for each; what would wait for longer than a minute is given back if somebody is there to take it."""
    found = SortedOut([], [], [])
    for delivery in due:
        decision = assign(delivery)
        if isinstance(decision, Assignment):
            found.assigned.append((delivery, decision))
            continue
        is_long = decision.until_ms - now_ms > PATIENCE_MS
        tries = max(delivery.tries, 1) if is_long else delivery.tries
        item = PutOff(delivery, decision.until_ms, decision.why, tries)
        (found.given_back if is_long and may_give_back else found.waiting).append(item)
    return found


def write_down(db: sqlite3.Connection, node: str, found: SortedOut, generation: int, now_ms: int) -> Claim:
    """Write all of it down at once; of what waits for long here, its people hear once."""
    ledger.put_off(db, found.waiting)
    returns.give_back(db, found.given_back)
    unheard = [each for each in found.waiting if each.tries > each.delivery.tries]
    spool.append(
        db, [tell_waiting(db, node, each.delivery, now_ms, f"451 4.3.5 Node {node}: {each.why}") for each in unheard]
    )
    return ledger.assign(db, found.assigned, generation)
