"""Reads what came back to a return path. Anybody may have written it: time and memory have bounds. No effects."""

from control_plane.bounces.reading.kinds import Kind, Returned
from control_plane.bounces.reading.letter import read

__all__ = ["Kind", "Returned", "read"]
