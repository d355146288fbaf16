"""Sign in with a password."""

import asyncio
from uuid import UUID

import asyncpg

from control_plane.accounts import throttle
from control_plane.accounts.emails import as_known
from control_plane.accounts.queries import places
from control_plane.accounts.queries import users as queries
from control_plane.accounts.schemas import Device, Membership, Person, SignedIn
from control_plane.accounts.service import failed
from control_plane.accounts.service.begin import begin
from control_plane.core import crypto
from control_plane.core.clock import Clock, SystemClock
from control_plane.core.database import Database
from control_plane.core.valkey import Client

_CLOCK = SystemClock()
_NOWHERE = Device()


async def sign_in(
    db: Database,
    valkey: Client,
    email: str,
    password: str,
    device: Device = _NOWHERE,
    *,
    known_as: str = "",
    before: str = "",
    clock: Clock = _CLOCK,
) -> SignedIn | None:
    """Begin a session in the person's first tenant; None when address or password is wrong, or they have no tenant.

    `known_as` is the browser's number, if the person signed in from it before; `before` the token of the session in
    the same browser, which ends. An unknown address takes as long as a wrong password. Raises `TooManySignIns`,
    `SignInAway`, `ProviderOnly`.
    """
    email = as_known(email)
    await throttle.count_try(valkey, email, device.address, known_as)
    async with db.public_tx() as tx:
        user = await queries.user_by_email(tx, email)
    hashed = user["password_hash"] if user is not None else None
    if not await _matches(password, hashed) or user is None:
        await failed.leave_note(db, None if user is None else user["id"], email, device.address)
        return None
    await throttle.forget(valkey, email, device.address, known_as)
    await _renew_hash(db, user, password)
    person = Person(id=user["id"], email=user["email"], name=user["name"])
    return await begin(db, valkey, person, "password", device, before=before, clock=clock)


async def memberships(db: Database, user_id: UUID) -> list[Membership]:
    """List where a person belongs."""
    async with db.user_tx(user_id) as tx:
        rows = await places.memberships(tx, user_id)
    return [Membership(tenant_id=row["tenant_id"], role=row["role"]) for row in rows]


async def _matches(password: str, hashed: str | None) -> bool:
    """Compare, in the same time for who has no password."""
    compared: str = hashed if hashed is not None else await asyncio.to_thread(crypto.decoy_password_hash)
    return await asyncio.to_thread(crypto.password_matches, password, compared)


async def _renew_hash(db: Database, user: asyncpg.Record, password: str) -> None:
    """Keep the password by today's parameters."""
    if crypto.password_needs_rehash(user["password_hash"]):
        fresh = await asyncio.to_thread(crypto.hash_password, password)
        async with db.user_tx(user["id"]) as tx:
            await queries.rehash_password(tx, user["id"], fresh)
