"""E-mail addresses as customers write them: syntax only, no DNS; the domain comes out in lower case and as A-labels.

What stands before the @ may be any Unicode (RFC 6531), and comes out in its normal form.
"""

import re
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"(?!..--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_PLAIN = re.compile(rf"(?P<local>{_ATEXT}(?:\.{_ATEXT})*)@(?P<domain>(?:{_LABEL}\.)+(?!\d+\Z){_LABEL})")

_LOCAL_MAX = 64  # RFC 5321 §4.5.3.1.1
_ADDRESS_MAX = 254  # RFC 5321 §4.5.3.1.3, less the angle brackets
_TEXT_MAX = 4 * _ADDRESS_MAX  # its A-labels may be shorter than what was written, but not by so much


class BadAddress(ValueError):
    """The text is not an address that mail can be sent to; the message says why."""


def normalise(text: str) -> str:
    """Give the address in its one form; raises `BadAddress`."""
    if len(text) > _TEXT_MAX:  # looking at megabytes would take seconds
        raise BadAddress(f"An address has at most {_ADDRESS_MAX} characters.")
    if _is_plain(text):  # nearly all are, and the general way costs a hundred times as much
        return text
    return _normalise_any(text)


def domain_of(address: str) -> str:
    """Give the domain of a normalised address."""
    return address.rpartition("@")[2]


def _is_plain(text: str) -> bool:
    found = _PLAIN.fullmatch(text)
    return found is not None and len(text) <= _ADDRESS_MAX and len(found["local"]) <= _LOCAL_MAX


@lru_cache(maxsize=4096)
def _normalise_any(text: str) -> str:
    try:
        checked = validate_email(
            text, allow_smtputf8=True, strict=True, check_deliverability=False, test_environment=True
        )
    except EmailNotValidError as error:
        raise BadAddress(str(error)) from error
    if len(checked.local_part.encode()) > _LOCAL_MAX:  # octets: RFC 6531 leaves the limits as they are
        raise BadAddress(f"The part before the @ has at most {_LOCAL_MAX} bytes.")
    return f"{checked.local_part}@{checked.ascii_domain}"
