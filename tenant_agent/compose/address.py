"""Checks a mail address and writes its domain in the form that travels: A-labels (RFC 5890)."""

import re
from functools import lru_cache

import idna

from tenant_agent.compose.failures import Unsendable

_ATEXT = r"A-Za-z0-9!#$%&'*+/=?^_`{|}~\-"
_DOT_ATOM = re.compile(rf"[{_ATEXT}]+(?:\.[{_ATEXT}]+)*")
_DOT_ATOM_BEYOND_ASCII = re.compile(rf"[{_ATEXT}\u00a1-\U0010ffff]+(?:\.[{_ATEXT}\u00a1-\U0010ffff]+)*")
_QUOTED_LOCAL_PART = re.compile(r'"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\[\x20-\x7e])*"')
_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_ASCII_DOMAIN = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")
_ADDRESS_LITERAL = re.compile(r"\[(?:IPv6:)?[0-9A-Fa-f:.]{2,45}\]")

# RFC 5321 §4.5.3.1, in octets
_LONGEST_LOCAL_PART = 64
_LONGEST_ADDRESS = 254


@lru_cache(maxsize=65536)
def mail_domain(domain: str) -> str:
    """Write a domain in A-labels; raises `Unsendable` when it is none."""
    if _ASCII_DOMAIN.fullmatch(domain) or _ADDRESS_LITERAL.fullmatch(domain):
        return domain
    try:
        return idna.encode(domain, uts46=True).decode()
    except idna.IDNAError as error:
        raise Unsendable(f"{domain!r} is not a domain name") from error


def mail_address(text: str) -> str:
    """Write an address so that it is safe in headers and SMTP commands; raises `Unsendable`.

    A local part outside ASCII stays as it is (RFC 6531): it needs SMTPUTF8 on every hop to the recipient.
    """
    local_part, at, domain = text.rpartition("@")
    if not at or not _is_local_part(local_part):
        raise Unsendable(f"{text!r} is not a mail address")
    address = f"{local_part}@{mail_domain(domain)}"
    if len(address.encode()) > _LONGEST_ADDRESS:
        raise Unsendable(f"{text!r} is longer than {_LONGEST_ADDRESS} characters")
    return address


def _is_local_part(text: str) -> bool:
    if text.isascii():
        is_one = _DOT_ATOM.fullmatch(text) or _QUOTED_LOCAL_PART.fullmatch(text)
        return is_one is not None and len(text) <= _LONGEST_LOCAL_PART
    # What is not printable are surrogates, other spaces, and marks that nobody sees.
    is_one = _DOT_ATOM_BEYOND_ASCII.fullmatch(text)
    return is_one is not None and text.isprintable() and len(text.encode()) <= _LONGEST_LOCAL_PART
