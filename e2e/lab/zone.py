"""The lab's DNS data: one zone for the root, so that every name not in it does not exist."""

import ipaddress
from collections.abc import Iterable

import msgspec

from e2e.lab.plan import (
    AUTHORITY_ADDRESS,
    BULK_ADDRESS,
    BULK_DOMAIN,
    CA_ADDRESS,
    CA_HOSTNAME,
    CONTROL_ADDRESS,
    CONTROL_HOSTNAME,
    FORWARDER_ADDRESS,
    FORWARDER_DOMAIN,
    FORWARDER_MX,
    OLD_ADDRESS,
    OLD_DOMAIN,
    OLD_MX,
    OUTSIDE_ADDRESS,
    OUTSIDE_DOMAIN,
    OUTSIDE_HOOKS,
    OUTSIDE_MX,
    OUTSIDE_RELAY,
    PLATFORM_DOMAIN,
    PLATFORM_ZONE,
    PROVIDERS,
    SITE_HOSTNAME,
    NodePlan,
)

_TTL_SECONDS = 60
_NEGATIVE_TTL_SECONDS = 1
_NAME_SERVER = f"ns.{PLATFORM_DOMAIN}"
_STRING_OCTETS = 255  # RFC 1035 §3.3: a TXT record is a sequence of strings of at most this length
_WITH_TARGET = {"MX", "CNAME", "NS", "PTR", "SRV"}


class Record(msgspec.Struct, frozen=True):
    """A DNS record as the API tells a customer to publish it: absolute name, type, value without quotes."""

    host: str
    type: str
    value: str

    @property
    def name(self) -> str:
        """The host in the one form that is compared."""
        return self.host.rstrip(".").lower() + "."


def merge(old: Iterable[Record], new: Iterable[Record]) -> list[Record]:
    """Replace whole record sets: what `new` says of a name and type is all there is."""
    fresh = list(new)
    replaced = {(record.name, record.type) for record in fresh}
    return [record for record in old if (record.name, record.type) not in replaced] + fresh


def without(old: Iterable[Record], names: Iterable[str]) -> list[Record]:
    """Drop everything that is known of some names."""
    gone = {name.rstrip(".").lower() + "." for name in names}
    return [record for record in old if record.name not in gone]


def lab_records(nodes: Iterable[NodePlan]) -> list[Record]:
    """Give the records of the platform and of the outside world."""
    return [
        *_host(CONTROL_HOSTNAME, CONTROL_ADDRESS),
        *_host(CA_HOSTNAME, CA_ADDRESS),
        Record(SITE_HOSTNAME, "A", CONTROL_ADDRESS),
        *_outside(),
        *_platform(list(nodes)),
    ]


def _host(name: str, address: str) -> list[Record]:
    reverse = ipaddress.ip_address(address).reverse_pointer
    return [Record(name, "A", address), Record(reverse, "PTR", name)]


def _outside() -> list[Record]:
    return [
        *_host(OUTSIDE_MX, OUTSIDE_ADDRESS),
        Record(OUTSIDE_HOOKS, "A", OUTSIDE_ADDRESS),
        Record(OUTSIDE_RELAY, "A", OUTSIDE_ADDRESS),
        Record(OUTSIDE_DOMAIN, "MX", f"10 {OUTSIDE_MX}"),
        Record(OUTSIDE_DOMAIN, "TXT", f"v=spf1 ip4:{OUTSIDE_ADDRESS} -all"),
        Record(f"_dmarc.{OUTSIDE_DOMAIN}", "TXT", "v=DMARC1; p=none"),
        *_host(OLD_MX, OLD_ADDRESS),
        Record(OLD_DOMAIN, "MX", f"10 {OLD_MX}"),
        *_host(FORWARDER_MX, FORWARDER_ADDRESS),
        Record(FORWARDER_DOMAIN, "MX", f"10 {FORWARDER_MX}"),
        *_host(f"sink.{BULK_DOMAIN}", BULK_ADDRESS),
        Record(BULK_DOMAIN, "MX", f"10 sink.{BULK_DOMAIN}"),
        *(record for domain, address in PROVIDERS.items() for record in _provider(domain, address)),
    ]


def _provider(domain: str, address: str) -> list[Record]:
    return [*_host(f"mx.{domain}", address), Record(domain, "MX", f"10 mx.{domain}")]


def _platform(nodes: list[NodePlan]) -> list[Record]:
    hosts = [record for node in nodes for record in _host(node.hostname, node.address)]
    ips = [record for node in nodes for ip in (*node.ips, *node.spare) for record in _host(ip.hostname, ip.address)]
    mx = [Record(f"mx.{PLATFORM_DOMAIN}", "A", node.address) for node in nodes if "mx" in node.roles]
    senders = " ".join(f"ip4:{ip.address}" for node in nodes for ip in (*node.ips, *node.spare))
    zone = Record(PLATFORM_ZONE, "NS", _NAME_SERVER)
    return [*hosts, *ips, *mx, zone, Record(f"spf.{PLATFORM_DOMAIN}", "TXT", f"v=spf1 {senders} -all")]


def render(records: Iterable[Record], serial: int) -> str:
    """Write the root zone as a master file (RFC 1035 §5)."""
    head = [
        f"$TTL {_TTL_SECONDS}",
        _authority(".", serial),
        f"{_NAME_SERVER}. A {AUTHORITY_ADDRESS}",
    ]
    return "\n".join([*head, *(f"{record.name} {record.type} {_data(record)}" for record in records)]) + "\n"


def render_platform_zone() -> str:
    """Write the zone of the platform's own as it is before the platform writes it."""
    return "\n".join([f"$TTL {_TTL_SECONDS}", _authority(f"{PLATFORM_ZONE}.", 1)]) + "\n"


def _authority(name: str, serial: int) -> str:
    soa = f"{_NAME_SERVER}. hostmaster.{PLATFORM_DOMAIN}. {serial} 60 60 3600 {_NEGATIVE_TTL_SECONDS}"
    return f"{name} SOA {soa}\n{name} NS {_NAME_SERVER}."


def _data(record: Record) -> str:
    if record.type == "TXT":
        return _quoted(record.value)
    return record.value.rstrip(".") + "." if record.type in _WITH_TARGET else record.value


def _quoted(text: str) -> str:
    raw = text.encode()
    pieces = [raw[start : start + _STRING_OCTETS] for start in range(0, len(raw), _STRING_OCTETS)] or [b""]
    return " ".join('"' + "".join(_escaped(octet) for octet in piece) + '"' for piece in pieces)


def _escaped(octet: int) -> str:
    character = chr(octet)
    return character if character.isascii() and character.isprintable() and character not in '"\\' else f"\\{octet:03d}"
