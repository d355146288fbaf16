"""The lab's DNS servers: knot is authoritative for everything, unbound resolves for everybody."""

import base64
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path

import msgspec

from e2e.lab.commands import run, wait_until
from e2e.lab.inside import Inside
from e2e.lab.plan import AUTHORITY_ADDRESS, CONTROL_HOSTNAME, PLATFORM_ZONE, RESOLVER_ADDRESS, NodePlan
from e2e.lab.processes import Processes
from e2e.lab.zone import Record, lab_records, merge, render, render_platform_zone, without

_START_SECONDS = 20.0
_KEY_BYTES = 32

_KNOT = """\
server:
    rundir: {directory}/run
    listen: {address}@53
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
log:
  - target: stderr
    any: notice
database:
    storage: {directory}/knot
key:
  - id: {key_name}
    algorithm: {key_algorithm}
    secret: {key_secret}
acl:
  - id: platform
    key: {key_name}
    action: [update, transfer]
zone:
  - domain: .
    file: {directory}/root.zone
    storage: {directory}
    zonefile-sync: -1
    zonefile-load: whole
    journal-content: none
  - domain: {zone}
    file: {directory}/platform.zone
    storage: {directory}
    zonefile-sync: 0
    acl: platform
"""

# Everything a public resolver refuses to ask about (test., 10.in-addr.arpa.) is what the lab is made of.
_UNBOUND = """\
server:
    directory: "{directory}"
    pidfile: "{directory}/run/unbound.pid"
    chroot: ""
    username: ""
    use-syslog: no
    logfile: ""
    num-threads: 1
    interface: {address}
    access-control: 10.77.0.0/16 allow
    do-ip6: no
    module-config: "iterator"
    cache-max-negative-ttl: 1
    local-zone: "test." nodefault
    local-zone: "10.in-addr.arpa." nodefault
    do-not-query-localhost: no
    target-fetch-policy: "0 0 0 0 0"
stub-zone:
    name: "."
    stub-addr: {authority}
    stub-prime: no
    stub-no-cache: no
remote-control:
    control-enable: yes
    control-interface: {directory}/run/unbound.control
    control-use-cert: no
"""


class Dns:
    """Both servers and the records they answer from, kept in `dns/records.json`."""

    def __init__(self, home: Path, processes: Processes, inside: Inside) -> None:
        self._directory = home / "dns"
        self._processes = processes
        self._inside = inside

    @property
    def _records_file(self) -> Path:
        return self._directory / "records.json"

    @property
    def _unbound_conf(self) -> Path:
        return self._directory / "unbound.conf"

    @property
    def _knot_conf(self) -> Path:
        return self._directory / "knot.conf"

    def records(self) -> list[Record]:
        """Give what is published now."""
        if not self._records_file.exists():
            return []
        return msgspec.json.decode(self._records_file.read_bytes(), type=list[Record])

    @property
    def zone_key(self) -> str:
        """Give the key that the platform writes its own zone with, `name:algorithm:base64`."""
        file = self._directory / "zone.key"
        if not file.exists():
            file.touch(mode=0o600)
            file.write_text(f"fleetpost:hmac-sha256:{base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()}")
        return file.read_text()

    def start(self, nodes: Iterable[NodePlan]) -> None:
        """Start both servers with the lab's own records and all that was published before."""
        for name in ("run", "knot"):
            (self._directory / name).mkdir(parents=True, exist_ok=True)
        self._write(merge(self.records(), lab_records(nodes)))
        self._write_knot_conf()
        self._unbound_conf.write_text(
            _UNBOUND.format(directory=self._directory, address=RESOLVER_ADDRESS, authority=AUTHORITY_ADDRESS)
        )
        # One after the other: a resolver that finds nobody to ask remembers that for five seconds.
        self._serve("knot", ["knotd", "-c", str(self._knot_conf)], self._knotc("status"))
        self._serve(
            "unbound",
            [str(self._own_unbound()), "-d", "-p", "-c", str(self._unbound_conf)],
            self._unbound_control("status"),
        )
        wait_until(lambda: self.look_up(CONTROL_HOSTNAME, "A"), "the lab's resolver answers", seconds=_START_SECONDS)

    def _write_knot_conf(self) -> None:
        zone_file = self._directory / "platform.zone"
        if not zone_file.exists():  # from then on the platform writes it
            zone_file.write_text(render_platform_zone())
        name, algorithm, secret = self.zone_key.split(":")
        self._knot_conf.touch(mode=0o600)
        self._knot_conf.write_text(
            _KNOT.format(
                directory=self._directory,
                address=AUTHORITY_ADDRESS,
                zone=PLATFORM_ZONE,
                key_name=name,
                key_algorithm=algorithm,
                key_secret=secret,
            )
        )

    def _own_unbound(self) -> Path:
        """Copy the program: Debian's AppArmor profile goes by its path and would keep it from our configuration."""
        copy = self._directory / "unbound"
        shutil.copy(shutil.which("unbound") or "/usr/sbin/unbound", copy)
        return copy

    def _serve(self, name: str, argv: list[str], ask: list[str]) -> None:
        self._processes.start(name, self._inside.host("dns", argv))
        what = f"{name} runs (see {self._processes.log(name)})"
        wait_until(
            lambda: subprocess.run(ask, capture_output=True, check=False).returncode == 0, what, seconds=_START_SECONDS
        )

    def _knotc(self, *command: str) -> list[str]:
        return ["knotc", "-c", str(self._knot_conf), "-b", *command]

    def _unbound_control(self, *command: str) -> list[str]:
        return ["unbound-control", "-c", str(self._unbound_conf), *command]

    def look_up(self, name: str, record_type: str) -> list[str]:
        """Ask the lab's resolver, as everybody in the lab does."""
        query = ["kdig", f"@{RESOLVER_ADDRESS}", "+short", "+timeout=2", "+retry=0", name, record_type]
        done = subprocess.run(self._inside.network("dns", query), capture_output=True, text=True, check=False)
        return [line for line in done.stdout.splitlines() if line and not line.startswith(";")]

    def publish(self, records: Iterable[Record]) -> None:
        """Publish records, at once for everybody; a name's records of the same type are replaced."""
        self._reload(merge(self.records(), records))

    def withdraw(self, names: Iterable[str]) -> None:
        """Make names disappear, at once for everybody."""
        self._reload(without(self.records(), names))

    def _reload(self, records: list[Record]) -> None:
        self._write(records)
        run(self._knotc("zone-reload", "."))
        run(self._unbound_control("flush_zone", "."))

    def _write(self, records: list[Record]) -> None:
        self._records_file.write_bytes(msgspec.json.encode(records))
        serial = int(time.time() * 10) % 2**32  # grows with every reload, RFC 1982 allows the wrap
        (self._directory / "root.zone").write_text(render(records, serial))
