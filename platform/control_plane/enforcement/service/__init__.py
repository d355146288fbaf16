"""Look at figures, take the steps that follow, hear appeals."""

from control_plane.enforcement.service.appeals import answer, appeal, open_ones
from control_plane.enforcement.service.appeals import own as own_appeals
from control_plane.enforcement.service.health import of_client, own, steps_of
from control_plane.enforcement.service.operating import choose, exempt, get, in_force
from control_plane.enforcement.service.settle import settle
from control_plane.enforcement.service.sweep import forget, grow, sweep
from control_plane.enforcement.service.views import APPEAL_PREFIX

__all__ = [
    "APPEAL_PREFIX",
    "answer",
    "appeal",
    "choose",
    "exempt",
    "forget",
    "get",
    "grow",
    "in_force",
    "of_client",
    "open_ones",
    "own",
    "own_appeals",
    "settle",
    "steps_of",
    "sweep",
]
