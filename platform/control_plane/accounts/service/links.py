"""Mailed links: each proves that its holder reads mail at an address, once, for one purpose, and not for long.

Whoever asks for one hears the same, whether or not the address is known.
"""

import contextlib
from datetime import timedelta
from typing import Literal, TypeAlias

import asyncpg
import msgspec

from control_plane.accounts import throttle
from control_plane.accounts.emails import address_of
from control_plane.accounts.errors import LinkSpent
from control_plane.accounts.queries import links as queries
from control_plane.accounts.queries import users
from control_plane.accounts.schemas import Person
from control_plane.core import crypto
from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.ids import new_uuid
from control_plane.core.valkey import Client
from control_plane.notices import service as notices
from control_plane.notices.schemas import AlreadyHere, Notice, ResetLink, SignInLink, SignUpLink

Purpose: TypeAlias = Literal["sign_up", "sign_in", "reset_password"]
Words: TypeAlias = type[SignInLink | ResetLink | SignUpLink | AlreadyHere]

LINK_PREFIX = "fpl"
_GOOD_FOR: dict[Purpose, timedelta] = {
    "sign_up": timedelta(hours=24),
    "sign_in": timedelta(minutes=15),
    "reset_password": timedelta(minutes=15),
}


class _Nobody(Exception):
    """What was written is not to be kept."""


class Link(msgspec.Struct, frozen=True):
    """What a link is good for, and whose address it proves."""

    purpose: Purpose
    email: str


async def mail_sign_in(
    db: Database, valkey: Client, clock: Clock, email: str, origin: str, language: str, known_as: str = ""
) -> None:
    """Mail a link that signs in, if the address is known; raises `Invalid`, `TooManyLinks`, `SignInAway`.

    `known_as` is the browser's number, if the person signed in from it before.
    """
    await _mail_to_known(db, valkey, clock, address_of(email), origin, known_as, language, "sign_in", SignInLink)


async def mail_reset(
    db: Database, valkey: Client, clock: Clock, email: str, origin: str, language: str, known_as: str = ""
) -> None:
    """Mail a link to a new password, if the address is known; raises as `mail_sign_in`."""
    await _mail_to_known(db, valkey, clock, address_of(email), origin, known_as, language, "reset_password", ResetLink)


async def open_link(db: Database, clock: Clock, token: str) -> Link:
    """Look at a link without using it up; raises `LinkSpent`."""
    async with db.fleet_tx() as tx:
        row = await _found(tx, clock, token)
    return Link(row["purpose"], row["email"])


async def use(tx: Transaction, clock: Clock, token: str, purpose: Purpose) -> str:
    """Use a link up (fleet role); gives the address that it proves, or raises `LinkSpent`."""
    row = await _found(tx, clock, token)
    if row["purpose"] != purpose:
        raise LinkSpent
    await queries.delete(tx, row["id"])
    email: str = row["email"]
    return email


async def sign_in_by_link(db: Database, clock: Clock, token: str) -> Person:
    """Use up a link that signs in; gives who it proves, or raises `LinkSpent`."""
    async with db.fleet_tx() as tx:
        person = await person_of(tx, await use(tx, clock, token, "sign_in"))
        await users.verify_email(tx, person.id, clock.now())
    return person


async def person_of(tx: Transaction, email: str) -> Person:
    """Find who an address belongs to; raises `LinkSpent` when they are gone."""
    user = await users.user_by_email(tx, email)
    if user is None:
        raise LinkSpent
    return Person(id=user["id"], email=user["email"], name=user["name"])


async def mail(tx: Transaction, clock: Clock, email: str, purpose: Purpose, words: Words, language: str) -> None:
    """Make a link and mail it (fleet role)."""
    credential, now = crypto.new_credential(LINK_PREFIX), clock.now()
    until = now + _GOOD_FOR[purpose]
    await queries.insert(tx, new_uuid(), credential, purpose, email, now, until)
    notice: Notice = words(path=f"/links/{credential.token}")
    await notices.write(tx, email, notice, language=language, expires_at=until)


async def _mail_to_known(
    db: Database,
    valkey: Client,
    clock: Clock,
    email: str,
    origin: str,
    known_as: str,
    language: str,
    purpose: Purpose,
    words: Words,
) -> None:
    """Mail to who is known, or go through the same motions for nobody: the time that it takes does not tell either."""
    if not await throttle.may_mail_link(valkey, email, origin, known_as):
        return
    async with db.fleet_tx() as tx:
        user = await users.user_by_email(tx, email)
        spoken = user["locale"] if user is not None else None
        with contextlib.suppress(_Nobody):
            async with tx.savepoint():
                await mail(tx, clock, email, purpose, words, spoken or language)
                if user is None:
                    raise _Nobody


async def _found(tx: Transaction, clock: Clock, token: str) -> asyncpg.Record:
    parts = crypto.split_token(LINK_PREFIX, token)
    row = await queries.find(tx, parts[0], clock.now()) if parts else None
    if row is None or parts is None or not crypto.secret_matches(parts[1], row["secret_hash"]):
        raise LinkSpent
    return row
