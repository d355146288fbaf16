"""Which of those above may act for the bound tenant, and as what: in the tenant's own hands.

A grant that ends, ends at once: every request of who acts by it asks for it anew.
"""

from uuid import UUID

import asyncpg

from control_plane.accounts.rights import require_role
from control_plane.accounts.schemas import Role
from control_plane.audit import service as audit
from control_plane.core import etag
from control_plane.core.auth import Subject
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import FieldError, Forbidden, Invalid, NotFound
from control_plane.core.ids import encode
from control_plane.core.pagination import Page
from control_plane.core.tenancy import bound_tenant
from control_plane.tenants.errors import GrantExists
from control_plane.tenants.queries import grants as queries
from control_plane.tenants.queries.grants import GrantRow
from control_plane.tenants.schemas import AccessGrant, Provider
from control_plane.tenants.service.clients import PREFIX

_MAKERS_ROLE: Role = "admin"


async def list_grants(db: Database) -> Page[AccessGrant]:
    """List who may act for the bound tenant, the nearest provider first."""
    async with db.tenant_tx() as tx:
        return Page(tuple([_view(row) for row in await queries.grants(tx.connection)]), None)


async def get_grant(db: Database, provider_id: UUID) -> AccessGrant:
    """Give a provider's grant; raises `NotFound`."""
    async with db.tenant_tx() as tx:
        return _view(await _found(tx, provider_id))


async def providers(db: Database) -> list[Provider]:
    """List who stands above the bound tenant, nearest first."""
    async with db.tenant_tx() as tx:
        rows = await queries.ancestors(tx.connection)
    return [Provider(id=encode(PREFIX, row.id), name=row.name, kind=row.kind) for row in rows]


async def give_grant(db: Database, subject: Subject, provider_id: UUID, role: Role) -> AccessGrant:
    """Let a provider's people act for the bound tenant.

    Raises `Invalid`, `Forbidden`, `RoleOutOfReach`, `GrantExists`.
    """
    _check_may_give(subject, role)
    async with db.tenant_tx() as tx:
        if provider_id not in {row.id for row in await queries.ancestors(tx.connection)}:
            raise Invalid(errors=(FieldError("tenant_id", "This is none of your providers."),))
        try:
            async with tx.savepoint():
                await queries.insert(tx.connection, bound_tenant(), provider_id, role)
        except asyncpg.UniqueViolationError as error:
            raise GrantExists from error
        audit.record(tx, "access-grants.create", encode(PREFIX, provider_id), after={"role": role})
        return _view(await _found(tx, provider_id))


async def change_grant(
    db: Database, subject: Subject, provider_id: UUID, role: Role, if_match: str | None
) -> AccessGrant:
    """Give a provider's people another role; raises `NotFound`, `RoleOutOfReach`, `PreconditionFailed`."""
    _check_may_give(subject, role)
    async with db.tenant_tx() as tx:
        before = await _found(tx, provider_id, lock=True)
        etag.check(if_match, _view(before))
        await queries.set_role(tx.connection, provider_id, role)
        target, was, becomes = encode(PREFIX, provider_id), {"role": before.role}, {"role": role}
        audit.record(tx, "access-grants.change", target, before=was, after=becomes)
        return _view(await _found(tx, provider_id))


async def end_grant(db: Database, provider_id: UUID, if_match: str | None) -> None:
    """Let a provider's people act no more; raises `NotFound`, `PreconditionFailed`."""
    async with db.tenant_tx() as tx:
        before = await _found(tx, provider_id, lock=True)
        etag.check(if_match, _view(before))
        await queries.delete(tx.connection, provider_id)
        audit.record(tx, "access-grants.delete", encode(PREFIX, provider_id), before={"role": before.role})


async def grant_to_maker(tx: Transaction, client_id: UUID) -> None:
    """Let who makes a client act for it, until the client says otherwise (fleet role)."""
    await queries.insert(tx.connection, client_id, bound_tenant(), _MAKERS_ROLE)


def _check_may_give(subject: Subject, role: Role) -> None:
    """Refuse to give away more than one has, and that somebody who acts by a grant widens it."""
    if subject.acting_from is not None:
        raise Forbidden("Only the account itself says who may act for it: ask its owner.")
    if subject.allowed_domains:
        raise Forbidden("This key is bound to some domains, a grant is not: use a key that is not bound.")
    require_role(subject, role)


async def _found(tx: Transaction, provider_id: UUID, *, lock: bool = False) -> GrantRow:
    if lock:
        await queries.lock(tx.connection, provider_id)
    rows = await queries.grants(tx.connection, provider_id)
    if not rows:
        raise NotFound
    return rows[0]


def _view(row: GrantRow) -> AccessGrant:
    return AccessGrant(
        tenant_id=encode(PREFIX, row.grantee_id),
        name=row.name,
        kind=row.kind,
        role=row.role,
        created_at=row.created_at,
    )
