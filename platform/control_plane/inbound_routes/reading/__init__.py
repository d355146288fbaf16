"""Reads mail that anybody may have sent: every size, depth and count has a bound, and what was given up on is said."""

from control_plane.inbound_routes.reading.checks import Checks
from control_plane.inbound_routes.reading.letter import File, Letter, Mailbox, file_of, headers_of, read

__all__ = ["Checks", "File", "Letter", "Mailbox", "file_of", "headers_of", "read"]
