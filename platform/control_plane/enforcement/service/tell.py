"""Write of a step to those in charge of the account, to the agency above it and, of a pause, to operators."""

from uuid import UUID

from control_plane.core import ids
from control_plane.core.database import Database, Transaction
from control_plane.core.tenancy import acting_for
from control_plane.enforcement.decide import Decision
from control_plane.enforcement.queries import tenants as queries
from control_plane.enforcement.schemas import STEPS, Scope, Step
from control_plane.notices import service as notices
from control_plane.notices.schemas import Notice, SendingNews

OWN_PATH = "/settings/sending-health"
OPERATOR_PATH = "/operator/enforcement"


async def tell(tx: Transaction, db: Database, tenant_id: UUID, scope: Scope, decision: Decision, note: str) -> None:
    """Write letters; they are committed first: a crash in between writes twice, never not at all."""
    tenant = await queries.names(tx.connection, tenant_id)
    if tenant is None:
        return

    def news(path: str) -> SendingNews:
        return SendingNews(
            path=path,
            account=tenant["name"],
            stream=scope,
            step=decision.step,
            cause=decision.cause,
            note=note,
        )

    await write(db, tenant_id, news(OWN_PATH))
    if tenant["parent_kind"] == "agency" and _matters(decision.step, "throttled"):
        await write(db, tenant["parent_id"], news(f"/agency/clients/{ids.encode('ten', tenant_id)}/sending-health"))
    operator = await queries.operator(tx.connection)
    if operator is not None and _matters(decision.step, "paused"):
        await write(db, operator, news(OPERATOR_PATH))


async def write(db: Database, tenant_id: UUID, notice: Notice) -> None:
    """Write to the owners and admins of a tenant, in a transaction of its own."""
    with acting_for(tenant_id):
        async with db.tenant_tx() as tx:
            await notices.tell_tenant(tx, notice)


def _matters(step: Step, least: Step) -> bool:
    """Say whether a step is as hard as another; that there is none any more matters to everybody."""
    return step == "none" or STEPS.index(step) >= STEPS.index(least)
