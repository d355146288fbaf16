"""Tests of which parameters may be rolled out, and which values they take."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tenant_agent.wire.parameters import DAEMONS, PARAMETERS, Choice, Daemon, Duration, Number, Score, Size, unfit

ENDINGS = ("command", "file", "path", "maps", "restrictions", "host", "networks", "milters", "checks", "transport")


@pytest.mark.parametrize(
    ("values", "value", "fits"),
    [
        (Number(1, 50), "1", True),
        (Number(1, 50), "50", True),
        (Number(1, 50), "51", False),
        (Number(1, 50), "0", False),
        (Number(1, 50), "05", False),  # C reads some of those as octal
        (Number(1, 50), "-1", False),
        (Number(1, 50), "٣", False),  # a digit, but no daemon's
        (Number(1, 50), "5\n", False),
        (Number(1, 50), "9" * 100_000, False),
        (Score(5, 999), "7.5", True),
        (Score(5, 999), "4.99", False),
        (Score(5, 999), "nan", False),
        (Score(5, 999), "1e2", False),
        (Duration("1s", "1h"), "60s", True),
        (Duration("1s", "1h"), "60m", True),
        (Duration("1s", "1h"), "61m", False),
        (Duration("1s", "1h"), "60", False),  # days for some parameters, seconds for others
        (Duration("1s", "1h"), "1w", False),
        (Size("1M", "1G"), "16M", True),
        (Size("1M", "1G"), "1024k", True),
        (Size("1M", "1G"), "2G", False),
        (Size("1M", "1G"), "16", False),
        (Choice(("yes", "no")), "yes", True),
        (Choice(("yes", "no")), "YES", False),
        (Choice(("yes", "no")), "yes\nrelay_domains = x", False),
    ],
)
def test_only_values_of_the_right_form_and_range_fit(
    values: Number | Score | Duration | Size | Choice, value: str, fits: bool
) -> None:
    assert values.fits(value) is fits


def test_a_parameter_that_is_not_listed_is_not_taken() -> None:
    assert unfit("postfix", "mynetworks", "0.0.0.0/0") is not None
    assert unfit("dovecot", "smtp_helo_timeout", "60s") is not None
    assert unfit("postfix", "smtp_helo_timeout", "60s") is None


def test_what_is_amiss_with_a_value_is_said_with_what_would_be_taken() -> None:
    assert unfit("postfix", "smtp_helo_timeout", "${relay}") == ("Give a time from 1s to 1h, as in 90s, 5m, 1h or 1d.")


@pytest.mark.parametrize("daemon", DAEMONS)
def test_no_parameter_names_a_file_a_command_or_who_may_send(daemon: Daemon) -> None:
    assert [name for name in PARAMETERS[daemon] if name.endswith(ENDINGS)] == []


def test_no_parameter_takes_tls_below_1_2() -> None:
    of_tls = {
        name: values
        for listed in PARAMETERS.values()
        for name, values in listed.items()
        if "protocol" in name and "tls" in name
    }

    assert of_tls
    assert all(isinstance(each, Choice) and min(each.words) >= ">=TLSv1.2" for each in of_tls.values())


def test_postfix_knows_every_parameter() -> None:
    postconf = shutil.which("postconf") or "/usr/sbin/postconf"
    asked = subprocess.run([postconf, "-d", *PARAMETERS["postfix"]], capture_output=True, text=True, check=False)

    assert (asked.returncode, asked.stderr) == (0, "")


@pytest.mark.parametrize("name", PARAMETERS["dovecot"])
def test_dovecot_takes_each_parameter_at_both_ends_of_its_range(name: str, tmp_path: Path) -> None:
    values = PARAMETERS["dovecot"][name]
    assert not isinstance(values, Score)
    ends = values.words if isinstance(values, Choice) else (str(values.least), str(values.most))
    for end in ends:
        configuration = tmp_path / "dovecot.conf"
        configuration.write_text(f"protocols = imap\nssl = no\n{name} = {end}\n")
        asked = subprocess.run(
            [shutil.which("doveconf") or "doveconf", "-c", str(configuration), "-n"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert (asked.returncode, asked.stderr) == (0, ""), end
