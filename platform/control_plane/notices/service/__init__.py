"""Write to people as the platform."""

from control_plane.notices.service.send import can_send, send, trigger_due
from control_plane.notices.service.write import SEND_JOB, tell_tenant, write

__all__ = ["SEND_JOB", "can_send", "send", "tell_tenant", "trigger_due", "write"]
