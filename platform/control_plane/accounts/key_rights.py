"""What a key may be given: nothing that whoever makes it does not have."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TypeAlias, TypeVar

import msgspec

from control_plane.accounts.schemas import RESOURCES
from control_plane.core.auth import Subject
from control_plane.core.clock import in_utc
from control_plane.core.errors import FieldError
from control_plane.core.sandbox import Mode
from control_plane.mail_domains import names

Network: TypeAlias = IPv4Network | IPv6Network
Value = TypeVar("Value")

SCOPES = frozenset({"*", *(f"{resource}:{action}" for resource in RESOURCES for action in ("read", "write", "*"))})
_FEWER = "You have not got that right yourself."


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """What limits a key beside its scopes."""

    domains: tuple[str, ...] = ()
    networks: tuple[Network, ...] = ()
    requests_per_minute: int | None = None
    expires_at: datetime | None = None


def scope_faults(maker: Subject, scopes: Sequence[str]) -> Iterator[FieldError]:
    """Say which scopes there are not, and which the maker does not have."""
    for index, scope in enumerate(scopes):
        if scope not in SCOPES:
            yield FieldError(f"scopes[{index}]", "There is no such scope: see the list in the documentation.")
        elif not may_give(maker, scope):
            yield FieldError(f"scopes[{index}]", _FEWER)


def may_give(maker: Subject, scope: str) -> bool:
    """Say whether the maker has all that a scope opens."""
    resource, _, action = scope.partition(":")
    wanted = ("read", "write") if action == "*" else (action,)
    return maker.allows("*") if scope == "*" else all(maker.allows(f"{resource}:{each}") for each in wanted)


def bound_faults(maker: Subject, bounds: Bounds) -> Iterator[FieldError]:
    """Say which bounds are wider than the maker's own."""
    if maker.allowed_domains and not (bounds.domains and maker.allowed_domains.issuperset(bounds.domains)):
        yield FieldError("allowed_domains", f"Your own key is bound: name some of {_listed(maker.allowed_domains)}.")
    if maker.allowed_networks and not _inside(bounds.networks, maker.allowed_networks):
        yield FieldError("allowed_networks", f"Your own key is bound: stay within {_listed(maker.allowed_networks)}.")
    if _above(bounds.requests_per_minute, maker.requests_per_minute):
        yield FieldError("requests_per_minute", f"Your own key has a rate of {maker.requests_per_minute}.")
    if maker.expires_at is not None and (bounds.expires_at is None or bounds.expires_at > maker.expires_at):
        yield FieldError("expires_at", f"Your own key ends at {maker.expires_at:%Y-%m-%dT%H:%M:%SZ}.")


def mode_faults(maker: Subject, mode: Mode) -> Iterator[FieldError]:
    """Say whether a test key would make one that sends."""
    if maker.mode == "test" and mode != "test":
        yield FieldError("mode", "Your own key is a test key: it makes none that sends mail out.")


def time_faults(now: datetime, bounds: Bounds) -> Iterator[FieldError]:
    """Say whether the key would have ended before it began."""
    if bounds.expires_at is not None and bounds.expires_at <= now:
        yield FieldError("expires_at", "This moment has passed: name a later one.")


def parse_bounds(
    domains: Sequence[str], networks: Sequence[str], requests_per_minute: int | None, expires_at: datetime | None
) -> tuple[Bounds, list[FieldError]]:
    """Read what was asked for; what cannot be read comes back as errors."""
    faults: list[FieldError] = []
    bounds = Bounds(
        domains=tuple(dict.fromkeys(_each(domains, "allowed_domains", names.normalise, faults))),
        networks=tuple(dict.fromkeys(_each(networks, "allowed_networks", _network, faults))),
        requests_per_minute=requests_per_minute,
        expires_at=None if expires_at is None else in_utc(expires_at),
    )
    return bounds, faults


def _each(texts: Sequence[str], field: str, read: Callable[[str], Value], faults: list[FieldError]) -> Iterator[Value]:
    for index, text in enumerate(texts):
        try:
            yield read(text)
        except ValueError as error:
            faults.append(FieldError(f"{field}[{index}]", str(error)))


def _network(text: str) -> Network:
    try:
        return ip_network(text.strip().replace("%", " "))  # a zone means something on one machine only
    except ValueError as error:
        raise ValueError("Write a network as 192.0.2.0/24 or 2001:db8::/32, or one address.") from error


def _inside(networks: Sequence[Network], own: frozenset[str]) -> bool:
    outer = [ip_network(text) for text in own]
    return bool(networks) and all(any(_is_part(network, each) for each in outer) for network in networks)


def _is_part(network: Network, outer: Network) -> bool:
    if isinstance(network, IPv4Network):
        return isinstance(outer, IPv4Network) and network.subnet_of(outer)
    return isinstance(outer, IPv6Network) and network.subnet_of(outer)


def _above(wanted: int | None, own: int | None) -> bool:
    return own is not None and (wanted is None or wanted > own)


def _listed(names: frozenset[str]) -> str:
    return ", ".join(sorted(names))
