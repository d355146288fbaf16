"""Events, read in the order in which they were stored."""

from control_plane.events.service.read import KEPT_DAYS, MOST_WAIT_SECONDS, Wanted, read
from control_plane.events.service.wait import wait

__all__ = ["KEPT_DAYS", "MOST_WAIT_SECONDS", "Wanted", "read", "wait"]
