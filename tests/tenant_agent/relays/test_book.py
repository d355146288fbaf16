"""What the router is told of relays."""

from pathlib import Path

import pytest

from tenant_agent.clock import ManualClock
from tenant_agent.relays.book import RelayBook, way_to
from tenant_agent.relays.breaker import Breaker
from tests.tenant_agent.relays.relay_samples import envelope, relay

REFUSED = "4.4.1 connect to smtp.provider.test[10.0.0.1]:587: Connection refused"
OPEN = Breaker(pause_ms=900_000, open_until_ms=2**50, last_reply="x" * 300)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def book(tmp_path: Path, clock: ManualClock) -> RelayBook:
    return RelayBook(tmp_path / "relays.json", clock)


def chosen(book: RelayBook, mode: str = "always", token: str = "t") -> str | None:
    found = book.choose(envelope(), "else.test", "generic", token, mode=mode)  # type: ignore[arg-type]
    return found.relay_id if found else None


def break_down(book: RelayBook, relay_id: str = "rly_1") -> None:
    for _ in range(3):
        book.failed(relay_id, REFUSED)


def test_relays_for_always_and_for_want_of_an_address_are_asked_for_apart(book: RelayBook) -> None:
    book.set_relays([relay("rly_1"), relay("rly_2", mode="fallback")])
    assert chosen(book) == "rly_1"
    assert chosen(book, "fallback") == "rly_2"


def test_a_switched_domain_leaves_by_its_relay_whatever_that_is_for_else(book: RelayBook) -> None:
    book.set_relays([relay("rly_1"), relay("rly_2", mode="fallback", always_for=("acme.test",))])
    assert chosen(book) == "rly_2"
    assert chosen(book, "fallback") is None


def test_a_relay_that_fails_is_left_out_and_used_again_when_a_probe_succeeds(
    book: RelayBook, clock: ManualClock
) -> None:
    book.set_relays([relay("rly_1")])
    break_down(book)
    assert chosen(book) is None
    assert book.open_relays() == {"rly_1": REFUSED}
    clock.move(31)
    assert chosen(book) == "rly_1"
    assert chosen(book) is None, "one delivery is the probe"
    book.succeeded("rly_1")
    assert chosen(book) == "rly_1"
    assert book.open_relays() == {}


def test_another_relay_of_the_same_scope_takes_over(book: RelayBook) -> None:
    book.set_relays([relay("rly_1"), relay("rly_2", tenant_id=None)])
    assert chosen(book) == "rly_1"
    break_down(book)
    assert chosen(book) == "rly_2"


def test_what_failed_before_a_restart_is_not_tried_at_once_after_it(
    book: RelayBook, tmp_path: Path, clock: ManualClock
) -> None:
    book.set_relays([relay("rly_1")])
    break_down(book)
    after = RelayBook(tmp_path / "relays.json", clock)
    after.set_relays([relay("rly_1")])
    assert after.is_open("rly_1")
    assert (tmp_path / "relays.json").stat().st_mode & 0o777 == 0o600


def test_a_broken_memory_is_no_reason_to_stop(tmp_path: Path, clock: ManualClock) -> None:
    (tmp_path / "relays.json").write_bytes(b"\xff{")
    assert not RelayBook(tmp_path / "relays.json", clock).is_open("rly_1")


def test_a_new_password_is_tried_at_once(book: RelayBook) -> None:
    book.set_relays([relay("rly_1")])
    break_down(book)
    book.set_relays([relay("rly_1", weight=5)])
    assert book.is_open("rly_1")
    book.set_relays([relay("rly_1", password="another")])
    assert not book.is_open("rly_1")


def test_the_way_to_a_relay_is_that_very_host() -> None:
    assert way_to(relay()) == "relay-starttls:[smtp.provider.test]:587"
    assert way_to(relay(tls="implicit", port=465)) == "relay-implicit:[smtp.provider.test]:465"


def test_a_provider_that_is_down_for_very_many_makes_no_endless_heartbeat(book: RelayBook) -> None:
    book.set_relays([relay(f"rly_{number}") for number in range(3_000)])
    book._breakers = {f"rly_{number}": OPEN for number in range(3_000)}
    assert len(book.open_relays()) == 1_000
