"""The names that programs log in with: a key's id, alone or with the stream that its mail is to take."""

import re
from typing import NamedTuple

from tenant_agent import wire

PATTERN = "/^key_[^@]*$/"
"""Tells a key from a mailbox's owner, as Postfix's regexp_table(5) reads it."""

_KEY_ID = re.compile(r"key_[0-9a-v]{26}\Z")


class Login(NamedTuple):
    """A login, taken apart."""

    key_id: str
    stream: str
    """Empty: none was named."""


def is_of_a_key(login: str) -> bool:
    """Say whether a login is no mailbox's: those have an `@`."""
    return login.lower().startswith("key_") and "@" not in login


def parse(login: str) -> Login | None:
    """Take a login apart; none if no key is called so."""
    key_id, plus, stream = login.lower().partition("+")
    if _KEY_ID.match(key_id) is None or (plus and stream not in wire.STREAMS):
        return None
    return Login(key_id, stream)


def names_of(key_id: str) -> tuple[str, ...]:
    """Give all names that a key may log in with."""
    return (key_id, *(f"{key_id}+{stream}" for stream in wire.STREAMS))
