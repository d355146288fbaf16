"""The sandbox: what may still be played, and what is played now."""

from control_plane.sandbox.service.playing import PLAY_JOB, play
from control_plane.sandbox.service.room import Room, forget_usage

__all__ = ["PLAY_JOB", "Room", "forget_usage", "play"]
