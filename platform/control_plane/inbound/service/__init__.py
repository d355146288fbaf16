"""Mail that nodes hand up: stored, given to its handler, forgotten; and which mail that is, for nodes to know."""

from control_plane.inbound.service.dispatcher import DISPATCH_JOB, Dispatcher, dispatch, trigger_due
from control_plane.inbound.service.intakes import publish_intakes
from control_plane.inbound.service.retention import forget
from control_plane.inbound.service.storing import Handed, read_headers, store

__all__ = [
    "DISPATCH_JOB",
    "Dispatcher",
    "Handed",
    "dispatch",
    "forget",
    "publish_intakes",
    "read_headers",
    "store",
    "trigger_due",
]
