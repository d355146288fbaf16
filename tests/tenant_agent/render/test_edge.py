"""What the real Rspamd turns away at the door: mail that goes in a circle, and floods."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from redis import Redis

from tests.tenant_agent.daemons.redis import PASSWORD, running_redis
from tests.tenant_agent.daemons.scanner import RunningScanner, running_scanner

pytestmark = pytest.mark.node
BODY = b"From: <x@else.test>\r\nTo: <y@else.test>\r\nSubject: Hello\r\n\r\nHello\r\n"
BOUNCES_A_MINUTE = 120
MAILS_FOR_A_DOMAIN = 3000


@pytest.fixture(scope="module")
def root() -> Iterator[Path]:
    with TemporaryDirectory(prefix="fp-", ignore_cleanup_errors=True) as directory:
        root = Path(directory)
        root.chmod(0o755)
        yield root


@pytest.fixture(scope="module")
def counters(root: Path) -> Iterator[Redis]:
    """Where Rspamd counts."""
    with running_redis(root) as path, Redis(unix_socket_path=str(path), password=PASSWORD) as client:
        yield client


@pytest.fixture(scope="module")
def scanner(root: Path, counters: Redis) -> Iterator[RunningScanner]:
    assert counters.ping()
    with running_scanner(root, reject_from=999) as running:
        yield running


@pytest.mark.parametrize(
    ("before", "recipient"),
    [
        ("support@acme.test", "support@acme.test"),
        ("<Support@ACME.test>", "support+shop@acme.test"),
    ],
)
def test_mail_that_was_at_this_address_before_is_refused(scanner: RunningScanner, before: str, recipient: str) -> None:
    mail = f"Delivered-To: {before}\r\n".encode() + BODY
    action, words, _ = scanner.told(mail, [recipient])
    assert (action, words) == ("reject", "This mail has been at this address before: it goes in a circle")


@pytest.mark.parametrize(
    ("before", "recipients"),
    [
        ("other@acme.test", ["support@acme.test"]),
        ("support@acme.test", ["support@acme.test", "ann@acme.test"]),
        ("nonsense", ["support@acme.test"]),
    ],
    ids=["at another address", "new to one of its recipients", "no address"],
)
def test_other_mail_is_let_in(scanner: RunningScanner, before: str, recipients: list[str]) -> None:
    assert scanner.told(f"Delivered-To: {before}\r\n".encode() + BODY, recipients)[0] == "no action"


def test_a_mail_counts_once_for_each_of_its_recipients(scanner: RunningScanner, counters: Redis) -> None:
    recipients = [f"r{number}@many.test" for number in range(50)]
    assert scanner.told(BODY, [*recipients, "ann@few.test"])[0] == "no action"
    [count] = counters.scan_iter("fleetpost:mail:many.test:*")
    [few] = counters.scan_iter("fleetpost:mail:few.test:*")
    assert (counters.get(count), counters.get(few)) == (b"50", b"1")
    assert counters.ttl(count) in range(1, 61)
    counters.set(count, MAILS_FOR_A_DOMAIN - 49)
    assert scanner.told(BODY, recipients)[0] == "soft reject"
    assert scanner.told(BODY, ["ann@few.test"])[0] == "no action"


def test_who_floods_with_bounces_waits_and_nobody_else(scanner: RunningScanner, counters: Redis) -> None:
    bounce = f"{'0' * 36}@bounce.acme.test"
    assert scanner.told(BODY, [bounce], "2001:db8:1::1")[0] == "no action"
    [count] = counters.scan_iter("fleetpost:bounces:*")
    assert counters.get(count) == b"1"
    assert counters.ttl(count) in range(1, 61)
    counters.set(count, BOUNCES_A_MINUTE - 1)
    assert scanner.told(BODY, [bounce], "2001:db8:1::1")[0] == "no action"
    assert scanner.told(BODY, [bounce], "2001:db8:1::1")[0] == "soft reject"
    assert scanner.told(BODY, [bounce], "2001:db8:1::2")[0] == "soft reject"  # of the same site
    assert scanner.told(BODY, [bounce], "2001:db8:2::1")[0] == "no action"
    assert scanner.told(BODY, ["ann@acme.test"], "2001:db8:1::1")[0] == "no action"
