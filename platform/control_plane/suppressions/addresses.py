"""Addresses as suppressions know them: in lower case, since nobody tells `Bob@` from `bob@`; or a whole domain."""

from control_plane.mail_domains import names
from control_plane.messages.addresses import BadAddress, normalise


def read(text: str) -> str:
    """Give an address, or `@else.test` for all addresses of a domain, as it is stored; raises `BadAddress`."""
    typed = text.strip()
    if not typed.startswith("@"):
        return normalise(typed).lower()
    try:
        return f"@{names.normalise(typed[1:])}"
    except names.NotADomain as error:
        raise BadAddress(str(error)) from error


def domain_entry(email: str) -> str:
    """Give what would suppress the whole domain of an address."""
    return f"@{email.rpartition('@')[2]}"
