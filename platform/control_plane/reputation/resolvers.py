"""Which resolvers belong to everybody: lists refuse their questions or answer them wrongly."""

from collections.abc import Iterable

import dns.exception
import dns.resolver

PUBLIC = frozenset(
    {
        "8.8.8.8", "8.8.4.4", "2001:4860:4860::8888", "2001:4860:4860::8844",
        "1.1.1.1", "1.0.0.1", "2606:4700:4700::1111", "2606:4700:4700::1001",
        "9.9.9.9", "149.112.112.112", "2620:fe::fe", "2620:fe::9",
        "208.67.222.222", "208.67.220.220", "94.140.14.14", "94.140.15.15", "185.228.168.9", "76.76.2.0",
    }
)  # fmt: skip


def are_public(nameservers: Iterable[str]) -> bool:
    """Say whether any of these (`address` or `address@port`; none: the system's) is a public resolver."""
    return not PUBLIC.isdisjoint(text.partition("@")[0] for text in list(nameservers) or _of_the_system())


def _of_the_system() -> list[str]:
    try:
        return [text for text in dns.resolver.Resolver().nameservers if isinstance(text, str)]
    except dns.exception.DNSException:
        return []
