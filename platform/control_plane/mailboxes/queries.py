"""What is asked of the table of mailboxes, as the app role for the bound tenant."""

from datetime import datetime
from uuid import UUID

import msgspec

from control_plane.core.database import Connection
from control_plane.core.ids import NodeId
from control_plane.core.tenancy import bound_tenant
from control_plane.mailboxes.schemas import MailboxStatus
from control_plane.mailboxes.tables import MailboxTable

_COLUMNS = (
    MailboxTable.id,
    MailboxTable.domain_id,
    MailboxTable.node_id,
    MailboxTable.address,
    MailboxTable.name,
    MailboxTable.password_hash,
    MailboxTable.quota_bytes,
    MailboxTable.status,
    MailboxTable.version,
    MailboxTable.created_at,
)


class MailboxRow(msgspec.Struct, frozen=True, kw_only=True):
    """A mailbox as it is stored."""

    id: UUID
    domain_id: UUID
    node_id: NodeId
    address: str
    name: str
    password_hash: str
    quota_bytes: int
    status: MailboxStatus
    version: int
    created_at: datetime


class Owner(msgspec.Struct, frozen=True):
    """The tenant whose mailboxes they are."""

    system_uid: int
    """Owns its stored mail on nodes."""
    suspended: bool
    """Its mailboxes still receive, and nobody logs in to them."""


async def insert(row: MailboxRow) -> None:
    """Store a new mailbox."""
    await MailboxTable.insert(MailboxTable(tenant_id=bound_tenant(), **msgspec.structs.asdict(row)))


async def find(mailbox_id: UUID, *, lock: bool = False) -> MailboxRow | None:
    """Find a mailbox by its id, and keep others from changing it meanwhile."""
    mine = MailboxTable.tenant_id == bound_tenant()
    query = MailboxTable.select(*_COLUMNS).where(mine, MailboxTable.id == mailbox_id).first()
    row = await (query.lock_rows("UPDATE") if lock else query)
    return None if row is None else MailboxRow(**row)


async def page(after: UUID | None, limit: int) -> list[MailboxRow]:
    """List mailboxes, newest first."""
    query = MailboxTable.select(*_COLUMNS).where(MailboxTable.tenant_id == bound_tenant())
    if after is not None:
        query = query.where(MailboxTable.id < after)
    return [MailboxRow(**row) for row in await query.order_by(MailboxTable.id, ascending=False).limit(limit)]


async def all_rows() -> list[MailboxRow]:
    """List all of the tenant's mailboxes."""
    rows = await MailboxTable.select(*_COLUMNS).where(MailboxTable.tenant_id == bound_tenant())
    return [MailboxRow(**row) for row in rows]


async def of_domain(domain_id: UUID) -> list[MailboxRow]:
    """List the mailboxes of one of the tenant's domains."""
    mine = MailboxTable.tenant_id == bound_tenant()
    rows = await MailboxTable.select(*_COLUMNS).where(mine, MailboxTable.domain_id == domain_id)
    return [MailboxRow(**row) for row in rows]


async def save(changed: MailboxRow) -> None:
    """Store a changed mailbox."""
    await MailboxTable.update(
        {
            MailboxTable.name: changed.name,
            MailboxTable.password_hash: changed.password_hash,
            MailboxTable.quota_bytes: changed.quota_bytes,
            MailboxTable.status: changed.status,
            MailboxTable.version: changed.version,
        }
    ).where(MailboxTable.tenant_id == bound_tenant(), MailboxTable.id == changed.id)


async def rehome(mailbox_id: UUID, node_id: NodeId) -> None:
    """Note that another node keeps a mailbox's mail."""
    await MailboxTable.update({MailboxTable.node_id: node_id}).where(
        MailboxTable.tenant_id == bound_tenant(), MailboxTable.id == mailbox_id
    )


async def delete(mailbox_id: UUID) -> None:
    """Remove a mailbox."""
    await MailboxTable.delete().where(MailboxTable.tenant_id == bound_tenant(), MailboxTable.id == mailbox_id)


async def owner(connection: Connection) -> Owner:
    """Give what the nodes need to know of the bound tenant."""
    row = await connection.fetchrow(
        "select system_uid, status = 'suspended' as suspended from tenants where id = $1", bound_tenant()
    )
    assert row is not None, "a bound tenant exists"
    return Owner(**row)
