"""The world's DNS: a real server where names below `test` lead to this machine and we have a zone, and a resolver."""

import base64
import subprocess
from pathlib import Path

import dns.exception
import dns.message
import dns.query
import dns.tsigkeyring
import dns.update

from control_plane.settings import ZoneSettings
from e2e.lab.commands import wait_until

ZONE = "fleet.test"
_SECRET = base64.b64encode(b"k" * 32).decode()
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
  - id: writer
    algorithm: hmac-sha256
    secret: {secret}
acl:
  - id: writer
    key: writer
    action: [update, transfer]
template:
  - id: default
    storage: {home}
    file: "%s.zone"
    zonefile-sync: -1
    acl: writer
zone:
  - domain: test
  - domain: fleet.test
"""
_RESOLVER = """\
server:
    directory: "{home}"
    pidfile: "{home}/unbound.pid"
    chroot: ""
    username: ""
    use-syslog: no
    logfile: "{home}/unbound.log"
    num-threads: 1
    interface: 127.0.0.1
    port: {port}
    do-ip6: no
    module-config: "iterator"
    cache-max-ttl: 0
    cache-max-negative-ttl: 0
    local-zone: "test." nodefault
    do-not-query-localhost: no
    target-fetch-policy: "0 0 0 0 0"
stub-zone:
    name: "test."
    stub-addr: 127.0.0.1@{server}
stub-zone:
    name: "fleet.test."
    stub-addr: 127.0.0.1@{server}
"""
_RECORDS = "$TTL 1\n@ SOA ns.test. hostmaster.test. 1 60 60 3600 1\n@ NS ns.test.\n"


class WorldDns:
    """Both servers, and a hand that changes what owners of domains publish."""

    def __init__(self, home: Path, server_port: int, port: int) -> None:
        self._home, self._server_port = home, server_port
        self.port = port
        """Of the resolver."""
        self._processes: list[subprocess.Popen[bytes]] = []

    @property
    def zone(self) -> ZoneSettings:
        """What the control plane is told of its zone."""
        return ZoneSettings(ZONE, f"127.0.0.1@{self._server_port}", f"writer:hmac-sha256:{_SECRET}")

    def start(self) -> None:
        """Start them, and wait until they answer."""
        (self._home / "db").mkdir(parents=True)
        (self._home / "test.zone").write_text(f"{_RECORDS}* A 127.0.0.1\n")
        (self._home / "fleet.test.zone").write_text(_RECORDS)
        self._run("knotd", _CONF.format(home=self._home, port=self._server_port, secret=_SECRET), ())
        self._run("unbound", _RESOLVER.format(home=self._home, port=self.port, server=self._server_port), ("-d",))
        wait_until(self._answers, "the DNS servers answer", seconds=20)

    def _run(self, program: str, configuration: str, options: tuple[str, ...]) -> None:
        path = self._home / f"{program}.conf"
        path.write_text(configuration)
        self._processes.append(subprocess.Popen([program, *options, "-c", str(path)], stderr=subprocess.DEVNULL))

    def stop(self) -> None:
        """End them."""
        for process in self._processes:
            process.terminate()
            process.wait(20)

    def publish(self, name: str, record_type: str, value: str) -> None:
        """Publish a record below `test`, in place of what is there."""
        keys = dns.tsigkeyring.from_text({"writer": ("hmac-sha256", _SECRET)})
        update = dns.update.UpdateMessage("test", keyring=keys, keyalgorithm="hmac-sha256")
        update.replace(f"{name}.", 1, record_type, value)
        answer = dns.query.tcp(update, "127.0.0.1", port=self._server_port, timeout=5)
        assert answer.rcode() == 0, answer

    def _answers(self) -> bool:
        try:
            found = dns.query.udp(dns.message.make_query(ZONE, "SOA"), "127.0.0.1", port=self.port, timeout=1)
        except (OSError, EOFError, dns.exception.DNSException):
            return False
        return bool(found.answer)
