"""Who a mail says has written it: the domain of its one author."""

from email.errors import MessageError
from email.parser import HeaderParser
from email.policy import compat32
from email.utils import getaddresses

_parser = HeaderParser(policy=compat32)


def domain_of_author(head: bytes) -> str | None:
    """Give the domain in lower-case A-labels; none if there is not exactly one From header with one address."""
    try:
        fields = _parser.parsestr(head.decode("utf-8", "surrogateescape")).get_all("From", [])
        addresses = getaddresses([str(field) for field in fields])
    except (MessageError, ValueError, RecursionError, IndexError):
        return None
    if len(fields) != 1 or len(addresses) != 1:
        return None
    local, at, domain = addresses[0][1].rpartition("@")
    return _a_labels(domain.strip().rstrip(".")) if local and at and domain else None


def _a_labels(domain: str) -> str:
    if domain.isascii():
        return domain.lower()
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return domain.lower()
