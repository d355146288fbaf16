"""People of an account and invitations, as the API and the pages show them."""

from datetime import datetime
from typing import Annotated

import msgspec

from control_plane.accounts.schemas import Role
from control_plane.core.body import Body

Email = Annotated[str, msgspec.Meta(min_length=3, max_length=320)]


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who belongs to the account."""

    id: str
    email: str
    name: str
    role: Role
    joined_at: datetime


class MemberChange(Body, frozen=True, kw_only=True):
    """Another role for a member."""

    role: Role


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who was asked to join and has not answered yet."""

    id: str
    email: str
    role: Role
    invited_by: str
    created_at: datetime
    sent_at: datetime
    expires_at: datetime


class NewInvitation(Body, frozen=True, kw_only=True):
    """Who is to be asked to join, and what they may do then."""

    email: Email
    role: Role


class OpenInvitation(msgspec.Struct, frozen=True, kw_only=True):
    """An invitation as who holds its link sees it."""

    account: str
    email: str
    role: Role
    invited_by: str
    is_known: bool
    """The address belongs to somebody with a sign-in of their own."""


class Newcomer(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody who is new says of themselves."""

    name: str = ""
    password: str = ""
    """Empty: they sign in by mailed links for now."""
