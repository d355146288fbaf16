"""The platform's own zone: what it is to hold, and that it holds it."""

from control_plane.dns_zone.service.platform import put_platform_records
from control_plane.dns_zone.service.repair import repair
from control_plane.dns_zone.service.wishes import is_configured, put, remove
from control_plane.dns_zone.service.write import hasten, waiting, write_due

__all__ = [
    "hasten",
    "is_configured",
    "put",
    "put_platform_records",
    "remove",
    "repair",
    "waiting",
    "write_due",
]
