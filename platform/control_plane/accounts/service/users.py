"""Make people."""

import asyncio
from uuid import UUID

from control_plane.accounts.emails import as_known
from control_plane.accounts.queries import places
from control_plane.accounts.queries import users as queries
from control_plane.accounts.schemas import Role
from control_plane.audit import service as audit
from control_plane.core import crypto, ids
from control_plane.core.database import Transaction


async def create_user(tx: Transaction, tenant_id: UUID, email: str, password: str, role: Role, name: str = "") -> UUID:
    """Make a user with a place in a tenant, as the fleet role; the password takes 25 ms in a thread."""
    user_id, hashed = ids.new_uuid(), await asyncio.to_thread(crypto.hash_password, password)
    await queries.insert_user(tx, user_id, as_known(email), name, hashed)
    await places.insert_membership(tx, tenant_id, user_id, role)
    return user_id


async def add_member(tx: Transaction, tenant_id: UUID, user_id: UUID, role: Role) -> None:
    """Give a person a further place, as the fleet role; the first one that they got is where a session begins."""
    await places.insert_membership(tx, tenant_id, user_id, role)


async def give_first_owner(tx: Transaction, tenant_id: UUID, email: str) -> None:
    """Make a person the owner of a tenant that has nobody, if we know them (fleet role)."""
    person = await queries.user_by_email(tx, as_known(email))
    if person is not None and not await places.has_members(tx, tenant_id):
        await places.insert_membership(tx, tenant_id, person["id"], "owner")
        told = {"email": person["email"], "role": "owner"}
        audit.record(tx, "members.join", ids.encode("usr", person["id"]), after=told, tenant_id=tenant_id)
