"""Reads reports out of mail that anybody may have sent: every size, depth and count has a bound. No effects."""

from control_plane.reports.reading.arf import ReadComplaint
from control_plane.reports.reading.dmarc import DmarcRecord, PublishedPolicy, ReadDmarc
from control_plane.reports.reading.letter import Letter, read
from control_plane.reports.reading.refusal import Unreadable
from control_plane.reports.reading.tls_rpt import ReadTls, TlsFailure, TlsPolicy

__all__ = [
    "DmarcRecord",
    "Letter",
    "PublishedPolicy",
    "ReadComplaint",
    "ReadDmarc",
    "ReadTls",
    "TlsFailure",
    "TlsPolicy",
    "Unreadable",
    "read",
]
