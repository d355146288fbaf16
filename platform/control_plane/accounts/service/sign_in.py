"""Begin a session."""

import asyncio
from uuid import UUID

from control_plane.accounts import throttle
from control_plane.accounts.queries import places
from control_plane.accounts.queries import users as queries
from control_plane.accounts.schemas import Device, Membership, Person, SignedIn
from control_plane.accounts.service.begin import begin
from control_plane.core import crypto
from control_plane.core.database import Database
from control_plane.core.valkey import Client


async def sign_in(db: Database, valkey: Client, email: str, password: str, origin: str = "") -> SignedIn | None:
    """Begin a session in the person's first tenant; None when address or password is wrong, or they have no tenant.

    `origin` is the client's IP address. An unknown address takes as long as a wrong password. Raises `TooManySignIns`.
    """
    email = email.strip().lower()
    await throttle.count_try(valkey, email, origin)
    async with db.public_tx() as tx:
        user = await queries.user_by_email(tx, email)
    hashed = await asyncio.to_thread(crypto.decoy_password_hash) if user is None else user["password_hash"]
    matches = await asyncio.to_thread(crypto.password_matches, password, hashed)
    if user is None or not matches:
        return None
    await throttle.forget(valkey, email)
    person = Person(id=user["id"], email=user["email"], name=user["name"])
    return await begin(db, valkey, person, "password", Device(address=origin))


async def memberships(db: Database, user_id: UUID) -> list[Membership]:
    """List where a person belongs."""
    async with db.user_tx(user_id) as tx:
        rows = await places.memberships(tx, user_id)
    return [Membership(tenant_id=row["tenant_id"], role=row["role"]) for row in rows]
