"""A node's agent under a clock that can be set: libfaketime, read anew at each look, and only for the time of day."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from e2e.lab.failures import LabError
from e2e.lab.node import Node

_INSIDE = "/etc/fleetpost/clock"
_LIBRARY = "faketime/libfaketime.so.1"


class Clocks:
    """The clocks of some nodes' agents; Postfix and Dovecot, which ask it nothing, keep the true one."""

    def __init__(self, nodes: list[Node]) -> None:
        self._files = [node.directory / "etc-fleetpost" / "clock" for node in nodes]
        self.put_forward(hours=0)

    def put_forward(self, *, hours: int) -> None:
        """Let it be so many hours later."""
        for file in self._files:
            file.write_text(f"+{hours}h\n" if hours else "+0\n")


@contextmanager
def clocks(nodes: list[Node]) -> Iterator[Clocks]:
    """Start the nodes again with clocks that can be set; and once more, with true ones, at the end."""
    faked = Clocks(nodes)
    for node in nodes:
        usual, node.agent = node.agent, (*_under(_library()), *node.agent)
        _restart(node)
        node.agent = usual
    try:
        yield faked
    finally:
        for node in nodes:
            _restart(node)


def _restart(node: Node) -> None:
    node.stop()
    node.start()


def _under(library: Path) -> tuple[str, ...]:
    return (
        "env",
        f"LD_PRELOAD={library}",
        f"FAKETIME_TIMESTAMP_FILE={_INSIDE}",
        "FAKETIME_NO_CACHE=1",
        "FAKETIME_DONT_FAKE_MONOTONIC=1",
    )


def _library() -> Path:
    found = next(Path("/usr/lib").glob(f"*/{_LIBRARY}"), None)
    if found is None:
        raise LabError("libfaketime is not there: 'apt-get install faketime', as scripts/test does")
    return found
