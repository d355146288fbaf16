"""Counting what is submitted: what was granted and nothing more, in words that help, over restarts."""

from pathlib import Path

import msgspec
import pytest

from tenant_agent import wire
from tenant_agent.allowances import Allowances
from tenant_agent.clock import ManualClock
from tenant_agent.state import State

HOUR_MS = 3_600_000
BEAT = wire.Heartbeat(at_ms=0, generation=1)


class Desk:
    """The agent's state, its allowances, and how often more was asked for."""

    def __init__(self, directory: Path) -> None:
        self.clock = ManualClock()
        self.asked = 0
        self._directory = directory
        self._state = State(directory / "state.db")
        self._generation = 0
        self.allowances = self.open()

    def open(self) -> Allowances:
        """Begin anew, as after a restart."""

        def ask() -> None:
            self.asked += 1

        return Allowances(self._directory / "state.db", self._directory / "allowances.db", self.clock, ask)

    def grant(self, granted: int, tenant_id: str = "ten_a", **fields: object) -> None:
        """Take an item in."""
        item = wire.QuotaItem(
            tenant_id=tenant_id,
            window="2027-01-15T08",
            ends_at_ms=self.clock.now_ms() + HOUR_MS,
            granted=granted,
        )
        self.publish(tenant_id, wire.encode(msgspec.structs.replace(item, **fields)))

    def publish(self, tenant_id: str, payload: bytes | None) -> None:
        """Take whatever this is in."""
        self._generation += 1
        change = wire.Change(kind="quota", key=tenant_id, tenant_id=tenant_id, payload=payload)
        self._state.store(self._generation, [change])

    def check(self, recipients: int = 1, tenant_id: str = "ten_a", size: int = 0) -> str | None:
        """Submit a mail."""
        return self.allowances.check(tenant_id, recipients, size)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_just_as_many_recipients_pass_as_were_granted(desk: Desk) -> None:
    desk.grant(10)
    assert desk.check(4) is None
    assert desk.check(6) is None
    assert str(desk.check(1)).startswith("452 4.3.1")


def test_a_mail_to_more_recipients_than_are_left_is_refused_as_a_whole_and_counts_for_nothing(desk: Desk) -> None:
    desk.grant(10)
    assert desk.check(11) is not None
    assert desk.check(10) is None


def test_a_mail_larger_than_the_plan_allows_is_refused_for_good_and_counts_for_nothing(desk: Desk) -> None:
    desk.grant(1, message_bytes=300 * 1024)
    reply = str(desk.check(size=300 * 1024 + 1))
    assert reply.startswith("552 5.3.4 Your plan allows messages of at most 300 KiB, and this one has 301: ")
    assert desk.check(size=300 * 1024) is None


def test_a_plan_without_a_limit_of_size_refuses_none(desk: Desk) -> None:
    desk.grant(1)
    assert desk.check(size=2**40) is None


def test_counts_survive_a_restart(desk: Desk) -> None:
    desk.grant(3)
    for _ in range(3):
        assert desk.check() is None
        desk.allowances = desk.open()
    assert desk.check() is not None


def test_more_that_is_granted_counts_on_from_where_it_was(desk: Desk) -> None:
    desk.grant(3)
    desk.check(3)
    desk.grant(5)
    assert desk.check(2) is None
    assert desk.check() is not None


def test_when_the_window_has_ended_the_next_ones_grant_holds_and_then_nothing(desk: Desk) -> None:
    now = desk.clock.now_ms()
    desk.grant(5, next_window="2027-01-15T09", next_granted=2, next_ends_at_ms=now + 2 * HOUR_MS)
    desk.check(5)
    desk.clock.move(3601)
    assert desk.check(2) is None
    assert "is used up" in str(desk.check())
    desk.clock.move(3600)
    assert "can be asked for just now" in str(desk.check())


def test_without_a_limit_it_goes_on_for_ever_and_is_counted(desk: Desk) -> None:
    desk.grant(wire.UNLIMITED, window="unlimited")
    desk.clock.move(90 * 86_400)
    assert desk.check(1000) is None
    assert desk.allowances.told(BEAT).quota_used == {"ten_a": {"unlimited": 1000}}


@pytest.mark.parametrize(
    ("window", "reply"),
    [
        ("2027-01-15T08", "452 4.3.1 Your account's limit of messages for this hour is reached"),
        ("2027-01-15", "550 5.7.1 Your account's limit of messages for this day is reached"),
        ("2027-01", "550 5.7.1 Your account's limit of messages for this month is reached"),
    ],
)
def test_a_limit_that_is_reached_says_until_when(desk: Desk, window: str, reply: str) -> None:
    desk.grant(0, window=window, is_all=True)
    assert str(desk.check()).startswith(reply)
    assert "UTC, or ask your provider for a larger plan" in str(desk.check())


def test_a_tenant_that_nothing_is_known_of_waits_where_others_have_grants(desk: Desk) -> None:
    assert desk.check() is None, "a control plane of an older version grants nothing"
    desk.grant(5, tenant_id="ten_b")
    assert str(desk.check()).startswith("451 4.3.0")


def test_an_item_that_cannot_be_read_grants_nothing(desk: Desk) -> None:
    desk.publish("ten_a", b"\xc1")
    assert str(desk.check()).startswith("451 4.3.0")


# --- What the control plane is told -----------------------------------------------------------------------------------


def test_more_is_asked_for_once_when_half_is_used(desk: Desk) -> None:
    desk.grant(10)
    for _ in range(8):
        desk.check()
    assert desk.asked == 1
    assert desk.allowances.told(BEAT).quota_wanted == {"ten_a": 18}
    desk.grant(40)
    desk.check()
    assert desk.allowances.told(BEAT).quota_wanted == {}


def test_what_was_refused_is_asked_for_at_once_and_once_a_beat(desk: Desk) -> None:
    desk.grant(10)
    for _ in range(5):
        desk.check(50)
    assert desk.asked == 1
    assert desk.allowances.told(BEAT).quota_wanted == {"ten_a": 50}
    assert desk.allowances.told(BEAT).quota_wanted == {}


def test_the_count_of_a_window_that_is_over_is_told_for_some_minutes_more(desk: Desk) -> None:
    desk.grant(10)
    desk.check(7)
    desk.grant(10, window="2027-01-15T09")
    desk.check(2)
    told = {"ten_a": {"2027-01-15T08": 7, "2027-01-15T09": 2}}
    assert desk.allowances.told(BEAT).quota_used == told
    desk.clock.move(500)
    assert desk.allowances.told(BEAT).quota_used == told
    desk.clock.move(500)
    assert desk.allowances.told(BEAT).quota_used == told | {"ten_a": {"2027-01-15T09": 2}}
