"""What may become part of a map, a passwd-file or a configuration file: all else is refused before it is written.

The sets are narrower than the mail standards allow, on purpose: a daemon must read back, byte for byte, what was
written, so whatever is a separator, a quote or a variable's mark to one of them is out.
"""

import ipaddress
import re

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})+\Z")
_LOCAL_PART = re.compile(r"(?=[^-].{0,63}\Z)[a-z0-9_&=-]+(?:\.[a-z0-9_&=-]+)*\Z")
_SELECTOR = re.compile(rf"(?=.{{1,63}}\Z){_LABEL}\Z")
_ARGON2ID = re.compile(
    r"\$argon2id\$v=19\$m=\d{1,7},t=\d{1,3},p=\d{1,3}\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{22,171}\Z"
)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,128}\Z")  # RFC 8555 §8.1: at least 128 bits
_THUMBPRINT = re.compile(r"[A-Za-z0-9_-]{43}\Z")  # of SHA-256, RFC 7638
_MAX_ADDRESS_LENGTH = 254  # RFC 5321 §4.5.3.1.3, less the angle brackets
_LOWEST_UID = 100_000  # below are the system's own users and services
_HIGHEST_UID = 2**31 - 1


class Unfit(ValueError):
    """A value that a daemon could not read back as it was written."""


def domain(text: str) -> str:
    """Check a domain of at least two lower-case A-labels."""
    return _fullmatch(_DOMAIN, text, "a domain in lower-case A-labels")


def local_part(text: str) -> str:
    """Check the left side of a mailbox address; with a dash in front it would be an option to the daemons' tools."""
    return _fullmatch(_LOCAL_PART, text, "a lower-case local part of letters, digits and . _ - & =")


def address(text: str) -> str:
    """Check a mailbox address."""
    local, at, host = text.rpartition("@")
    if not at or len(text) > _MAX_ADDRESS_LENGTH:
        raise Unfit(f"{text[:80]!r} is not an address of at most {_MAX_ADDRESS_LENGTH} characters")
    return f"{local_part(local)}@{domain(host)}"


def selector(text: str) -> str:
    """Check a DKIM selector of one label."""
    return _fullmatch(_SELECTOR, text, "a DKIM selector of one lower-case label")


def password_hash(text: str) -> str:
    """Check an argon2id hash in PHC form."""
    return _fullmatch(_ARGON2ID, text, "an argon2id hash in PHC form", secret=True)


def ip_address(text: str) -> str:
    """Check an IP address that is written in its canonical form; a zone (`fe80::1%…`) could be any text."""
    try:
        canonical = str(ipaddress.ip_address(text))
    except ValueError as error:
        raise Unfit(f"{text[:80]!r} is not an IP address") from error
    if "%" in text:
        raise Unfit(f"{text[:80]!r} has a zone")
    if canonical != text:
        raise Unfit(f"{text[:80]!r} is not in canonical form: {canonical}")
    return text


def system_uid(value: int) -> int:
    """Check the owner of a tenant's stored mail."""
    if not _LOWEST_UID <= value <= _HIGHEST_UID:
        raise Unfit(f"uid {value} is not between {_LOWEST_UID} and {_HIGHEST_UID}")
    return value


def byte_count(value: int) -> int:
    """Check a size in bytes; 0 means no limit."""
    if not 0 <= value < 2**63:
        raise Unfit(f"{value} is not a number of bytes")
    return value


def challenge(token: str, key_authorization: str) -> None:
    """Check what an ACME server asks for and what it is to be answered (RFC 8555 §8.1)."""
    _fullmatch(_TOKEN, token, "a token in base64url")
    said, _, thumbprint = key_authorization.partition(".")
    if said != token:
        raise Unfit("the key authorization does not begin with the token")
    _fullmatch(_THUMBPRINT, thumbprint, "a thumbprint in base64url", secret=True)


def _fullmatch(pattern: re.Pattern[str], text: str, what: str, *, secret: bool = False) -> str:
    if pattern.match(text) is None:
        raise Unfit(f"not {what}" if secret else f"{text[:80]!r} is not {what}")
    return text
