"""Submitted mail, by what happens to it: it is read, then taken."""

from control_plane.submissions.service.reading import read
from control_plane.submissions.service.taking import take

__all__ = ["read", "take"]
