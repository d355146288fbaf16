"""The audit log as other features use it."""

from control_plane.audit.service.record import record

__all__ = ["record"]
