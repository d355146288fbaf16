"""The audit log as other features use it."""

from control_plane.audit.service.check import Check, check_newest
from control_plane.audit.service.export import MEDIA_TYPES, ExportFormat, lines
from control_plane.audit.service.read import PREFIX, everything, head, listing
from control_plane.audit.service.record import record, record_for_fleet
from control_plane.audit.service.verify import MEANING, Verdict, verify

__all__ = [
    "MEANING",
    "MEDIA_TYPES",
    "PREFIX",
    "Check",
    "ExportFormat",
    "Verdict",
    "check_newest",
    "everything",
    "head",
    "lines",
    "listing",
    "record",
    "record_for_fleet",
    "verify",
]
