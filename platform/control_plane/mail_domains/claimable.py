"""Which domain names anybody may claim: not a public suffix, not a name of ours, nor one that another's mail needs."""

import tldextract

from control_plane.mail_domains.names import NEEDED, NotADomain, normalise
from control_plane.settings import Settings

# The list of public suffixes that comes with the package: nothing is fetched, and nothing is written to a disk.
_registries = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)

_LONGEST = 220
"""Names below it, as `_acme-challenge.autodiscover.`, must still be names (253 octets, RFC 1035 §2.3.4)."""


def claimable(text: str, settings: Settings) -> str:
    """Give the stored form of a name that may be claimed; raises `NotADomain`."""
    if text.strip().startswith("*"):
        raise NotADomain("Give the domain itself, without a star: names below it are added one by one.")
    name = normalise(text)
    if len(name) > _LONGEST:
        raise NotADomain("This name is too long: the records that its mail needs stand below it and would not fit.")
    registered = _registries(name)
    if registered.suffix and not registered.domain:
        raise NotADomain(f"Anybody can register names under {name}: give the whole name, such as example.{name}.")
    if registered.subdomain and name.partition(".")[0] in NEEDED:
        raise NotADomain("This name belongs to the mail of the domain above it: add that one.")
    if _is_ours(name, settings):
        raise NotADomain("This name belongs to the platform.")
    return name


def _is_ours(name: str, settings: Settings) -> bool:
    hosts = {settings.mail_host, settings.client_host, settings.site_host, settings.spf_include}
    domains = {settings.reports_domain, settings.simulator_domain}
    zones = [zone for zone in (settings.zone.name, *domains) if zone]
    return name in hosts | domains or any(name.endswith(f".{zone}") for zone in zones)
