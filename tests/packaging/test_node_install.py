"""`scripts/node-install`: what it refuses, what it writes, and that it may be run again.

What changes the machine itself, apt-get and systemctl, is written down instead of done.
"""

import os
import subprocess
from pathlib import Path

import msgspec
import pytest

from tenant_agent.settings import load

SCRIPT = Path(__file__).parents[2] / "scripts" / "node-install"
URL, TOKEN = "https://control.fleetpost.test", "fpe_abc123"
RECORDER = '#!/bin/sh\necho "$(basename "$0") $*" >> "$RECORD"\n'
JOINED = f"""{RECORDER}
case "$*" in restart*) echo c > "$FLEETPOST_ROOT/var/lib/fleetpost/credential" ;; esac
"""


class Done(msgspec.Struct, frozen=True):
    """How a run ended."""

    status: int
    said: str
    acts: list[str]


class Host:
    """A fresh host below a directory."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.etc, self.state = root / "etc/fleetpost", root / "var/lib/fleetpost"
        self._record = root / "acts"
        (root / "bin").mkdir()
        self.state.mkdir(parents=True)
        self.etc.mkdir(parents=True)
        self.put("apt-get", RECORDER)
        self.put("systemctl", JOINED)

    def put(self, name: str, script: str) -> None:
        path = self.root / "bin" / name
        path.write_text(script)
        path.chmod(0o755)

    def run(self, *options: str) -> Done:
        self._record.write_text("")
        surroundings = os.environ | {
            "PATH": f"{self.root / 'bin'}:{os.environ['PATH']}",
            "RECORD": str(self._record),
            "FLEETPOST_ROOT": str(self.root),
            "FLEETPOST_JOIN_SECONDS": "1",
        }
        done = subprocess.run([SCRIPT, *options], env=surroundings, capture_output=True, text=True, check=False)
        return Done(done.returncode, done.stderr, self._record.read_text().splitlines())


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path)


def test_a_fresh_host_becomes_a_node(host: Host) -> None:
    done = host.run("--control-url", URL, "--token", TOKEN)
    assert done.status == 0, done.said
    assert done.acts[0] == "apt-get update -q"
    assert done.acts[1].split()[:2] == ["apt-get", "install"]
    assert done.acts[1].endswith("fleetpost-agent")
    assert done.acts[2].startswith("systemctl disable --now")
    assert "systemctl enable --quiet fleetpost-agent.service fleetpost-node.target" in done.acts
    assert (host.etc / "enrolment-token").read_text().strip() == TOKEN
    assert (host.etc / "enrolment-token").stat().st_mode & 0o777 == 0o600
    assert (host.etc / "tls/key.pem").stat().st_mode & 0o777 == 0o600
    assert "PTR record" in done.said, "it says what is left to do"
    assert not (host.root / "usr/sbin/policy-rc.d").exists(), "daemons may start again"


def test_the_agent_reads_what_was_written(host: Host) -> None:
    host.run("--control-url", URL, "--token", TOKEN, "--ca-file", __file__)
    (host.etc / "agent.toml").write_text('control_url = "https://another.test"\n')
    settings = load(host.etc / "agent.toml")
    assert (settings.control_url, str(settings.ca_file)) == (URL, "/etc/fleetpost/ca.pem")


def test_run_again_it_changes_nothing_and_needs_no_token(host: Host) -> None:
    host.run("--control-url", URL, "--token", TOKEN)
    (host.etc / "enrolment-token").unlink()  # the agent does so once it has joined
    written = {path: path.stat().st_mtime_ns for path in host.etc.rglob("*") if path.is_file()}
    assert host.run("--control-url", URL).status == 0
    assert {path: path.stat().st_mtime_ns for path in host.etc.rglob("*") if path.is_file()} == written


def test_a_node_joins_anew_only_when_asked_to(host: Host) -> None:
    host.run("--control-url", URL, "--token", TOKEN)
    (host.etc / "enrolment-token").unlink()
    host.run("--control-url", URL, "--token", "fpe_other")
    assert not (host.etc / "enrolment-token").exists()
    assert host.run("--control-url", URL, "--token", "fpe_other", "--rejoin").status == 0
    assert (host.etc / "enrolment-token").read_text().strip() == "fpe_other"


def test_a_dry_run_does_nothing(host: Host) -> None:
    done = host.run("--control-url", URL, "--token", TOKEN, "--dry-run")
    assert (done.status, done.acts, list(host.etc.iterdir())) == (0, [], [])
    assert "would run: apt-get update" in done.said


def test_a_node_that_does_not_join_is_explained(host: Host) -> None:
    host.put("systemctl", RECORDER)
    done = host.run("--control-url", URL, "--token", TOKEN)
    assert (done.status, "journalctl -u fleetpost-agent" in done.said) == (1, True)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "give --control-url"),
        (("--control-url", "http://control.test", "--token", TOKEN), "could be read on the way"),
        (("--control-url", 'https://x"\nca_file = "/etc/passwd', "--token", TOKEN), "give --control-url"),
        (("--control-url", URL), "give the --token"),
        (("--control-url", URL, "--token", "secret"), "begins with fpe_"),
        (("--control-url", URL, "--rejoin"), "fleetpost node token"),
        (("--control-url", URL, "--token", TOKEN, "--deb", "/nowhere.deb"), "scripts/build-deb"),
        (("--token",), "needs a value"),
        (("--speed", "9"), "there is no option --speed"),
    ],
)
def test_what_cannot_work_is_refused_before_anything_is_done(host: Host, options: tuple[str, ...], said: str) -> None:
    done = host.run(*options)
    assert (done.status, done.acts) == (1, [])
    assert said in done.said
