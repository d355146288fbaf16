"""Nobody gives away more than they have: who may give a role, or change somebody who has it."""

from control_plane.accounts.schemas import SCOPES_OF, Role
from control_plane.core.auth import Subject, covers
from control_plane.core.errors import Forbidden


class RoleOutOfReach(Forbidden):
    """Only somebody with at least that role may do this: ask an owner of the account."""

    code = "role_out_of_reach"


def may_give(subject: Subject, role: Role) -> bool:
    """Say whether all that a role may do is also the subject's to do."""
    if subject.allowed_domains or subject.allowed_networks:  # people are bound to neither: that would be a way out
        return False
    held = [subject.scopes] if subject.within is None else [subject.scopes, subject.within]
    return all(covers(scopes, wanted) for scopes in held for wanted in SCOPES_OF[role])


def require_role(subject: Subject, *roles: Role) -> None:
    """Raise `RoleOutOfReach` unless the subject may give all of these roles."""
    if not all(may_give(subject, role) for role in roles):
        raise RoleOutOfReach
