"""A real name server with one zone that may be written with a key."""

import base64
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dns.asyncquery
import dns.exception
import dns.message
import dns.query
import msgspec

from control_plane.settings import ZoneSettings
from e2e.lab.commands import wait_until

ZONE = "dns.fleetpost.test"
KEY = f"fleetpost:hmac-sha256:{base64.b64encode(b'k' * 32).decode()}"
WRONG_KEY = f"fleetpost:hmac-sha256:{base64.b64encode(b'w' * 32).decode()}"

_CONF = """\
server:
    rundir: {home}
    listen: 127.0.0.1@{port}
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
log:
  - target: stderr
    any: warning
database:
    storage: {home}/db
key:
  - id: fleetpost
    algorithm: hmac-sha256
    secret: {secret}
acl:
  - id: writer
    key: fleetpost
    action: [{actions}]
zone:
  - domain: {zone}
    file: {home}/zone
    storage: {home}
    zonefile-sync: 0
    acl: writer
"""
_ZONE = """\
$TTL 60
@ SOA ns.fleetpost.test. hostmaster.fleetpost.test. 1 60 60 3600 1
@ NS ns.fleetpost.test.
www A 10.77.0.1
"""


class Knot(msgspec.Struct):
    """The server, which can be stopped and started."""

    home: Path
    port: int
    process: "subprocess.Popen[bytes] | None" = None

    def settings(self, key: str = KEY) -> ZoneSettings:
        """What the control plane is told of it."""
        return ZoneSettings(ZONE, f"127.0.0.1@{self.port}", key)

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self.process = subprocess.Popen(["knotd", "-c", str(self.home / "knot.conf")], stderr=subprocess.DEVNULL)
        wait_until(self._answers, "knot answers", seconds=20)

    def stop(self) -> None:
        """Stop it; the zone stays in its journal."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(20)
            self.process = None

    async def ask(self, name: str, record_type: str) -> list[str]:
        """Ask it as a resolver does."""
        answer = await dns.asyncquery.tcp(
            dns.message.make_query(name, record_type), "127.0.0.1", port=self.port, timeout=5
        )
        return sorted(rdata.to_text() for found in answer.answer for rdata in found)

    def _answers(self) -> bool:
        try:
            dns.query.tcp(dns.message.make_query(ZONE, "SOA"), "127.0.0.1", port=self.port, timeout=5)
        except (OSError, EOFError, dns.exception.DNSException):
            return False
        return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def prepared(home: Path, *, transfers: bool = True) -> Iterator[Knot]:
    """Lay out a server; it ends with the block."""
    knot = Knot(home, _free_port())
    (home / "db").mkdir()
    (home / "zone").write_text(_ZONE)
    actions = "update, transfer" if transfers else "update"
    secret = KEY.rpartition(":")[2]
    (home / "knot.conf").write_text(_CONF.format(home=home, port=knot.port, zone=ZONE, secret=secret, actions=actions))
    try:
        yield knot
    finally:
        knot.stop()
