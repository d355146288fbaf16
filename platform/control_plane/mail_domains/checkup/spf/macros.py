"""Macros in SPF records (RFC 7208 §7): names that depend on who sends from where."""

import re
from collections.abc import Awaitable, Callable
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import quote

import msgspec

_MACRO = re.compile(r"%(?:\{([a-z])([0-9]*)(r?)([.\-+,/_=]*)\}|([%_\-]))", re.IGNORECASE)
_FIXED = {"%": "%", "_": " ", "-": "%20"}
_LONGEST_NAME = 253


class Sender(msgspec.Struct, frozen=True):
    """Who wants to send, and from where."""

    address: IPv4Address | IPv6Address
    mailbox: str
    """The whole address, `local@domain`."""
    helo: str


async def expand(spec: str, sender: Sender, domain: str, validated: Callable[[], Awaitable[str]]) -> str:
    """Expand a domain-spec; `validated` finds out the sender's host name, which `%{p}` stands for."""
    values = _values(sender, domain)
    if re.search(r"%\{p", spec, re.IGNORECASE):
        values["p"] = await validated()
    return _shortened(_MACRO.sub(lambda found: _expanded(found, values), spec))


def _values(sender: Sender, domain: str) -> dict[str, str]:
    local, _, host = sender.mailbox.rpartition("@")
    return {
        "s": sender.mailbox,
        "l": local,
        "o": host,
        "d": domain,
        "h": sender.helo,
        "i": _dotted(sender.address),
        "v": "in-addr" if sender.address.version == 4 else "ip6",
    }


def _dotted(address: IPv4Address | IPv6Address) -> str:
    return str(address) if isinstance(address, IPv4Address) else ".".join(address.packed.hex())


def _expanded(found: re.Match[str], values: dict[str, str]) -> str:
    letter, digits, reverse, delimiters, fixed = found.groups()
    if fixed:
        return _FIXED[fixed]
    parts = re.split(f"[{re.escape(delimiters or '.')}]", values.get(letter.lower(), ""))
    if reverse:
        parts.reverse()
    kept = parts[-int(digits[:4]) :] if digits and int(digits[:4]) else parts
    text = ".".join(kept)
    return quote(text, safe="-._~") if letter.isupper() else text


def _shortened(name: str) -> str:
    """Leave out labels on the left until the name is short enough to be asked for (§7.3)."""
    name = name.removesuffix(".")
    if len(name) <= _LONGEST_NAME:
        return name
    return name[-_LONGEST_NAME - 1 :].partition(".")[2] or name.rpartition(".")[2]
