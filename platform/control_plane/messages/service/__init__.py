"""Accept messages and show what became of them."""

from control_plane.messages.service.accept import accept, accept_batch
from control_plane.messages.service.read import find, listing
from control_plane.messages.service.release import release

__all__ = ["accept", "accept_batch", "find", "listing", "release"]
