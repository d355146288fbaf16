"""DNS providers: each opens the zone that a domain lies in, reads record sets from it and writes them."""

from control_plane.dns_publishing.providers.kinds import KINDS, Field, Kind
from control_plane.dns_publishing.providers.opening import open_zone
from control_plane.dns_publishing.providers.zone import Means, ProviderProblem, Zone

__all__ = ["KINDS", "Field", "Kind", "Means", "ProviderProblem", "Zone", "open_zone"]
