"""Whether an address is fit to send: its PTR record, the name's own record, and that its node has it."""

from collections.abc import Collection, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Literal

import msgspec

FindingStatus = Literal["ok", "missing", "wrong", "unknown"]


class Answer(msgspec.Struct, frozen=True):
    """What DNS has; a problem if that could not be found out."""

    values: tuple[str, ...] = ()
    problem: str | None = None


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What was found out about an address."""

    reverse: Answer
    """Its PTR records."""
    forward: Answer
    """The A or AAAA records of its host name."""
    bound: bool | None
    """Whether its node has it; None: the node has not said."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that an address needs, and how it stands with it."""

    what: Literal["ptr", "forward", "bound"]
    status: FindingStatus
    text: str
    """What is so, and what to do."""


def record_type(address: str) -> str:
    """Name the type of record that leads to an address."""
    return "A" if ip_address(address).version == 4 else "AAAA"


def reverse_name(address: str) -> str:
    """Name the place of an address's PTR record."""
    return ip_address(address).reverse_pointer


def judge(address: str, hostname: str, seen: Seen) -> tuple[Finding, ...]:
    """Judge what was seen."""
    return _reverse(address, hostname, seen.reverse), _forward(address, hostname, seen.forward), _bound(address, seen)


def is_fit(findings: Sequence[Finding]) -> bool:
    """Say whether it may send."""
    return bool(findings) and all(each.status == "ok" for each in findings)


def _reverse(address: str, hostname: str, answer: Answer) -> Finding:
    wanted = f"a PTR record at {reverse_name(address)} with the value {hostname}"
    if answer.problem is not None:
        text = f"DNS gave no answer ({answer.problem}): it is asked again by itself."
        return Finding(what="ptr", status="unknown", text=text)
    names = {value.lower().removesuffix(".") for value in answer.values}
    if names == {hostname.lower()}:
        return Finding(what="ptr", status="ok", text=f"The address says that it is {hostname}.")
    if not names:
        return Finding(what="ptr", status="missing", text=f"Whose network it is must add {wanted}.")
    found = ", ".join(sorted(names)[:3])
    return Finding(what="ptr", status="wrong", text=f"It says {found}: whose network it is must set {wanted}.")


def _forward(address: str, hostname: str, answer: Answer) -> Finding:
    kind = record_type(address)
    if answer.problem is not None:
        text = f"DNS gave no answer ({answer.problem}): it is asked again by itself."
        return Finding(what="forward", status="unknown", text=text)
    if ip_address(address) in _addresses(answer.values):
        return Finding(what="forward", status="ok", text=f"{hostname} leads to the address.")
    status: FindingStatus = "wrong" if answer.values else "missing"
    return Finding(what="forward", status=status, text=f"Add an {kind} record to {hostname} with the value {address}.")


def _bound(address: str, seen: Seen) -> Finding:
    if seen.bound is None:
        return Finding(what="bound", status="unknown", text="Its node has not said yet whether it has the address.")
    if seen.bound:
        return Finding(what="bound", status="ok", text="Its node has the address.")
    text = f"Add {address} to an interface of its node: the node refuses to send from it until then."
    return Finding(what="bound", status="missing", text=text)


def _addresses(values: Collection[str]) -> set[IPv4Address | IPv6Address]:
    found = set()
    for value in values:
        try:
            found.add(ip_address(value))
        except ValueError:
            continue
    return found
