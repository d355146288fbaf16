"""What a return path looks like: where bounces of a mail come back to, known by both sides by its shape alone."""

import re
from typing import Final, NamedTuple

RETURN_LABEL: Final = "bounce"
"""The first label of every return domain; the rest is the domain whose mail it is."""
TOKEN_CHARACTERS: Final = 26
MAC_CHARACTERS: Final = 10
RETURN_LOCAL_CHARACTERS: Final = TOKEN_CHARACTERS + MAC_CHARACTERS

_RETURN_PATH = re.compile(
    rf"([0-9a-v]{{{TOKEN_CHARACTERS}}})([0-9a-v]{{{MAC_CHARACTERS}}})@{RETURN_LABEL}\.([^@\s]+)\Z", re.IGNORECASE
)


class ReturnPath(NamedTuple):
    """An address that a bounce came to, in lower case: some servers shout."""

    token: str
    """The delivery's id without its prefix."""
    mac: str
    domain: str
    """The domain whose mail it was, without the first label."""


def read_return_path(address: str) -> ReturnPath | None:
    """Take a signed return path apart; None if the address is not shaped like one."""
    found = _RETURN_PATH.match(address)
    return ReturnPath(*(part.lower() for part in found.groups())) if found else None
