"""Who may decide for the accounts below theirs: agencies with their clients, operators with everybody."""

from control_plane.core.auth import Subject
from control_plane.core.errors import Forbidden


def may_reach(subject: Subject) -> bool:
    """Say whether a subject may suppress addresses for the accounts below its own."""
    if subject.tenant_kind == "operator":
        return subject.allows("fleet:write")
    return subject.tenant_kind == "agency" and subject.allows("clients:write")


def require_reach(subject: Subject, *, for_clients: bool) -> None:
    """Raise `Forbidden` when an entry that holds for others is not the subject's to change."""
    if for_clients and not may_reach(subject):
        raise Forbidden("Only agencies, with the scope clients:write, and operators may suppress for other accounts.")
