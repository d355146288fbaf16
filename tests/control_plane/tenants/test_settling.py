"""What a suspension does to queue and nodes."""

from datetime import datetime, timedelta

import httpx

from control_plane.core.database import Database
from control_plane.core.runtime import Runtime
from control_plane.deliveries import service as deliveries
from control_plane.tenants import settling
from tests.conftest import MakeDomain, Tenant
from tests.control_plane.conftest import MakeNode, SendMail
from tests.control_plane.mailboxes.test_mailboxes import create, item_of
from tests.control_plane.tenants.conftest import MakeClient, act


class Later:
    """A clock that is a minute ahead: what happened just now is long ago."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def now(self) -> datetime:
        """Give the time in a minute."""
        return self._runtime.clock.now() + timedelta(minutes=1)


async def states(db: Database, tenant: Tenant) -> list[tuple[str, str | None]]:
    """Read the states of a tenant's deliveries."""
    async with db.fleet_tx() as tx:
        rows = await tx.connection.fetch(
            "select distinct status, held_for from deliveries where tenant_id = $1", tenant.id
        )
    return [(row["status"], row["held_for"]) for row in rows]


async def test_nodes_claim_nothing_of_a_suspended_client(
    client: httpx.AsyncClient,
    agency: Tenant,
    make_client: MakeClient,
    make_domain: MakeDomain,
    make_node: MakeNode,
    send_mail: SendMail,
    runtime: Runtime,
) -> None:
    bakery = await make_client(agency)
    node = await make_node(bakery)
    await send_mail(bakery, await make_domain(bakery, "bakery"), recipients=3)
    await act(client, agency, bakery, "suspend", reason="spam")
    assert await deliveries.claim(runtime.db, node.id, 10) is None
    assert await states(runtime.db, bakery) == [("accepted", None)]
    await settling.settle(runtime.db, runtime.clock)
    assert await states(runtime.db, bakery) == [("held", "suspension")]
    await act(client, agency, bakery, "resume")
    await settling.settle(runtime.db, runtime.clock)
    offer = await deliveries.claim(runtime.db, node.id, 10)
    assert offer is not None
    assert len(offer.deliveries) == 3


async def test_resuming_frees_only_what_the_suspension_held(
    client: httpx.AsyncClient,
    agency: Tenant,
    make_client: MakeClient,
    make_domain: MakeDomain,
    make_node: MakeNode,
    send_mail: SendMail,
    db: Database,
    runtime: Runtime,
) -> None:
    bakery = await make_client(agency)
    await make_node(bakery)
    await send_mail(bakery, await make_domain(bakery, "bakery"))
    async with db.fleet_tx() as tx:
        await tx.connection.execute(
            "update deliveries set status = 'held', held_for = 'quota' where tenant_id = $1", bakery.id
        )
    await act(client, agency, bakery, "suspend", reason="spam")
    await settling.settle(db, runtime.clock)
    await act(client, agency, bakery, "resume")
    await settling.settle(db, runtime.clock)
    assert await states(db, bakery) == [("held", "quota")]


async def test_mailboxes_of_a_suspended_client_receive_but_let_nobody_in(
    client: httpx.AsyncClient,
    agency: Tenant,
    make_client: MakeClient,
    make_domain: MakeDomain,
    make_node: MakeNode,
    runtime: Runtime,
) -> None:
    bakery, node = await make_client(agency), await make_node()
    domain = await make_domain(bakery, "bakery")
    await create(client, bakery, domain)
    await act(client, agency, bakery, "suspend", reason="unpaid")
    await settling.settle(runtime.db, runtime.clock)
    item = await item_of(runtime, node, f"ann@{domain}")
    assert item is not None
    assert not item.enabled
    await act(client, agency, bakery, "resume")
    await settling.settle(runtime.db, runtime.clock)
    item = await item_of(runtime, node, f"ann@{domain}")
    assert item is not None
    assert item.enabled


async def test_it_is_done_again_later_and_then_no_more(
    client: httpx.AsyncClient, agency: Tenant, make_client: MakeClient, runtime: Runtime, db: Database
) -> None:
    """What was being written while the state changed is caught the second time."""
    bakery = await make_client(agency)
    await act(client, agency, bakery, "suspend", reason="unpaid")

    async def settled() -> bool:
        async with db.fleet_tx() as tx:
            return bool(
                await tx.connection.fetchval("select settled_status = status from tenants where id = $1", bakery.id)
            )

    await settling.settle(db, runtime.clock)
    assert not await settled()
    await settling.settle(db, Later(runtime))
    assert await settled()
