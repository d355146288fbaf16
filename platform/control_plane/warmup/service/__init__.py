"""Warm-up of sending addresses, and the counts that it and others decide by."""

from control_plane.warmup.service.acts import begin, change, finish, hold, resume, step_back
from control_plane.warmup.service.counting import count, count_complaint, days
from control_plane.warmup.service.read import PREFIX, get, listing, planned, standing
from control_plane.warmup.service.sweep import forget, sweep

__all__ = [
    "PREFIX",
    "begin",
    "change",
    "count",
    "count_complaint",
    "days",
    "finish",
    "forget",
    "get",
    "hold",
    "listing",
    "planned",
    "resume",
    "standing",
    "step_back",
    "sweep",
]
