"""The real Rspamd scores what is handed up, and lets it pass."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from control_plane.inbound_routes.reading.checks import understood
from tests.tenant_agent.daemons.scanner import RunningScanner, running_scanner

pytestmark = pytest.mark.node
REPORT = "tok@reports.fleetpost.test"
ANN = "ann@acme.test"
BAD_MAIL = (
    b"From: <x@else.test>\r\nTo: <y@else.test>\r\nSubject: FREE MONEY $$$ !!!\r\n\r\nClick http://192.0.2.7/x\r\n"
)


@pytest.fixture(scope="module")
def scanner() -> Iterator[RunningScanner]:
    with TemporaryDirectory(prefix="fp-", ignore_cleanup_errors=True) as directory:
        Path(directory).chmod(0o755)
        maps = Path(directory) / "var/lib/fleetpost/maps"
        maps.mkdir(parents=True)
        (maps / "never_refused").write_text("# reports.fleetpost.test\nreports.fleetpost.test\n")
        with running_scanner(Path(directory), reject_from=0.01) as running:
            yield running


def test_what_would_be_refused_for_a_mailbox_passes_for_the_platform(scanner: RunningScanner) -> None:
    assert scanner.verdict(BAD_MAIL, [ANN]) == "reject"
    assert scanner.verdict(BAD_MAIL, [REPORT]) == "no action"
    assert scanner.verdict(BAD_MAIL, ["TOK@Reports.FLEETPOST.test", REPORT]) == "no action"


def test_a_report_in_copy_saves_no_spam_for_a_mailbox(scanner: RunningScanner) -> None:
    assert scanner.verdict(BAD_MAIL, [REPORT, ANN]) == "reject"


@pytest.mark.parametrize("recipient", ["a@sub.reports.fleetpost.test", "a@xreports.fleetpost.test"])
def test_only_the_domain_itself_counts(scanner: RunningScanner, recipient: str) -> None:
    assert scanner.verdict(BAD_MAIL, [recipient]) == "reject"


def test_what_the_checks_found_is_written_above_the_mail_and_nobody_elses_word_stays(scanner: RunningScanner) -> None:
    added, removed = scanner.headers(b"X-Fleetpost-Checks: score=-99.00\r\n" + BAD_MAIL, [REPORT])
    checks = understood(added["X-Fleetpost-Checks"]["value"])
    assert checks.score is not None
    assert checks.score > 0
    assert checks.symbols["MISSING_MID"] > 0
    assert removed["X-Fleetpost-Checks"] == 0
