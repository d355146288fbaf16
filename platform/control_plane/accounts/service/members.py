"""The people of an account: who they are, what they may do, and who stays its owner."""

from uuid import UUID

import asyncpg
import msgspec

from control_plane.accounts.errors import LastOwner, OwnerUnclear
from control_plane.accounts.people import Member
from control_plane.accounts.queries import members as queries
from control_plane.accounts.rights import require_role
from control_plane.accounts.schemas import Role
from control_plane.audit import service as audit
from control_plane.core import etag
from control_plane.core.auth import Subject
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import NotFound
from control_plane.core.ids import encode
from control_plane.core.pagination import Page

MEMBER = "usr"


async def list_members(db: Database, after: UUID | None, limit: int) -> Page[Member]:
    """List the bound tenant's members."""
    async with db.tenant_tx() as tx:
        rows = await queries.page(tx, after, limit + 1)
    shown = tuple([_view(row) for row in rows[:limit]])
    return Page(shown, shown[-1].id if len(rows) > limit else None)


async def get_member(db: Database, user_id: UUID) -> Member:
    """Give a member; raises `NotFound`."""
    async with db.tenant_tx() as tx:
        return _view(await _found(tx, user_id))


async def change_role(db: Database, subject: Subject, user_id: UUID, role: Role, if_match: str | None = None) -> Member:
    """Give a member another role; raises `NotFound`, `RoleOutOfReach`, `LastOwner`."""
    async with db.tenant_tx() as tx:
        owners = await queries.owners(tx)
        row = await _found(tx, user_id)
        etag.check(if_match, _view(row))
        require_role(subject, row["role"], role)
        if role != "owner":
            _keep_an_owner(owners, user_id)
        await _give(tx, row, role, "members.change_role")
        return _view(await _found(tx, user_id))


async def remove(db: Database, subject: Subject, user_id: UUID, if_match: str | None = None) -> None:
    """End a membership: the person is out at once; raises `NotFound`, `RoleOutOfReach`, `LastOwner`."""
    async with db.tenant_tx() as tx:
        owners = await queries.owners(tx)
        row = await _found(tx, user_id)
        etag.check(if_match, _view(row))
        require_role(subject, row["role"])
        await _end(tx, owners, row, "members.remove")


async def leave(db: Database, user_id: UUID) -> None:
    """Leave the bound tenant, as whoever one is there; raises `NotFound`, `LastOwner`."""
    async with db.tenant_tx() as tx:
        await _end(tx, await queries.owners(tx), await _found(tx, user_id), "members.leave")


async def transfer_ownership(db: Database, subject: Subject, user_id: UUID) -> Member:
    """Make a member an owner and the giver an admin.

    The giver is who asks, or for a program the account's only owner. Raises `NotFound`, `RoleOutOfReach`,
    `OwnerUnclear`.
    """
    require_role(subject, "owner")
    async with db.tenant_tx() as tx:
        owners = await queries.owners(tx)
        row, giver_id = await _found(tx, user_id), _giver(subject, owners)
        await _give(tx, row, "owner", "members.transfer_ownership")
        if giver_id is not None and giver_id != user_id:
            await _give(tx, await _found(tx, giver_id), "admin", "members.transfer_ownership")
        return _view(await _found(tx, user_id))


def _giver(subject: Subject, owners: list[UUID]) -> UUID | None:
    """Find whose ownership goes over; None when the account has no owner, and nobody loses anything."""
    if subject.user_id in owners:
        return subject.user_id
    if len(owners) > 1:
        raise OwnerUnclear
    return owners[0] if owners else None


async def _give(tx: Transaction, row: asyncpg.Record, role: Role, action: str) -> None:
    await queries.save_role(tx, row["id"], role)
    before, after = {"email": row["email"], "role": row["role"]}, {"email": row["email"], "role": role}
    audit.record(tx, action, encode(MEMBER, row["id"]), before=before, after=after)


async def _end(tx: Transaction, owners: list[UUID], row: asyncpg.Record, action: str) -> None:
    _keep_an_owner(owners, row["id"])
    await queries.delete(tx, row["id"])
    audit.record(tx, action, encode(MEMBER, row["id"]), before={"email": row["email"], "role": row["role"]})


def _keep_an_owner(owners: list[UUID], leaving: UUID) -> None:
    if owners == [leaving]:
        raise LastOwner


async def _found(tx: Transaction, user_id: UUID) -> asyncpg.Record:
    row = await queries.find(tx, user_id)
    if row is None:
        raise NotFound
    return row


def _view(row: asyncpg.Record) -> Member:
    return msgspec.convert(dict(row) | {"id": encode(MEMBER, row["id"])}, Member)
