"""The agent's Debian package, built as it is for a release: what is in it, and that it runs from there alone."""

import configparser
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
UNITS = REPOSITORY / "infra" / "packaging" / "debian" / "units"
SOME_DAY = "1795305600"  # 2026-11-22
SCRIPTS = ("postinst", "prerm", "postrm")


def output(*command: str | Path) -> str:
    """Run a command that must succeed; gives what it prints."""
    surroundings = os.environ | {"SOURCE_DATE_EPOCH": SOME_DAY, "TZ": "UTC"}
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=REPOSITORY, env=surroundings).stdout


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package."""
    directory = tmp_path_factory.mktemp("deb")
    printed = output("scripts/build-deb", "--output", directory, "--version", "0.1.0+test")
    assert Path(printed.strip()).parent == directory
    return Path(printed.strip())


@pytest.fixture(scope="session")
def unpacked(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What it would put on a node."""
    root = tmp_path_factory.mktemp("root")
    output("dpkg-deb", "-x", package, root)
    output("dpkg-deb", "-e", package, root / "DEBIAN")
    return root


def test_it_says_what_it_is_and_needs(package: Path) -> None:
    fields = dict(line.split(": ", 1) for line in output("dpkg-deb", "-f", package).splitlines() if ": " in line)
    assert (fields["Package"], fields["Version"]) == ("fleetpost-agent", "0.1.0+test")
    assert {"postfix", "postfix-lmdb", "dovecot-core", "redis-server"} <= set(fields["Depends"].split(", "))
    major, minor = sys.version_info[:2]
    assert f"python3 (>= {major}.{minor}), python3 (<< {major}.{minor + 1})" in fields["Depends"]
    assert output("dpkg-deb", "-f", package, "Installed-Size").strip().isdigit()


def test_every_file_is_roots_and_nobody_else_may_write_it(package: Path) -> None:
    lines = [line.split() for line in output("dpkg-deb", "-c", package).splitlines()]
    assert {owner for _, owner, *_ in lines} == {"root/root"}
    writable = [line[-1] for line in lines if not line[0].startswith("l") and (line[0][5] == "w" or line[0][8] == "w")]
    assert writable == []


def test_the_agent_is_in_it_and_nothing_of_the_control_plane(unpacked: Path) -> None:
    home = unpacked / "usr/lib/fleetpost-agent"
    assert (home / "tenant_agent/render/sign.lua").exists()
    strangers = {"control_plane", "web", "litestar", "piccolo", "arq", "asyncpg", "tests"}
    assert not strangers & {path.name for path in home.iterdir()}
    assert not list(home.rglob("__pycache__"))


def test_it_runs_on_its_own_libraries_alone(unpacked: Path) -> None:
    launcher = (unpacked / "usr/bin/fleetpost-agent").read_text()
    assert launcher.startswith("#!/usr/bin/python3 -I\n")
    script = launcher.replace("/usr/lib/fleetpost-agent", str(unpacked / "usr/lib/fleetpost-agent"))
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", script, "--help"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, "fleetpost-agent" in done.stdout) == (0, True), done.stderr


def test_settings_are_kept_when_it_is_updated_and_secrets_are_for_root(unpacked: Path) -> None:
    assert (unpacked / "DEBIAN/conffiles").read_text() == "/etc/fleetpost/agent.toml\n"
    assert (unpacked / "etc/fleetpost/agent.toml").stat().st_mode & 0o777 == 0o640


def test_its_sums_are_those_of_its_files(unpacked: Path) -> None:
    output("sh", "-c", f"cd {unpacked} && md5sum --quiet -c DEBIAN/md5sums")


@pytest.mark.parametrize("name", SCRIPTS)
def test_what_dpkg_runs_is_executable_and_stops_at_the_first_fault(unpacked: Path, name: str) -> None:
    script = unpacked / "DEBIAN" / name
    assert os.access(script, os.X_OK)
    assert "\nset -e\n" in script.read_text()
    output("sh", "-n", script)


def test_nothing_in_it_tells_when_it_was_built(package: Path) -> None:
    times = {tuple(line.split()[3:5]) for line in output("dpkg-deb", "-c", package).splitlines()}
    assert times == {("2026-11-22", "00:00")}


def test_systemd_understands_the_units(unpacked: Path) -> None:
    units = sorted((unpacked / "usr/lib/systemd/system").iterdir())
    assert {unit.name for unit in units} == {unit.name for unit in UNITS.iterdir()}
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, check=False
    )
    faults = [line for line in done.stderr.splitlines() if line.startswith("fleetpost-")]
    # What is not installed on the machine that builds is not a fault of the unit.
    assert [line for line in faults if "No such file or directory" not in line] == []


def test_systemd_makes_the_group_and_the_directories(unpacked: Path, tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    output("systemd-sysusers", f"--root={tmp_path}", unpacked / "usr/lib/sysusers.d/fleetpost-agent.conf")
    assert re.search(r"^fleetpost:", (tmp_path / "etc/group").read_text(), re.MULTILINE)
    output("systemd-tmpfiles", "--create", f"--root={tmp_path}", unpacked / "usr/lib/tmpfiles.d/fleetpost-agent.conf")
    assert (tmp_path / "var/vmail").is_dir()
    assert (tmp_path / "etc/fleetpost/tls").stat().st_mode & 0o777 == 0o750


def _read(unit: Path) -> dict[str, list[str]]:
    """Read a unit's service section; a key may stand there more than once."""
    found: dict[str, list[str]] = {}
    for line in unit.read_text().partition("[Service]")[2].partition("\n[")[0].splitlines():
        name, separator, value = line.partition("=")
        if separator and not name.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


def test_the_agent_is_kept_from_what_it_does_not_need() -> None:
    service = _read(UNITS / "fleetpost-agent.service")
    for name in ("ProtectHome", "PrivateTmp", "PrivateDevices", "NoNewPrivileges", "ProtectKernelModules"):
        assert service[name] == ["yes"], name
    assert service["ProtectSystem"] == ["strict"]
    capabilities = set(service["CapabilityBoundingSet"][0].split())
    assert not capabilities & {"CAP_SYS_ADMIN", "CAP_NET_ADMIN", "CAP_SYS_PTRACE", "CAP_SYS_MODULE", "CAP_NET_RAW"}


def test_the_agent_may_write_where_it_must() -> None:
    paths = {
        path.lstrip("-") for line in _read(UNITS / "fleetpost-agent.service")["ReadWritePaths"] for path in line.split()
    }
    must = {"/etc/postfix", "/etc/dovecot", "/etc/rspamd", "/etc/fleetpost", "/var/lib/fleetpost", "/var/vmail"}
    assert must <= paths


@pytest.mark.parametrize("unit", sorted(UNITS.glob("*.path")), ids=lambda unit: unit.stem)
def test_a_daemon_waits_for_the_agent(unit: Path) -> None:
    parser = configparser.ConfigParser()
    parser.read(unit)
    assert parser["Path"]["PathExists"].startswith("/var/lib/fleetpost/ready/")
    assert unit.with_suffix(".service").exists()
    assert unit.name in (UNITS / "fleetpost-node.target").read_text()
    assert "[Install]" not in unit.with_suffix(".service").read_text(), "only its path unit starts it"
