"""Open the zone that a domain lies in."""

from control_plane.dns_publishing.providers.dynamic import open_dynamic
from control_plane.dns_publishing.providers.kinds import ProviderKind
from control_plane.dns_publishing.providers.lexicon_zone import open_lexicon
from control_plane.dns_publishing.providers.powerdns import open_powerdns
from control_plane.dns_publishing.providers.zone import Credentials, Means, Zone


async def open_zone(means: Means, kind: ProviderKind, credentials: Credentials, domain: str) -> Zone:
    """Open the zone that a domain lies in; raises `ProviderProblem`."""
    if kind == "ddns":
        return await open_dynamic(means.allowed, credentials, domain)
    if kind == "powerdns":
        return await open_powerdns(means.http, credentials, domain)
    return await open_lexicon(kind, credentials, domain)
