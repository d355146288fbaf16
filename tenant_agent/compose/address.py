"""Checks a mail address and writes its domain in the form that travels: A-labels (RFC 5890)."""

import re
from functools import lru_cache

import idna

from tenant_agent.compose.failures import Unsendable

_DOT_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_QUOTED_LOCAL_PART = re.compile(r'"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\[\x20-\x7e])*"')
_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_ASCII_DOMAIN = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")
_ADDRESS_LITERAL = re.compile(r"\[(?:IPv6:)?[0-9A-Fa-f:.]{2,45}\]")

# RFC 5321 §4.5.3.1
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

    A local part outside ASCII would need SMTPUTF8 on every hop to the recipient: it is refused.
    """
    local_part, at, domain = text.rpartition("@")
    if not at or len(local_part) > _LONGEST_LOCAL_PART:
        raise Unsendable(f"{text!r} is not a mail address")
    if not (_DOT_ATOM.fullmatch(local_part) or _QUOTED_LOCAL_PART.fullmatch(local_part)):
        reason = "is not a mail address" if local_part.isascii() else "has a local part outside ASCII"
        raise Unsendable(f"{text!r} {reason}")
    address = f"{local_part}@{mail_domain(domain)}"
    if len(address) > _LONGEST_ADDRESS:
        raise Unsendable(f"{text!r} is longer than {_LONGEST_ADDRESS} characters")
    return address
