"""The six roles in words."""

import msgspec

from control_plane.accounts.rights import may_give
from control_plane.accounts.schemas import Role
from control_plane.core.auth import Subject
from control_plane.core.languages import mark


class RoleWords(msgspec.Struct, frozen=True):
    """A role as people read it."""

    role: Role
    label: str
    hint: str


ROLES = (
    RoleWords("owner", mark("Owner"), mark("Everything, the account's end included.")),
    RoleWords("admin", mark("Admin"), mark("Everything but the account itself.")),
    RoleWords("developer", mark("Developer"), mark("Domains, mailboxes, messages, webhooks and keys.")),
    RoleWords("marketer", mark("Marketer"), mark("Sends messages and reads results.")),
    RoleWords("support", mark("Support"), mark("Reads, and changes nothing.")),
    RoleWords("billing", mark("Billing"), mark("Plans and bills, and no mail.")),
)
LABELS: dict[str, str] = {each.role: each.label for each in ROLES}


def givable(subject: Subject) -> tuple[RoleWords, ...]:
    """List the roles that a person may give."""
    return tuple(each for each in ROLES if may_give(subject, each.role))
