"""What may be asked of domains' web names."""

from control_plane.domain_sites.service.policies import change, get, policies
from control_plane.domain_sites.service.sites import find_site, is_served

__all__ = ["change", "find_site", "get", "is_served", "policies"]
