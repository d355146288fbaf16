"""Roll-outs: begun, taken on by the clock, stopped by what nodes tell, ended."""

from control_plane.rollouts.service.acts import abort, pause, resume
from control_plane.rollouts.service.advance import CHANNEL, TELL_JOB, advance
from control_plane.rollouts.service.changes import FIELDS, PREFIX, former, in_force
from control_plane.rollouts.service.items import daemons_item, tell_all
from control_plane.rollouts.service.parameters import settable
from control_plane.rollouts.service.read import diffs, get, listing
from control_plane.rollouts.service.start import ADVANCE_JOB, start
from control_plane.rollouts.service.told import configured, count, forget, knows, probed

__all__ = [
    "ADVANCE_JOB",
    "CHANNEL",
    "FIELDS",
    "PREFIX",
    "TELL_JOB",
    "abort",
    "advance",
    "configured",
    "count",
    "daemons_item",
    "diffs",
    "forget",
    "former",
    "get",
    "in_force",
    "knows",
    "listing",
    "pause",
    "probed",
    "resume",
    "settable",
    "start",
    "tell_all",
]
