"""Postfix's transports: one for each sending address and provider class, and which of them a node has."""

import ipaddress
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import structlog

from tenant_agent import wire

log = structlog.get_logger(__name__)

MOST: Final = 300
"""A Postfix instance starts a process per transport and destination; with more of them its queue manager slows down."""

PLAIN = wire.ShapingItem(release="", classes=(wire.ProviderClass(name=wire.GENERIC),))
"""What holds until the control plane has said how providers are to be treated."""

WISHES_STAY: Final = {"smtp_discard_ehlo_keywords": "silent-discard, dsn"}
"""Our Postfix is told to write no bounces (NOTIFY=NEVER, RFC 3461 §4.1), and would tell the same to whoever takes the
mail; but what becomes of it there, nobody else can say."""

_PREFIX = "out-"
_CLASS = "--"
_V4 = re.compile(r"(\d{1,3}(?:-\d{1,3}){3})(?:--(.+))?\Z")
_DEFINED = re.compile(r"^(out-\S+) +unix ", re.MULTILINE)


class Transport(NamedTuple):
    """One way out: from this address, to destinations of this class, within its limits."""

    name: str
    ip: wire.SendingIp
    provider: wire.ProviderClass


def transport_of(address: str, provider: str = wire.GENERIC) -> str:
    """Name the transport from an IP address to a class, as in `out-10-77-1-11` and `out-10-77-1-11--google`."""
    base = _PREFIX + address.replace(".", "-").replace(":", "-")
    return base if provider == wire.GENERIC else f"{base}{_CLASS}{provider}"


@lru_cache(maxsize=1024)
def source_address(transport: str) -> str | None:
    """Read the address back out of a transport's name; None for a transport that is not one of a sending address."""
    return _parts(transport)[0]


@lru_cache(maxsize=1024)
def class_of(transport: str) -> str:
    """Read the provider class back out of a transport's name."""
    return _parts(transport)[1]


def planned(ips: Sequence[wire.SendingIp], shaping: wire.ShapingItem) -> list[Transport]:
    """List the transports of a node: for each address a generic one, and one for each class that there is room for.

    Where there is no room, the classes that are listed last share the generic transport; `generic` comes by itself.
    """
    generic = next((each for each in shaping.classes if each.name == wire.GENERIC), PLAIN.classes[0])
    named = [each for each in shaping.classes if each.name != wire.GENERIC]
    room = max(0, MOST // max(1, len(ips)) - 1)
    if len(named) > room:
        log.warning("transports.shared", classes=[each.name for each in named[room:]], next_step="use fewer classes")
    classes = [generic, *named[:room]]
    return [Transport(transport_of(ip.address, each.name), ip, each) for ip in ips for each in classes]


def defined_in(master_cf: str) -> frozenset[str]:
    """Read which transports a Postfix has: only they can be used."""
    return frozenset(_DEFINED.findall(master_cf))


def _parts(transport: str) -> tuple[str | None, str]:
    name = transport.removeprefix(_PREFIX)
    if name == transport:
        return None, wire.GENERIC
    if match := _V4.match(name):  # first: `10-77-1-11--163` could be read as an IPv6 address, though never a public one
        return match[1].replace("-", "."), match[2] or wire.GENERIC
    if address := _v6(name):
        return address, wire.GENERIC
    base, _, provider = name.rpartition(_CLASS)
    return _v6(base), provider or wire.GENERIC


def _v6(groups: str) -> str | None:
    try:
        return str(ipaddress.IPv6Address(groups.replace("-", ":")))
    except ValueError:
        return None
