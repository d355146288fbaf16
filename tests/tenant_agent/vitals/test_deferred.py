"""Deferred mail by destination and age."""

import json
import sys
import time

from tenant_agent.vitals.deferred import ELSEWHERE, grouped, largest, listing

NOW_MS = 1_700_000_000_000


def line(*addresses: str, minutes: int = 1, queue: str = "deferred") -> bytes:
    entry = {
        "queue_name": queue,
        "queue_id": "4fK",
        "arrival_time": NOW_MS // 1000 - minutes * 60,
        "message_size": 300,
        "sender": "a@acme.test",
        "recipients": [{"address": address, "delay_reason": "451 later"} for address in addresses],
    }
    return json.dumps(entry).encode() + b"\n"


def test_recipients_are_counted_by_domain_and_age() -> None:
    lines = [
        line("a@x.test", "b@X.test", "c@y.test"),
        line("d@x.test", minutes=10),
        line("e@x.test", minutes=30),
        line("f@x.test", minutes=100),
        line("g@x.test", minutes=1000),
        line("h@x.test", minutes=2000),
        line("i@x.test", queue="active"),  # it is on its way
    ]
    assert grouped(lines, NOW_MS) == {"x.test": [2, 1, 1, 1, 1, 1], "y.test": [1, 0, 0, 0, 0, 0]}


def test_what_cannot_be_read_is_passed_over() -> None:
    assert grouped([b"mail system is down\n", b"\xff\n", b"{}\n", line("a@x.test")], NOW_MS).keys() == {"x.test"}


def test_memory_is_bounded_however_many_destinations_there_are() -> None:
    found = grouped((line(f"a@d{number}.test") for number in range(10_500)), NOW_MS)
    assert len(found) == 10_001
    assert sum(found[ELSEWHERE]) == 500


def test_the_fifty_largest_are_told() -> None:
    found = {f"d{number}.test": [number, 0, 0, 0, 0, 0] for number in range(80)} | {ELSEWHERE: [500, 0, 0, 0, 0, 0]}
    groups = largest(found)
    assert len(groups) == 50
    assert [group.domain for group in groups[:3]] == [ELSEWHERE, "d79.test", "d78.test"]


def test_a_listing_that_takes_too_long_is_cut_and_what_there_is_is_told() -> None:
    script = f"import time; print({line('a@x.test').decode()!r}, flush=True)\nwhile True: print('{{}}', flush=True)"
    began = time.monotonic()
    found = listing(NOW_MS, command=(sys.executable, "-c", script), timeout_seconds=1.0)
    assert time.monotonic() - began < 10
    assert not found.is_whole
    assert [group.domain for group in found.groups] == ["x.test"]
