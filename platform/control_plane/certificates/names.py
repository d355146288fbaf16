"""Host names that certificates are for: as they are typed, whose they are, and what authorities count by."""

from collections.abc import Collection

import tldextract

from control_plane.mail_domains import names

_suffixes = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)
"""The list of public suffixes that came with the library: nothing is fetched."""
_WILDCARD = "*."


def normalise(text: str) -> str:
    """Give the stored form of a host name, which may begin with `*.`; raises `NotADomain`."""
    typed = text.strip()
    if typed.startswith(_WILDCARD):
        return _WILDCARD + names.normalise(typed.removeprefix(_WILDCARD))
    return names.normalise(typed)


def is_wildcard(name: str) -> bool:
    """Say whether the name stands for all hosts of one level."""
    return name.startswith(_WILDCARD)


def host_of(name: str) -> str:
    """Take the wildcard off: what is proven is the name behind it."""
    return name.removeprefix(_WILDCARD)


def domain_of(name: str, proven: Collection[str]) -> str | None:
    """Find the proven domain that a name is at or below, the nearest one."""
    host = host_of(name)
    return next((each for each in (host, *names.above(host)) if each in proven), None)


def below_domain(name: str, domain: str) -> list[str]:
    """List the host and the names above it as far as they lie below a domain: somebody else may have proven them."""
    host = host_of(name)
    return [each for each in (host, *names.above(host)) if each.endswith(f".{domain}")]


def registered_domain(name: str) -> str:
    """Give what authorities count certificates by: the name below the public suffix."""
    host = host_of(name)
    return _suffixes(host).top_domain_under_public_suffix or ".".join(host.rsplit(".", 2)[-2:])


def challenge_host(host: str) -> str:
    """Give where the record of a dns-01 challenge is looked for (RFC 8555 §8.4)."""
    return f"_acme-challenge.{host}"
