"""With the antivirus switched on, mail with malware is refused; while clamd is away, mail is let in and marked."""

import base64
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.tenant_agent.daemons.clamd import EICAR, running_clamd
from tests.tenant_agent.daemons.scanner import RunningScanner, running_scanner

pytestmark = pytest.mark.node
ANN = "ann@acme.test"


def mail_with(file: bytes) -> bytes:
    lines = (
        b"From: Bob <bob@else.test>",
        b"To: ann@acme.test",
        b"Subject: The bill",
        b"MIME-Version: 1.0",
        b"Content-Type: application/octet-stream; name=bill.com",
        b"Content-Transfer-Encoding: base64",
        b"",
        base64.b64encode(file),
        b"",
    )
    return b"\r\n".join(lines)


@pytest.fixture(scope="module")
def root() -> Iterator[Path]:
    with TemporaryDirectory(prefix="fp-", ignore_cleanup_errors=True) as directory:
        Path(directory).chmod(0o755)
        yield Path(directory)


@pytest.fixture(scope="module")
def scanner(root: Path) -> Iterator[RunningScanner]:
    with running_scanner(root, reject_from=999, rolled_out={"antivirus.enabled": "true"}) as running:
        yield running


def test_while_clamd_is_away_mail_is_let_in_and_marked(scanner: RunningScanner) -> None:
    action, _, symbols = scanner.told(mail_with(EICAR), [ANN])
    assert action == "no action"
    assert "CLAM_VIRUS_FAIL" in symbols


def test_malware_is_refused_and_the_sender_is_told_why(scanner: RunningScanner, root: Path) -> None:
    with running_clamd(root):
        action, words, symbols = scanner.told(mail_with(b"a" + EICAR), [ANN])
        assert (action, "Eicar-Test-Signature" in words, "CLAM_VIRUS" in symbols) == ("reject", True, True)
        assert scanner.told(mail_with(b"harmless"), [ANN])[0] == "no action"
