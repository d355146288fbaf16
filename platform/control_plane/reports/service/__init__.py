"""Reports: taken in once, and shown for what they add up to."""

from control_plane.reports.service.forget import forget_old
from control_plane.reports.service.intake import ReportIntake, take, take_returned
from control_plane.reports.service.read_all import list_complaints, standings
from control_plane.reports.service.read_dmarc import (
    DAYS,
    DmarcPicture,
    dmarc_picture,
    dmarc_rows,
    domain_name,
    find_dmarc,
    first_day,
    list_dmarc,
    totals_of,
)
from control_plane.reports.service.read_tls import TlsPicture, find_tls, list_tls, tls_picture

__all__ = [
    "DAYS",
    "DmarcPicture",
    "ReportIntake",
    "TlsPicture",
    "dmarc_picture",
    "dmarc_rows",
    "domain_name",
    "find_dmarc",
    "find_tls",
    "first_day",
    "forget_old",
    "list_complaints",
    "list_dmarc",
    "list_tls",
    "standings",
    "take",
    "take_returned",
    "tls_picture",
    "totals_of",
]
