"""The scanner's counters."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tenant_agent.vitals import scanner

STAT = {
    "version": "3.4",
    "scanned": 7,
    "learned": 1,
    "spam_count": 2,
    "ham_count": 5,
    "actions": {"reject": 1, "no action": 5, "add header": 1},
    "scan_times": [None, 0.1],
}


@contextmanager
def controller(answer: bytes) -> Iterator[int]:
    """Answer one request on a port of its own."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1]
        thread.join()


def http(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


def test_what_was_scanned_and_what_came_of_it_is_told() -> None:
    with controller(http(json.dumps(STAT).encode())) as port:
        counted = scanner.counters(port)
    told = {"scanned": 7, "learned": 1, "spam": 2, "ham": 5, "reject": 1, "no action": 5, "add header": 1}
    assert counted == told


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(lambda: b"", id="nothing"),
        pytest.param(lambda: b"hello\r\n", id="no HTTP"),
        pytest.param(lambda: http(b"\xff\xfe"), id="no text"),
        pytest.param(lambda: http(b'{"scanned": "many"}'), id="no numbers"),
    ],
)
def test_nonsense_counts_nothing(answer: Callable[[], bytes]) -> None:
    with controller(answer()) as port:
        assert scanner.counters(port) == {}


def test_a_scanner_that_is_away_counts_nothing() -> None:
    assert scanner.counters(1) == {}
