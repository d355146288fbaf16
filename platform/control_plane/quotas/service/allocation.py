"""An agency cannot give away more than it has: its clients' limits together stay within its own.

A client without a limit of its own shares what its agency has left, so it takes nothing from the others' limits. What
is really used is counted for the agency too, whatever the limits below it say.
"""

from collections.abc import Iterable, Mapping
from uuid import UUID

import msgspec

from control_plane.core.database import Transaction
from control_plane.core.errors import FieldError, Invalid
from control_plane.quotas.errors import OverAllocated
from control_plane.quotas.queries import allocation as queries
from control_plane.quotas.resources import LIMITED, Resource
from control_plane.quotas.schemas import Allocation

_limits = msgspec.json.Decoder(dict[str, int | None])


async def check_allocation(
    tx: Transaction,
    tenant_id: UUID | None,
    plan_id: UUID | None,
    limits: Mapping[str, int | None],
    *,
    parent_id: UUID | None = None,
) -> None:
    """Check the plan and limits that a client is to have, as either role, before or after they are stored.

    `limits` are those set for the client itself; None is no limit. For a client that is not stored yet give its
    `parent_id`. Raises `Invalid` at `plan_id` for a plan that its agency does not offer, `OverAllocated` at `limits`.
    """
    stored = None if tenant_id is None else await queries.client(tx, tenant_id)
    giver: UUID | None = parent_id if stored is None else stored["parent_id"]
    if giver is None:
        return
    keeps = stored is not None and plan_id is not None and stored["plan_id"] == plan_id
    wanted = {**await _offered(tx, giver, plan_id, keeps=keeps), **limits}
    await queries.lock(tx, giver)
    given = await queries.given(tx, giver, LIMITED, tenant_id)
    _refuse([_fault(each, wanted[each.resource]) for each in given if wanted.get(each.resource) is not None])


async def check_gifts(tx: Transaction, giver: UUID, raised: Iterable[str]) -> None:
    """Check that what a tenant gives to all its clients is within its own limits, where a plan was just raised."""
    await queries.lock(tx, giver)
    resources: list[Resource] = [name for name in LIMITED if name in set(raised)]
    _refuse([_fault(each, 0) for each in await queries.given(tx, giver, resources, None)])


async def _offered(tx: Transaction, giver: UUID, plan_id: UUID | None, *, keeps: bool) -> dict[str, int | None]:
    """Give a plan's limits; one that is retired can be kept and not taken."""
    if plan_id is None:
        return {}
    plan = await queries.plan(tx, plan_id)
    if plan is None or not (keeps or (plan["tenant_id"] == giver and plan["retired_at"] is None)):
        raise Invalid(errors=(FieldError("plan_id", "The agency right above offers no such plan."),))
    return _limits.decode(plan["limits"])


def _fault(has: Allocation, wanted: int | None) -> FieldError | None:
    left = has.most - has.given
    if (wanted or 0) <= left:
        return None
    path = f"limits.{has.resource}"
    return FieldError(path, f"Of the {has.most} there are, {max(left, 0)} are left to give.")


def _refuse(faults: Iterable[FieldError | None]) -> None:
    errors = tuple(fault for fault in faults if fault is not None)
    if errors:
        raise OverAllocated(errors=errors)
