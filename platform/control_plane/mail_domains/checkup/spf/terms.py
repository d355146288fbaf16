"""The grammar of SPF records (RFC 7208 §12): a text becomes terms, or there is an error in it."""

import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Literal, TypeAlias

import msgspec

Qualifier: TypeAlias = Literal["+", "-", "~", "?"]
Network: TypeAlias = IPv4Network | IPv6Network

_MACRO = r"%(?:\{[slodipvhSLODIPVH][0-9]*[rR]?[.\-+,/_=]*\}|%|_|-)"
_MACRO_STRING = re.compile(rf"(?:{_MACRO}|[\x21-\x24\x26-\x7e])*")
_TOP_LABEL = r"(?:(?=[0-9]*[a-z])[a-z0-9]+|[a-z0-9]+-[a-z0-9-]*[a-z0-9])"
_DOMAIN_END = re.compile(rf"(?:.*\.{_TOP_LABEL}\.?|.*{_MACRO})", re.IGNORECASE | re.DOTALL)
_MODIFIER = re.compile(r"([a-z][a-z0-9\-_.]*)=(.*)", re.IGNORECASE | re.DOTALL)
_IPV4_BITS, _IPV6_BITS = 32, 128


class SpfSyntaxError(ValueError):
    """The record breaks the grammar; the message names the word."""


class Mechanism(msgspec.Struct, frozen=True, kw_only=True):
    """A word of a record that senders' addresses are compared with."""

    text: str
    qualifier: Qualifier
    name: str
    domain: str = ""
    """The domain-spec, macros not yet expanded; empty: the domain itself."""
    ipv4_bits: int = _IPV4_BITS
    ipv6_bits: int = _IPV6_BITS
    network: Network | None = None


class Record(msgspec.Struct, frozen=True):
    """A whole record."""

    mechanisms: tuple[Mechanism, ...]
    redirect: str | None


def is_spf(text: str) -> bool:
    """Say whether a TXT record is meant to be SPF (RFC 7208 §4.5)."""
    return text[:6].lower() == "v=spf1" and text[6:7] in ("", " ")


def parse(text: str) -> Record:
    """Read a record; raises `SpfSyntaxError` whatever stands wherever, as receivers do (§4.6)."""
    mechanisms: list[Mechanism] = []
    modifiers: dict[str, str] = {}
    for word in text[6:].split(" "):
        modifier = _MODIFIER.fullmatch(word)
        if modifier is not None:
            _take_modifier(modifiers, modifier[1].lower(), modifier[2], word)
        elif word:
            mechanisms.append(_mechanism(word))
    return Record(tuple(mechanisms), modifiers.get("redirect"))


def _take_modifier(modifiers: dict[str, str], name: str, value: str, word: str) -> None:
    is_known = name in ("redirect", "exp")
    if is_known and name in modifiers:
        raise SpfSyntaxError(f"{name}= may stand there only once")
    if not _MACRO_STRING.fullmatch(value) or (is_known and not _DOMAIN_END.fullmatch(value)):
        raise _wrong(word)
    modifiers[name] = value


def _mechanism(word: str) -> Mechanism:
    qualifier, name, rest = _split(word)
    match name:
        case "all" if not rest:
            return Mechanism(text=word, qualifier=qualifier, name=name)
        case "ip4" | "ip6" if rest.startswith(":"):
            return Mechanism(text=word, qualifier=qualifier, name=name, network=_network(word, name, rest[1:]))
        case "include" | "exists" if rest.startswith(":"):
            return Mechanism(text=word, qualifier=qualifier, name=name, domain=_domain(word, rest[1:]))
        case "ptr" if not rest or rest.startswith(":"):
            return Mechanism(text=word, qualifier=qualifier, name=name, domain=_domain(word, rest[1:]) if rest else "")
        case "a" | "mx":
            return _with_lengths(word, qualifier, name, rest)
        case _:
            raise _wrong(word)


def _split(word: str) -> tuple[Qualifier, str, str]:
    qualifier: Qualifier = "+"
    bare = word
    for sign in ("+", "-", "~", "?"):
        if word.startswith(sign):
            qualifier, bare = sign, word[1:]
    name = re.match(r"[A-Za-z0-9]*", bare)
    length = name.end() if name else 0
    return qualifier, bare[:length].lower(), bare[length:]


_LENGTHS = re.compile(r"(.*?)(?:/(0|[1-9][0-9]?))?(?://(0|[1-9][0-9]{0,2}))?", re.DOTALL)


def _with_lengths(word: str, qualifier: Qualifier, name: str, rest: str) -> Mechanism:
    """Read `a` and `mx`: a domain and two prefix lengths, all of them optional."""
    parts = _LENGTHS.fullmatch(rest)
    if parts is None or (parts[1] and not parts[1].startswith(":")):
        raise _wrong(word)
    ipv4_bits = int(parts[2]) if parts[2] else _IPV4_BITS
    ipv6_bits = int(parts[3]) if parts[3] else _IPV6_BITS
    if ipv4_bits > _IPV4_BITS or ipv6_bits > _IPV6_BITS:
        raise _wrong(word)
    domain = _domain(word, parts[1][1:]) if parts[1] else ""
    return Mechanism(text=word, qualifier=qualifier, name=name, domain=domain, ipv4_bits=ipv4_bits, ipv6_bits=ipv6_bits)


def _domain(word: str, text: str) -> str:
    if not _MACRO_STRING.fullmatch(text) or not _DOMAIN_END.fullmatch(text):
        raise _wrong(word)
    return text


def _network(word: str, name: str, text: str) -> Network:
    address, slash, bits = text.partition("/")
    if "%" in address or (slash and not re.fullmatch(r"0|[1-9][0-9]{0,2}", bits)):
        raise _wrong(word)
    try:
        network = ip_network(text, strict=False)
    except ValueError as error:
        raise _wrong(word) from error
    if network.version != (4 if name == "ip4" else 6):
        raise _wrong(word)
    return network


def _wrong(word: str) -> SpfSyntaxError:
    return SpfSyntaxError(f"“{word[:80]}” is not understood")
