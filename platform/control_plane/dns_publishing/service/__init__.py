"""Bring a domain's records to where its DNS is kept: as files and by links."""

from control_plane.dns_publishing.service.files import records_file
from control_plane.dns_publishing.service.links import forget_old as forget_old_links
from control_plane.dns_publishing.service.links import listing as shared_links
from control_plane.dns_publishing.service.links import share, shared_domain
from control_plane.dns_publishing.service.links import withdraw as withdraw_link

__all__ = ["forget_old_links", "records_file", "share", "shared_domain", "shared_links", "withdraw_link"]
