"""A real Dovecot holds as many sessions as a node's people have."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.tenant_agent.daemons.dovecot import RunningDovecot, running_dovecot

pytestmark = pytest.mark.node
HERE = "127.0.0.2"
MANY = 300


@pytest.fixture
def dovecot() -> Iterator[RunningDovecot]:
    with TemporaryDirectory(prefix="fp-") as directory:
        Path(directory).chmod(0o755)  # Dovecot's own users must get through
        with running_dovecot(Path(directory)) as running:
            yield running


def connected(port: int) -> ssl.SSLSocket:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(socket.create_connection((HERE, port), timeout=10))


def answers(session: ssl.SSLSocket) -> bool:
    """Say whether a session is still up; one that was cut off has nothing more to say, or a farewell."""
    try:
        session.sendall(b"a NOOP\r\n")
        return session.recv(1_000).startswith(b"a OK")
    except OSError:
        return False


def test_three_hundred_people_are_greeted_and_none_has_to_leave_for_another(dovecot: RunningDovecot) -> None:
    port = dovecot.layout.ports.imaps
    with ExitStack() as open_sessions:
        sessions = [open_sessions.enter_context(connected(port)) for _ in range(MANY)]
        assert [each.recv(1_000)[:4] for each in sessions] == [b"* OK"] * MANY
        assert sum(map(answers, sessions)) == MANY
    assert "limit" not in (dovecot.layout.root / "dovecot.log").read_text()
