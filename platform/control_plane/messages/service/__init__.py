"""Accept messages, change what still waits, and show what became of them."""

from control_plane.messages.service.accept import accept, accept_batch
from control_plane.messages.service.cancel import cancel
from control_plane.messages.service.content import raw
from control_plane.messages.service.pass_on import Passed, pass_on
from control_plane.messages.service.read import every, find, listing
from control_plane.messages.service.release import release, release_message
from control_plane.messages.service.reschedule import reschedule
from control_plane.messages.service.resend import resend
from control_plane.messages.service.retention import forget_contents, retention, set_retention
from control_plane.messages.service.schedules import SEND_JOB
from control_plane.messages.service.search import SearchTooWide
from control_plane.messages.service.send_scheduled import send_scheduled
from control_plane.messages.service.submit import RawSubmission, accept_raw
from control_plane.messages.service.submit_failed import keep_failed

__all__ = [
    "SEND_JOB",
    "Passed",
    "RawSubmission",
    "SearchTooWide",
    "accept",
    "accept_batch",
    "accept_raw",
    "cancel",
    "every",
    "find",
    "forget_contents",
    "keep_failed",
    "listing",
    "pass_on",
    "raw",
    "release",
    "release_message",
    "reschedule",
    "resend",
    "retention",
    "send_scheduled",
    "set_retention",
]
