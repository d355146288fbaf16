"""What a state directory remembers."""

import socket
from pathlib import Path

from e2e.lab import state
from e2e.lab.plan import plan_nodes


def test_what_was_saved_is_loaded_and_nobody_else_may_read_it(tmp_path: Path) -> None:
    saved = state.State(nodes=3, ports={"api": 8000}, webhook_secret="whsec_x")
    state.save(tmp_path, saved)
    assert state.load(tmp_path) == saved
    assert (tmp_path / "state.json").stat().st_mode & 0o077 == 0


def test_ports_stay_the_same_as_long_as_they_are_free() -> None:
    first = state.choose_ports({}, ["n1.smtp"])
    assert state.choose_ports(first, ["n1.smtp"]) == first


def test_a_port_that_somebody_else_has_taken_is_replaced() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        assert state.choose_ports({"api": taken}, ["api"])["api"] != taken


def test_new_ports_lie_below_the_ephemeral_range() -> None:
    wanted = state.wanted_ports(plan_nodes(2))
    chosen = state.choose_ports({}, wanted)
    assert all(port < 32768 for port in chosen.values())
    assert len(set(chosen.values())) == len(wanted)
