"""Bring a domain's records to where its DNS is kept: as files, by links, at a provider."""

from control_plane.dns_publishing.service.connections import change as change_connection
from control_plane.dns_publishing.service.connections import connect, disconnect, kinds
from control_plane.dns_publishing.service.connections import find as find_connection
from control_plane.dns_publishing.service.connections import listing as list_connections
from control_plane.dns_publishing.service.files import records_file
from control_plane.dns_publishing.service.links import forget_old as forget_old_links
from control_plane.dns_publishing.service.links import listing as shared_links
from control_plane.dns_publishing.service.links import share, shared_domain
from control_plane.dns_publishing.service.links import withdraw as withdraw_link
from control_plane.dns_publishing.service.publications import apply, begin, roll_back
from control_plane.dns_publishing.service.publications import get as get_publication
from control_plane.dns_publishing.service.publications import listing as list_publications
from control_plane.dns_publishing.service.work import trigger_waiting, work

__all__ = [
    "apply",
    "begin",
    "change_connection",
    "connect",
    "disconnect",
    "find_connection",
    "forget_old_links",
    "get_publication",
    "kinds",
    "list_connections",
    "list_publications",
    "records_file",
    "roll_back",
    "share",
    "shared_domain",
    "shared_links",
    "trigger_waiting",
    "withdraw_link",
    "work",
]
