"""A DNS with many domains, each a zone of its own: knot has the zones, unbound resolves, and some servers are lame."""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from pathlib import Path

import dns.exception
import dns.message
import dns.query

from control_plane.mail_domains.checkup import Needs, is_publishable, required
from control_plane.mail_domains.schemas import DnsRecord

RESOLVER = "127.53.0.9"
_AUTHORITIES = ("127.53.0.1", "127.53.0.4")
_LAME, _SITE = "127.53.0.2", "127.53.0.3"
_STRING_OCTETS = 255
_READY_SECONDS = 120

_HOSTS = f"""\
. 3600 SOA ns1.host.bench. ops.host.bench. 1 3600 600 86400 5
. 3600 NS ns1.host.bench.
ns1.host.bench. 3600 A {_AUTHORITIES[0]}
ns2.host.bench. 3600 A {_AUTHORITIES[1]}
ns.lame.host.bench. 3600 A {_LAME}
mx.host.bench. 3600 A 192.0.2.1
site.host.bench. 3600 A {_SITE}
spf.host.bench. 3600 TXT "v=spf1 ip4:192.0.2.0/24 -all"
"""

_KNOT = """\
server:
    rundir: {home}
    listen: [{listen}]
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
log:
  - target: stderr
    any: error
database:
    storage: {home}/knot
template:
  - id: default
    storage: {home}/zones
    file: "%s.zone"
    zonefile-sync: -1
    zonefile-load: whole
    journal-content: none
zone:
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
    outgoing-range: 4096
    num-queries-per-thread: 2048
    interface: {resolver}
    access-control: 127.0.0.0/8 allow
    do-ip6: no
    module-config: "iterator"
    do-not-query-localhost: no
    target-fetch-policy: "0 0 0 0 0"
stub-zone:
    name: "."
    stub-addr: {authority}
    stub-prime: no
remote-control:
    control-enable: no
"""


@contextmanager
def serving(domains: Sequence[Needs], lame: Iterable[str]) -> Generator[None]:
    """Serve what these domains need, in full; those that are `lame` are delegated to a server that is."""
    home = Path(tempfile.mkdtemp(prefix="fp-dns-", dir="/var/tmp"))
    (home / "knot").mkdir()
    _write_zones(home, domains, set(lame))
    processes = [
        _start(["knotd", "-c", str(home / "knot.conf")], home / "knot.log"),
        _start(["unbound", "-d", "-p", "-c", str(home / "unbound.conf")], home / "unbound.log"),
        _start([sys.executable, "-m", "benchmarks.lame_dns", _LAME], home / "lame.log"),
    ]
    try:
        _wait_for(domains[-1].name, home)
        yield
    finally:
        for process in processes:
            process.terminate()
            process.wait()
        shutil.rmtree(home)


def _write_zones(home: Path, domains: Sequence[Needs], lame: set[str]) -> None:
    (home / "zones").mkdir()
    sound = [domain for domain in domains if domain.name not in lame]
    delegations = [f"{domain.name}. 3600 NS {host}.host.bench." for domain in sound for host in ("ns1", "ns2")]
    delegations += [f"{name}. 3600 NS ns.lame.host.bench." for name in lame]
    (home / "zones" / "root.zone").write_text(_HOSTS + "\n".join(delegations) + "\n")
    for domain in sound:
        (home / "zones" / f"{domain.name}.zone").write_text(_zone(domain))
    listen = ", ".join(f"{address}@53" for address in _AUTHORITIES)
    zones = ["  - domain: .\n    file: root.zone\n", *(f"  - domain: {domain.name}\n" for domain in sound)]
    (home / "knot.conf").write_text(_KNOT.format(home=home, listen=listen) + "".join(zones))
    (home / "unbound.conf").write_text(_UNBOUND.format(home=home, resolver=RESOLVER, authority=_AUTHORITIES[0]))


def _zone(domain: Needs) -> str:
    head = (
        "@ 3600 SOA ns1.host.bench. ops.host.bench. 1 3600 600 86400 5\n"
        "@ 3600 NS ns1.host.bench.\n@ 3600 NS ns2.host.bench.\n"
    )
    return head + "".join(_line(record) for record in required(domain) if is_publishable(record))


def _line(record: DnsRecord) -> str:
    value = record.value
    if record.type == "TXT":
        value = " ".join(f'"{value[at : at + _STRING_OCTETS]}"' for at in range(0, len(value), _STRING_OCTETS))
    elif record.type in ("MX", "CNAME", "SRV"):
        value += "."
    return f"{record.host}. 3600 {record.type} {value}\n"


def _start(command: list[str], log: Path) -> "subprocess.Popen[bytes]":
    with log.open("wb") as output:
        return subprocess.Popen(command, stdout=output, stderr=output)


def _wait_for(name: str, home: Path) -> None:
    query = dns.message.make_query(f"{name}.", "SOA")
    end = time.monotonic() + _READY_SECONDS
    while time.monotonic() < end:
        try:
            if dns.query.udp(query, RESOLVER, timeout=2).answer:
                return
        except (TimeoutError, dns.exception.DNSException, OSError):
            pass
        time.sleep(0.5)
    logs = {log.name: log.read_text()[-1000:] for log in home.glob("*.log")}
    raise TimeoutError(f"the resolver does not answer: {logs}")
