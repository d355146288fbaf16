"""What an item `inbound` means to Postfix: which recipients are taken, and which names are domains because of it."""

from tenant_agent import identifiers, wire

TAKEN = "OK"
NOBODY_HERE = "550 5.1.1 User unknown"


def taken(item: wire.InboundItem) -> dict[str, str]:
    """Give what to answer for an address, or for whoever else is at a domain; raises `Unfit`.

    At a domain with mailboxes, Postfix knows by itself who is not there. At a name that is a domain only because of
    the item, it would take everybody.
    """
    name = _checked(item.name)
    if "@" in name or item.everyone:
        return {name: TAKEN}
    return {} if item.hosted else {name: NOBODY_HERE}


def domains(item: wire.InboundItem) -> tuple[str, ...]:
    """Give the names that mail is taken for though no item `domain` says so, with a `.` those below a name."""
    if "@" in item.name:
        return ()
    return (*(() if item.hosted else (item.name,)), *((f".{item.name}",) if item.subdomains else ()))


def keys(name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the keys of all rows that an item of this name can have: of `taken`, and of `domains`."""
    name = _checked(name)
    return (name,), () if "@" in name else (name, f".{name}")


def _checked(name: str) -> str:
    return identifiers.address(name) if "@" in name else identifiers.domain(name)
