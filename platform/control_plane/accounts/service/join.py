"""Take up an invitation: its link proves the address, whoever holds it."""

from uuid import UUID

import asyncpg
import msgspec

from control_plane.accounts.errors import LinkSpent
from control_plane.accounts.people import Newcomer, OpenInvitation
from control_plane.accounts.queries import invitations as queries
from control_plane.accounts.queries import places, users
from control_plane.accounts.schemas import Person
from control_plane.accounts.service.invitations import LINK_PREFIX
from control_plane.accounts.service.newcomers import arrive, checked
from control_plane.audit import service as audit
from control_plane.core import crypto
from control_plane.core.actor import Actor, acting_as
from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.ids import TenantId, encode


class Joined(msgspec.Struct, frozen=True):
    """Somebody who belongs to an account now."""

    person: Person
    tenant_id: TenantId


async def open_invitation(db: Database, clock: Clock, token: str) -> OpenInvitation:
    """Show an invitation to who holds its link; raises `LinkSpent`."""
    async with db.fleet_tx() as tx:
        row = await _found(tx, clock, token)
        known = await users.user_by_email(tx, row["email"])
    return OpenInvitation(
        account=row["account"],
        email=row["email"],
        role=row["role"],
        invited_by=row["invited_by"],
        is_known=known is not None,
    )


async def join(db: Database, clock: Clock, token: str, newcomer: Newcomer, address: str = "") -> Joined:
    """Take up an invitation; what `newcomer` says counts only for who is not known yet.

    `address` is the IP address. Raises `LinkSpent`, `Invalid`.
    """
    shown = await open_invitation(db, clock, token)
    arriving = None if shown.is_known else await checked(newcomer, shown.email)
    async with db.fleet_tx() as tx:
        row = await _found(tx, clock, token)
        person = await arrive(tx, clock, row["email"], arriving)
        await places.insert_membership(tx, row["tenant_id"], person.id, row["role"])
        await queries.delete(tx, row["tenant_id"], row["id"])
        _record(tx, row["tenant_id"], person, row["role"], address)
    return Joined(person, TenantId(row["tenant_id"]))


def _record(tx: Transaction, tenant_id: UUID, person: Person, role: str, address: str) -> None:
    who = encode("usr", person.id)
    actor = Actor(kind="user", id=who, name=person.email, tenant_id=TenantId(tenant_id), address=address)
    with acting_as(actor):
        told = {"email": person.email, "role": role}
        audit.record(tx, "members.join", who, after=told, tenant_id=tenant_id)


async def _found(tx: Transaction, clock: Clock, token: str) -> asyncpg.Record:
    parts = crypto.split_token(LINK_PREFIX, token)
    row = await queries.by_lookup(tx, parts[0], clock.now()) if parts else None
    if row is None or parts is None or not crypto.secret_matches(parts[1], row["secret_hash"]):
        raise LinkSpent
    return row
