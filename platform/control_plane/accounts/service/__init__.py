"""People and keys: sign in, who am I, act for a client, make users."""

from control_plane.accounts.keys import NewKey, create_key
from control_plane.accounts.service.begin import begin
from control_plane.accounts.service.me import me
from control_plane.accounts.service.places import places, switch
from control_plane.accounts.service.reach import reach_by
from control_plane.accounts.service.resume import resume
from control_plane.accounts.service.sign_in import memberships, sign_in
from control_plane.accounts.service.users import create_user

__all__ = [
    "NewKey",
    "begin",
    "create_key",
    "create_user",
    "me",
    "memberships",
    "places",
    "reach_by",
    "resume",
    "sign_in",
    "switch",
]
