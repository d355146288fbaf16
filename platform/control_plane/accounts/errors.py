"""What can be refused about people."""

from http import HTTPStatus

from control_plane.core.errors import Conflict, Forbidden, Refused, TooMany


class LastOwner(Conflict):
    """An account needs an owner: make somebody else one first, or transfer it."""

    code = "last_owner"


class AlreadyMember(Conflict):
    """The person belongs to the account already: change their role instead."""

    code = "already_member"


class InvitationExists(Conflict):
    """The address is invited already: send the invitation again, or withdraw it first."""

    code = "invitation_exists"


class TooManyInvitations(Conflict):
    """Two hundred invitations are open: withdraw some that nobody took up."""

    code = "too_many_invitations"


class InvitedEnough(TooMany):
    """Enough invitations for a day were mailed, to this address or by you: go on tomorrow."""

    code = "invited_enough"


class SentJustNow(TooMany):
    """It was mailed less than a minute ago: it may still be on its way."""

    code = "sent_just_now"


class LinkSpent(Refused):
    """The link was used already, or it is too old: ask for a new one."""

    code = "link_spent"
    status = HTTPStatus.GONE


class SignUpClosed(Forbidden):
    """New accounts are made by invitation only here: ask the people who run this service."""

    code = "sign_up_closed"


class OwnerUnclear(Conflict):
    """The account has several owners: each hands over their own part, at the portal."""

    code = "owner_unclear"
