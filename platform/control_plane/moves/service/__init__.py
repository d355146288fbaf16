"""Mailboxes on their way: asked for, driven on, switched, looked at."""

from control_plane.moves.service.acts import abort, abort_batch, pause, resume, retry, retry_batch
from control_plane.moves.service.drive import drive, forget
from control_plane.moves.service.read import batch, list_batches, list_moves, move
from control_plane.moves.service.request import request
from control_plane.moves.service.steps import BATCH_PREFIX, CHANNEL, DRIVE_JOB, PREFIX
from control_plane.moves.service.told import told

__all__ = [
    "BATCH_PREFIX",
    "CHANNEL",
    "DRIVE_JOB",
    "PREFIX",
    "abort",
    "abort_batch",
    "batch",
    "drive",
    "forget",
    "list_batches",
    "list_moves",
    "move",
    "pause",
    "request",
    "resume",
    "retry",
    "retry_batch",
    "told",
]
