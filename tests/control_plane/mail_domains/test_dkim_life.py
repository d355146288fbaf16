"""The life of DKIM keys, decided purely."""

from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest

from control_plane.core.ids import new_uuid
from control_plane.mail_domains.dkim import SLOTS, Algorithm
from control_plane.mail_domains.dkim_life import (
    KEPT,
    KeyLife,
    KeyStatus,
    Sight,
    Step,
    advance,
    at_rest,
    free_slot,
    next_look,
    next_rotation,
)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SETTLE = timedelta(seconds=60)
LONG_AGO = NOW - timedelta(days=100)


def key(
    selector: str,
    status: KeyStatus,
    *,
    seen: timedelta | None = None,
    retiring: timedelta | None = None,
    compromised: bool = False,
    age: timedelta = timedelta(minutes=5),
) -> KeyLife:
    algorithm: Algorithm = "rsa" if selector in SLOTS["rsa"] else "ed25519"
    return KeyLife(
        id=new_uuid(),
        selector=selector,
        algorithm=algorithm,
        status=status,
        created_at=NOW - age,
        seen_at=None if seen is None else NOW - seen,
        retiring_at=None if retiring is None else NOW - retiring,
        compromised_at=NOW if compromised else None,
    )


def step(keys: list[KeyLife], sights: dict[str, Sight], *, held: bool = True) -> Step:
    return advance(keys, sights, NOW, settle=SETTLE, held=held)


@pytest.mark.parametrize(
    ("sight", "seen", "held", "activates", "remark"),
    [
        ("shown", timedelta(minutes=2), True, True, "seen twice, and on the nodes"),
        ("shown", timedelta(minutes=2), False, False, "a node does not have it yet"),
        ("shown", timedelta(seconds=30), True, False, "caches may still hold its absence"),
        ("shown", None, True, False, "seen for the first time"),
        ("absent", timedelta(minutes=2), True, False, "it was there, and is gone"),
        ("unknown", timedelta(minutes=2), True, False, "silence proves nothing"),
    ],
)
def test_a_key_signs_once_it_was_seen_long_enough_and_is_on_the_nodes(
    sight: Literal["shown", "absent", "unknown"], seen: timedelta | None, held: bool, activates: bool, remark: str
) -> None:
    old, new = key("fp1r", "active"), key("fp2r", "pending", seen=seen)
    taken = step([old, new], {"fp2r": sight}, held=held)
    assert taken.activate == ((new.id,) if activates else ())
    assert taken.rest == ((old.id,) if activates else ())  # in the same moment, or not at all


def test_the_first_sight_is_noted() -> None:
    new = key("fp2r", "pending")
    assert step([key("fp1r", "active"), new], {"fp2r": "shown"}).seen == (new.id,)


@pytest.mark.parametrize(("sight", "forgotten"), [("absent", True), ("unknown", False), ("shown", False)])
def test_a_sight_is_forgotten_when_the_record_is_gone_for_certain(sight: Sight, forgotten: bool) -> None:
    new = key("fp2r", "pending", seen=timedelta(seconds=10))
    assert bool(step([key("fp1r", "active"), new], {"fp2r": sight}).unseen) == forgotten


def test_where_nothing_signs_there_is_nothing_to_wait_for() -> None:
    new = key("fp2r", "pending")
    assert step([new], {"fp2r": "shown"}).activate == (new.id,)


def test_a_compromised_key_goes_without_being_kept_as_soon_as_its_successor_is_seen() -> None:
    old, new = key("fp1r", "active", compromised=True), key("fp2r", "pending")
    taken = step([old, new], {"fp2r": "shown"})
    assert (taken.activate, taken.rest, taken.retire) == ((new.id,), (), (old.id,))


def test_a_missing_ed25519_record_holds_up_no_rsa_key() -> None:
    keys = [key("fp1r", "active"), key("fp1e", "active")]
    new_rsa, new_ed = key("fp2r", "pending", seen=timedelta(hours=1)), key("fp2e", "pending")
    taken = step([*keys, new_rsa, new_ed], {"fp2r": "shown", "fp2e": "absent"})
    assert (taken.activate, taken.rest) == ((new_rsa.id,), (keys[0].id,))


@pytest.mark.parametrize(
    ("retiring", "gone"),
    [(timedelta(days=5), False), (KEPT - timedelta(seconds=1), False), (KEPT, True)],
)
def test_the_record_stays_for_longer_than_any_queue(retiring: timedelta, gone: bool) -> None:
    old = key("fp1r", "retiring", retiring=retiring)
    assert bool(step([old, key("fp2r", "active")], {}).retire) == gone


@pytest.mark.parametrize(
    ("statuses", "free"),
    [
        ({"fp1r": "active"}, True),
        ({"fp1r": "active", "fp2r": "retired"}, True),
        ({"fp1r": "active", "fp2r": "pending"}, False),
        ({"fp1r": "retiring", "fp2r": "active"}, False),
        ({"fp1r": "pending"}, False),
    ],
)
def test_a_key_can_be_replaced_while_the_other_slot_is_free(statuses: dict[str, KeyStatus], free: bool) -> None:
    keys = [key(selector, status) for selector, status in statuses.items()]
    assert at_rest(keys) == (["rsa"] if free else [])


def test_an_emergency_avoids_the_name_that_caches_know() -> None:
    assert free_slot([key("fp1r", "retired")], "rsa", avoid="fp1r") == "fp2r"
    assert free_slot([key("fp2r", "pending"), key("fp1r", "retired")], "rsa", avoid="fp1r") == "fp1r"
    assert free_slot([key("fp1r", "active"), key("fp2r", "retiring")], "rsa") is None


@pytest.mark.parametrize(
    ("age", "pause"),
    [
        (timedelta(0), timedelta(seconds=2)),
        (timedelta(minutes=10), timedelta(minutes=1)),
        (timedelta(days=30), timedelta(hours=1)),
    ],
)
def test_a_young_key_is_looked_for_more_often(age: timedelta, pause: timedelta) -> None:
    assert next_look([key("fp1r", "active"), key("fp2r", "pending", age=age)], NOW) == NOW + pause


def test_keys_at_rest_are_left_alone() -> None:
    assert next_look([key("fp1r", "active"), key("fp2r", "retired")], NOW) is None
    retiring = key("fp1r", "retiring", retiring=timedelta(days=1))
    assert next_look([retiring, key("fp2r", "active")], NOW) == NOW + KEPT - timedelta(days=1)


def test_rotations_spread_around_their_day() -> None:
    times = {next_rotation(NOW, 180) for _ in range(20)}
    assert len(times) > 1
    assert all(time is not None and timedelta(days=162) <= time - NOW <= timedelta(days=198) for time in times)
    assert next_rotation(NOW, None) is None
