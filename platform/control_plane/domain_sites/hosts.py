"""The names below a customer's domain that are ours to serve, told from the `Host` that was asked for: pure."""

import msgspec

MTA_STS, AUTOCONFIG, AUTODISCOVER = "mta-sts", "autoconfig", "autodiscover"
LABELS = (MTA_STS, AUTOCONFIG, AUTODISCOVER)

_MOST_CHARACTERS = 253


class Asked(msgspec.Struct, frozen=True):
    """A host name taken apart."""

    label: str
    """One of `LABELS`; empty when it is the domain itself that was asked."""
    domain: str


def below(label: str, domain: str) -> str:
    """Name a host below a domain."""
    return f"{label}.{domain}"


def host_of(header: str) -> str:
    """Give the name in a `Host` header: lower-case, without port and last dot; empty if it cannot be one."""
    name = header.strip().lower()
    if not name.startswith("["):
        name = name.partition(":")[0]
    name = name.removesuffix(".")
    is_name = name.isascii() and name.isprintable() and "." in name and len(name) <= _MOST_CHARACTERS
    return name if is_name else ""


def take_apart(host: str) -> Asked:
    """Tell which of our names below which domain this is."""
    label, _, domain = host.partition(".")
    return Asked(label, domain) if label in LABELS and "." in domain else Asked("", host)
