"""Add a client below the bound tenant, and change one."""

from uuid import UUID

import msgspec

from control_plane.audit import service as audit
from control_plane.core import etag, ids
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import FieldError, Invalid
from control_plane.core.ids import MalformedId
from control_plane.core.tenancy import bound_tenant
from control_plane.core.text import NOT_ONE_LINE, is_one_line
from control_plane.quotas import service as quotas
from control_plane.tenants.queries import clients as queries
from control_plane.tenants.queries import tree
from control_plane.tenants.schemas import Client, ClientChange, Limits, NewClient, NewTenant
from control_plane.tenants.service.clients import PREFIX, found, given, view
from control_plane.tenants.service.grants import grant_to_maker
from control_plane.tenants.service.make import create, free_slug
from control_plane.tenants.service.move import new_parent

_PLAN = "pln"


async def add_client(tx: Transaction, wanted: NewClient) -> tuple[Client, str]:
    """Make a tenant below the bound one, which may act for it from the start; gives it and its provider's name.

    Raises `Invalid`, `OverAllocated`, `NotAnAgency`, `SlugTaken`, `Ending`, `TooDeep`.
    """
    _check_name(wanted.name)
    await tree.share(tx.connection)
    parent_id = bound_tenant() if wanted.parent_id is None else _read("parent_id", PREFIX, wanted.parent_id)
    parent = await new_parent(tx, parent_id)
    new = NewTenant(
        kind=wanted.kind,
        name=wanted.name.strip(),
        slug=wanted.slug or await free_slug(tx, wanted.name),
        parent_id=parent.id,
        plan_id=_plan(wanted.plan_id),
        limits=wanted.limits,
    )
    await quotas.check_allocation(tx, None, new.plan_id, given(new.limits), parent_id=parent.id)
    client_id = await create(tx, new)
    await grant_to_maker(tx, client_id)
    made = view(await found(tx, client_id))
    audit.record(tx, "clients.create", made.id, after=_told(made), tenant_id=client_id)
    return made, parent.name


async def change_client(db: Database, client_id: UUID, wanted: ClientChange, if_match: str | None) -> Client:
    """Change what a client is called and given; raises `NotFound`, `Invalid`, `OverAllocated`, `PreconditionFailed`."""
    async with db.fleet_tx() as tx:
        await tree.share(tx.connection)
        row = await found(tx, client_id, lock=True)
        before = view(row)
        etag.check(if_match, before)
        name = row.name if wanted.name is msgspec.UNSET else wanted.name.strip()
        _check_name(name)
        plan_id = row.plan_id if wanted.plan_id is msgspec.UNSET else _plan(wanted.plan_id)
        limits: Limits = before.limits if wanted.limits is msgspec.UNSET else wanted.limits
        await quotas.check_allocation(tx, client_id, plan_id, given(limits))
        await queries.change(tx.connection, client_id, name, plan_id, msgspec.json.encode(limits).decode())
        after = view(await found(tx, client_id))
        audit.record(tx, "clients.change", after.id, before=_told(before), after=_told(after), tenant_id=client_id)
        return after


def _told(client: Client) -> dict[str, object]:
    return {
        "name": client.name,
        "kind": client.kind,
        "plan_id": client.plan_id,
        "limits": given(client.limits),
    }


def _check_name(name: str) -> None:
    if not is_one_line(name):
        raise Invalid(errors=(FieldError("name", NOT_ONE_LINE),))
    if not name.strip():
        raise Invalid(errors=(FieldError("name", "Give it a name."),))


def _plan(plan_id: str | None) -> UUID | None:
    return None if plan_id is None else _read("plan_id", _PLAN, plan_id)


def _read(path: str, prefix: str, text: str) -> UUID:
    try:
        return ids.decode(prefix, text)
    except MalformedId as error:
        raise Invalid(
            errors=(FieldError(path, f"This is not the id of anything: it begins with {prefix}_."),)
        ) from error
