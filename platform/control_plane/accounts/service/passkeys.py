"""The passkeys of a person: registered under a name, used to sign in and to confirm, removed."""

from uuid import UUID

import asyncpg
import msgspec

from control_plane.accounts import sessions
from control_plane.accounts.factors import challenges, passkeys
from control_plane.accounts.factors.challenges import PasskeyRefused, Purpose
from control_plane.accounts.factors.passkeys import Site
from control_plane.accounts.queries import factors
from control_plane.accounts.schemas import Person
from control_plane.accounts.service.personal import note, personal_tx, tell
from control_plane.accounts.service.recovery import first_codes, forget_without_factors
from control_plane.core.clock import Clock
from control_plane.core.database import Database
from control_plane.core.errors import Conflict, FieldError, Invalid, NotFound
from control_plane.core.ids import new_uuid
from control_plane.core.text import NOT_ONE_LINE, is_one_line
from control_plane.core.valkey import Client

_LONGEST_NAME = 100
MOST = 20
"""So many passkeys a person may have."""


class TooManyPasskeys(Conflict):
    """Twenty passkeys are the most that can be kept: remove one that you no longer use."""

    code = "too_many_passkeys"


class Asked(msgspec.Struct, frozen=True):
    """What the browser is asked for, as JSON, and the handle that its answer is found by."""

    handle: str
    options: str


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What the browser answered, as JSON, under the handle of what it was asked."""

    handle: str
    credential: str


async def ask_to_register(db: Database, valkey: Client, site: Site, person: Person) -> Asked:
    """Ask for a new passkey; raises `TooManyPasskeys`."""
    async with personal_tx(db, person.id) as tx:
        known = [row["credential_id"] for row in await factors.passkeys(tx)]
    if len(known) >= MOST:
        raise TooManyPasskeys
    made = await challenges.offer(valkey, "register", person.id)
    return Asked(made.handle, passkeys.ask_to_register(site, person, made.challenge, known))


async def register(db: Database, valkey: Client, site: Site, person: Person, name: str, answer: Answer) -> list[str]:
    """Keep a new passkey; gives recovery codes if it is the first factor. Raises `PasskeyRefused`, `Invalid`."""
    name = _checked_name(name)
    challenge = await challenges.take(valkey, "register", answer.handle, person.id)
    made = passkeys.check_registration(site, challenge, answer.credential)
    try:
        async with personal_tx(db, person.id) as tx:
            await factors.insert_passkey(tx, new_uuid(), name, made.credential_id, made.public_key, made.sign_count)
            note(tx, "add_passkey", person.id, after={"name": name})
            await tell(tx, "passkey_added")
            return await first_codes(tx)
    except asyncpg.UniqueViolationError as error:
        raise PasskeyRefused from error


async def ask_anybody(valkey: Client, site: Site) -> Asked:
    """Ask whoever comes for a passkey of theirs."""
    made = await challenges.offer(valkey, "sign-in")
    return Asked(made.handle, passkeys.ask_to_sign(site, made.challenge))


async def ask_person(db: Database, valkey: Client, site: Site, user_id: UUID, purpose: Purpose) -> Asked:
    """Ask a known person for one of their passkeys."""
    async with personal_tx(db, user_id) as tx:
        known = [row["credential_id"] for row in await factors.passkeys(tx)]
    made = await challenges.offer(valkey, purpose, user_id)
    return Asked(made.handle, passkeys.ask_to_sign(site, made.challenge, known))


async def whose(db: Database, valkey: Client, clock: Clock, site: Site, answer: Answer) -> Person:
    """Find who signed what `ask_anybody` asked for; raises `PasskeyRefused`."""
    challenge = await challenges.take(valkey, "sign-in", answer.handle)
    async with db.public_tx() as tx:
        found = await factors.owner_of_passkey(tx, passkeys.credential_of(answer.credential))
    if found is None:
        raise PasskeyRefused
    await _check(db, clock, site, found["user_id"], challenge, answer.credential)
    return Person(id=found["user_id"], email=found["email"], name=found["name"])


async def check(
    db: Database, valkey: Client, clock: Clock, site: Site, user_id: UUID, purpose: Purpose, answer: Answer
) -> None:
    """Check that the person signed what `ask_person` asked for; raises `PasskeyRefused`."""
    challenge = await challenges.take(valkey, purpose, answer.handle, user_id)
    await _check(db, clock, site, user_id, challenge, answer.credential)


async def remove(db: Database, valkey: Client, user_id: UUID, passkey_id: UUID, token: str) -> None:
    """Take a passkey away; all other sessions end. Raises `NotFound`."""
    async with personal_tx(db, user_id) as tx:
        name = await factors.delete_passkey(tx, passkey_id)
        if name is None:
            raise NotFound
        note(tx, "remove_passkey", user_id, before={"name": name})
        await tell(tx, "passkey_removed")
        await forget_without_factors(tx)
    await sessions.end_others(valkey, user_id, token)


async def _check(db: Database, clock: Clock, site: Site, user_id: UUID, challenge: bytes, credential: str) -> None:
    async with personal_tx(db, user_id) as tx:
        row = await factors.passkey(tx, passkeys.credential_of(credential))
        if row is None:
            raise PasskeyRefused
        count = passkeys.check_signature(site, challenge, credential, row["public_key"], row["sign_count"])
        await factors.use_passkey(tx, row["id"], count, clock.now())


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > _LONGEST_NAME:
        raise Invalid(errors=(FieldError("name", f"Give it a name of up to {_LONGEST_NAME} characters."),))
    if not is_one_line(name):
        raise Invalid(errors=(FieldError("name", NOT_ONE_LINE),))
    return name
