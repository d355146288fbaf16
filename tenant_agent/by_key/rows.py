"""What an item `smtp_key` means to Dovecot: the names that its secret lets in, by SMTP alone."""

import re

from tenant_agent import wire
from tenant_agent.by_key import logins
from tenant_agent.identifiers import Unfit

_SSHA512 = re.compile(r"[A-Za-z0-9+/]{86,172}={0,2}\Z")  # at least the 64 bytes of the digest


def rows(item: wire.SmtpKeyItem) -> dict[str, str]:
    """Give for each name what follows it in a passwd-file; raises `Unfit`.

    Whether the key is good just now, and from where, is not said here: that is asked for each mail.
    """
    if _SSHA512.match(item.password_hash) is None:
        raise Unfit("not a hash of the scheme SSHA512")
    return dict.fromkeys(names(item.key_id), f"{{SSHA512}}{item.password_hash}::::::")


def names(key_id: str) -> tuple[str, ...]:
    """Give the names of all rows that an item of this key can have; raises `Unfit`."""
    login = logins.parse(key_id)
    if login is None or login.key_id != key_id:
        raise Unfit(f"{key_id[:80]!r} is not an API key's id")
    return logins.names_of(key_id)


def key_of(name: str) -> str:
    """Give the key that a row's name is of."""
    return name.partition("+")[0]
