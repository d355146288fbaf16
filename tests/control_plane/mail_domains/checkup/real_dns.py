"""A small world of real DNS: knot has its zones and signs one of them, unbound resolves and checks signatures."""

import shutil
import socket
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import dns.exception
import dns.message
import dns.query
import msgspec

from control_plane.mail_domains.checkup import is_publishable
from control_plane.mail_domains.schemas import DnsRecord
from e2e.lab.commands import wait_until

_KNOT = """\
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
zone:
"""
_ZONE = """\
  - domain: {name}
    file: {home}/{name}.zone
    storage: {home}
    zonefile-sync: -1
    zonefile-load: difference-no-serial
    journal-content: all
    dnssec-signing: {signed}
"""
_UNBOUND = """\
server:
    directory: "{home}"
    pidfile: "{home}/unbound.pid"
    chroot: ""
    username: ""
    use-syslog: no
    logfile: ""
    num-threads: 1
    interface: 127.0.0.1@{port}
    do-ip6: no
    module-config: "validator iterator"
    do-not-query-localhost: no
    target-fetch-policy: "0 0 0 0 0"
    local-zone: "test." nodefault
    {anchors}
remote-control:
    control-enable: no
"""
_STUB = 'stub-zone:\n    name: "{name}"\n    stub-addr: 127.0.0.1@{port}\n'
_HEAD = "$TTL 60\n@ SOA ns hostmaster 1 60 60 3600 1\n@ NS ns\nns A 127.0.0.1\n"
_STRING_OCTETS = 255


class RealDns(msgspec.Struct, frozen=True):
    """Where to ask."""

    resolver: str
    authority_port: int


def zone_lines(records: Iterable[DnsRecord]) -> str:
    """Write records as a zone file has them."""
    return "".join(_line(record) for record in records if is_publishable(record))


def _line(record: DnsRecord) -> str:
    value = record.value
    if record.type == "TXT":
        value = " ".join(f'"{value[at : at + _STRING_OCTETS]}"' for at in range(0, len(value), _STRING_OCTETS))
    elif record.type in ("MX", "CNAME", "SRV"):
        value += "."
    return f"{record.host}. {record.type} {value}\n"


@contextmanager
def serving(home: Path, zones: Mapping[str, str], *, signed: str, bogus: str) -> Iterator[RealDns]:
    """Serve the zones, one of them signed; one has signatures that do not hold, for all that the resolver knows."""
    authority, resolver = _free_port(), _free_port()
    (home / "db").mkdir()
    config = _KNOT.format(home=home, port=authority)
    for name, lines in zones.items():
        (home / f"{name}.zone").write_text(_HEAD + lines)
        config += _ZONE.format(name=name, home=home, signed="on" if name == signed else "off")
    (home / "knot.conf").write_text(config)
    with _running(["knotd", "-c", str(home / "knot.conf")], authority, signed):
        keys = subprocess.run(
            ["keymgr", "-c", str(home / "knot.conf"), signed, "ds"], capture_output=True, text=True, check=True
        )
        anchors = [next(line for line in keys.stdout.splitlines() if " 2 " in line), f"{bogus}. DS 1 13 2 {'00' * 32}"]
        text = _UNBOUND.format(home=home, port=resolver, anchors="\n    ".join(f'trust-anchor: "{a}"' for a in anchors))
        text += "".join(_STUB.format(name=name, port=authority) for name in zones)
        (home / "unbound.conf").write_text(text)
        # A copy: Debian's AppArmor profile goes by the program's path and would keep it from our configuration.
        program = shutil.copy(shutil.which("unbound") or "/usr/sbin/unbound", home / "unbound")
        with _running([str(program), "-d", "-p", "-c", str(home / "unbound.conf")], resolver, signed):
            yield RealDns(f"127.0.0.1@{resolver}", authority)


@contextmanager
def _running(command: list[str], port: int, zone: str) -> Iterator[None]:
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: _answers(port, zone), f"{command[0]} answers", seconds=30)
        yield
    finally:
        process.terminate()
        process.wait(20)


def _answers(port: int, zone: str) -> bool:
    try:
        return bool(dns.query.tcp(dns.message.make_query(f"{zone}.", "SOA"), "127.0.0.1", port=port, timeout=5).answer)
    except (OSError, EOFError, dns.exception.DNSException):
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
