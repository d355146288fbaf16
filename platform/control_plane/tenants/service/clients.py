"""Read the tenants below the bound one, as the app role."""

from uuid import UUID

import msgspec

from control_plane.core.database import Database, Transaction
from control_plane.core.errors import NotFound
from control_plane.core.ids import TenantId, decode, encode
from control_plane.core.pagination import Page
from control_plane.tenants.queries import clients as queries
from control_plane.tenants.queries.clients import ClientRow
from control_plane.tenants.schemas import Client, ClientFilter, Limits

PREFIX = "ten"
_PLAN = "pln"


async def list_clients(db: Database, wanted: ClientFilter, after: UUID | None, limit: int) -> Page[Client]:
    """List the whole subtree's tenants, newest first."""
    async with db.tenant_tx() as tx:
        rows = await queries.page(tx.connection, wanted, after, limit + 1)
    shown = tuple([view(row) for row in rows[:limit]])
    return Page(shown, shown[-1].id if len(rows) > limit else None)


async def get_client(db: Database, client_id: UUID) -> Client:
    """Give a client; raises `NotFound`."""
    async with db.tenant_tx() as tx:
        return view(await found(tx, client_id))


async def found(tx: Transaction, client_id: UUID, *, lock: bool = False) -> ClientRow:
    """Find a tenant below the bound one, in either role; `lock` as the fleet role. Raises `NotFound`."""
    row = await queries.find(tx.connection, client_id, lock=lock)
    if row is None:
        raise NotFound
    return row


def view(row: ClientRow) -> Client:
    """Show a client to those above it."""
    return Client(
        id=encode(PREFIX, row.id),
        parent_id=encode(PREFIX, row.parent_id),
        name=row.name,
        slug=row.slug,
        kind=row.kind,
        status=row.status,
        own_status=row.own_status,
        suspended_reason=row.suspended_reason,
        plan_id=None if row.plan_id is None else encode(_PLAN, row.plan_id),
        limits=msgspec.json.decode(row.limits, type=Limits),
        brand=_texts(row.brand),
        closing_at=row.closing_at,
        created_at=row.created_at,
    )


def id_of(client: Client) -> TenantId:
    """Read a client's own id."""
    return TenantId(decode(PREFIX, client.id))


def given(limits: Limits) -> dict[str, int | None]:
    """Name the limits that are set."""
    return msgspec.convert(msgspec.to_builtins(limits), dict[str, int | None])


def _texts(brand: str) -> dict[str, str]:
    fields = msgspec.json.decode(brand, type=dict[str, object])
    return {name: value for name, value in fields.items() if isinstance(value, str)}
