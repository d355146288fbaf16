"""Somebody arrives by a link that proves their address: as who they are already, or as a new person."""

import asyncio

import msgspec

from control_plane.accounts import passwords
from control_plane.accounts.people import Newcomer
from control_plane.accounts.queries import users
from control_plane.accounts.schemas import Person
from control_plane.core import crypto
from control_plane.core.clock import Clock
from control_plane.core.database import Transaction
from control_plane.core.errors import FieldError, Invalid
from control_plane.core.ids import new_uuid
from control_plane.core.text import NOT_ONE_LINE, is_one_line

NAME_MAX = 200


class Checked(msgspec.Struct, frozen=True):
    """A newcomer whose name and password are good."""

    name: str
    password_hash: str | None


async def checked(newcomer: Newcomer, email: str) -> Checked:
    """Check name and password, and hash the latter; raises `Invalid` at `name` and `password`."""
    name = newcomer.name.strip()
    errors = [*_name_errors(name)]
    if newcomer.password:
        errors += passwords.errors_of(newcomer.password, email, name)
    if errors:
        raise Invalid(errors=tuple(errors))
    hashed = await asyncio.to_thread(crypto.hash_password, newcomer.password) if newcomer.password else None
    return Checked(name, hashed)


def checked_name(text: str) -> str:
    """Give a person's name without space around it; raises `Invalid` at `name`."""
    name = text.strip()
    errors = tuple(_name_errors(name))
    if errors:
        raise Invalid(errors=errors)
    return name


async def arrive(tx: Transaction, clock: Clock, email: str, newcomer: Checked | None) -> Person:
    """Find or make the person of a proven address (fleet role)."""
    user = await users.user_by_email(tx, email)
    if user is not None:
        await users.verify_email(tx, user["id"], clock.now())
        return Person(id=user["id"], email=user["email"], name=user["name"])
    user_id, arrived = new_uuid(), newcomer or Checked("", None)
    await users.insert_user(tx, user_id, email, arrived.name, arrived.password_hash)
    await users.verify_email(tx, user_id, clock.now())
    return Person(id=user_id, email=email, name=arrived.name)


def _name_errors(name: str) -> list[FieldError]:
    if not name:
        return [FieldError("name", "Say what others may call you.")]
    if len(name) > NAME_MAX:
        return [FieldError("name", f"Use at most {NAME_MAX} characters.")]
    return [] if is_one_line(name) else [FieldError("name", NOT_ONE_LINE)]
