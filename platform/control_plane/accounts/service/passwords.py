"""Choose another password: knowing the one before, or by a mailed link."""

import asyncio

from control_plane.accounts import passwords, sessions
from control_plane.accounts.factors import tries
from control_plane.accounts.queries import links as link_queries
from control_plane.accounts.queries import places, users
from control_plane.accounts.schemas import Person
from control_plane.accounts.service import links
from control_plane.accounts.service.personal import note, personal_tx
from control_plane.audit import service as audit
from control_plane.core import crypto
from control_plane.core.actor import Actor, acting_as, current_actor
from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import FieldError, Invalid
from control_plane.core.ids import encode
from control_plane.core.valkey import Client
from control_plane.notices import service as notices
from control_plane.notices.schemas import SecurityNews

_WRONG = FieldError("old_password", "This is not your present password.")


async def change_password(
    db: Database,
    valkey: Client,
    clock: Clock,
    person: Person,
    new: str,
    *,
    old: str = "",
    is_fresh: bool = False,
    token: str = "",
) -> None:
    """Choose another password; all of the person's sessions but the one of `token` end.

    `is_fresh`: the person proved just now who they are, so `old` is not asked for. Raises `Invalid`, `TooManyCodes`.
    """
    if not is_fresh:
        await _require_old(db, valkey, person, old)
    hashed = await _hashed(new, person.email, person.name)
    async with personal_tx(db, person.id) as tx:
        await users.save_password(tx, person.id, hashed, clock.now())
        note(tx, "change_password", person.id)
        await notices.write(tx, person.email, SecurityNews("password_changed", current_actor().address))
    await sessions.end_others(valkey, person.id, token)


async def reset_password(db: Database, valkey: Client, clock: Clock, token: str, new: str, address: str = "") -> Person:
    """Choose a new password by a mailed link; all of the person's sessions end, and all their other links.

    `address` is the IP address. Raises `LinkSpent`, `Invalid`.
    """
    link = await links.open_link(db, clock, token)
    hashed = await _hashed(new, link.email)
    async with db.fleet_tx() as tx:
        email = await links.use(tx, clock, token, "reset_password")
        person = await links.person_of(tx, email)
        await users.save_password(tx, person.id, hashed, clock.now())
        await users.verify_email(tx, person.id, clock.now())
        await link_queries.delete_all_of(tx, email)
        await _record(tx, person, address)
        await notices.write(tx, email, SecurityNews("password_changed", address))
    await sessions.end_others(valkey, person.id)
    return person


async def _hashed(new: str, *about: str) -> str:
    errors = passwords.errors_of(new, *about)
    if errors:
        raise Invalid(errors=tuple(errors))
    return await asyncio.to_thread(crypto.hash_password, new)


async def _require_old(db: Database, valkey: Client, person: Person, old: str) -> None:
    await tries.count(valkey, person.id)
    async with db.public_tx() as tx:
        user = await users.user_by_email(tx, person.email)
    hashed = user["password_hash"] if user is not None else None
    if hashed is None or not await asyncio.to_thread(crypto.password_matches, old, hashed):
        raise Invalid(errors=(_WRONG,))
    await tries.forget(valkey, person.id)


async def _record(tx: Transaction, person: Person, address: str) -> None:
    """Record a reset in the logs of all accounts that the person belongs to."""
    who = encode("usr", person.id)
    for tenant_id in await places.tenants_of(tx, person.id):
        with acting_as(Actor(kind="user", id=who, name=person.email, address=address)):
            audit.record(tx, "accounts.reset_password", who, tenant_id=tenant_id)
