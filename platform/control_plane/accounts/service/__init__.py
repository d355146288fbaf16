"""People and keys: who they are, how they come in and leave, and what they may do."""

from control_plane.accounts.keys import NewKey, create_key
from control_plane.accounts.service.begin import begin
from control_plane.accounts.service.invitations import (
    get_invitation,
    invite,
    invite_owner,
    list_invitations,
    resend,
    withdraw,
)
from control_plane.accounts.service.join import join, open_invitation
from control_plane.accounts.service.links import mail_reset, mail_sign_in, open_link, sign_in_by_link
from control_plane.accounts.service.me import me
from control_plane.accounts.service.members import (
    change_role,
    get_member,
    leave,
    list_members,
    remove,
    transfer_ownership,
)
from control_plane.accounts.service.passwords import change_password, reset_password
from control_plane.accounts.service.places import places, switch
from control_plane.accounts.service.profile import change_profile
from control_plane.accounts.service.reach import reach_by
from control_plane.accounts.service.resume import resume
from control_plane.accounts.service.sign_in import memberships, sign_in
from control_plane.accounts.service.users import add_member, create_user, give_first_owner

__all__ = [
    "NewKey",
    "add_member",
    "begin",
    "change_password",
    "change_profile",
    "change_role",
    "create_key",
    "create_user",
    "get_invitation",
    "get_member",
    "give_first_owner",
    "invite",
    "invite_owner",
    "join",
    "leave",
    "list_invitations",
    "list_members",
    "mail_reset",
    "mail_sign_in",
    "me",
    "memberships",
    "open_invitation",
    "open_link",
    "places",
    "reach_by",
    "remove",
    "resend",
    "reset_password",
    "resume",
    "sign_in",
    "sign_in_by_link",
    "switch",
    "transfer_ownership",
    "withdraw",
]
