"""What was counted by a node, and what counts against nothing, in streams that are paused."""

import pytest

from control_plane.core.database import Database
from control_plane.core.sandbox import in_mode
from control_plane.core.tenancy import acting_for
from control_plane.messages import service
from control_plane.messages.service import Passed
from control_plane.quotas import service as quotas
from control_plane.quotas.resources import MESSAGES
from tests.conftest import Tenant
from tests.control_plane.messages.conftest import Moved
from tests.control_plane.messages.stored import statuses, used
from tests.control_plane.messages.test_submitting import submission

TWO = ("bob@else.test", "zoe@else.test")


@pytest.fixture(autouse=True)
async def granted(db: Database, clock: Moved, tenant: Tenant) -> None:
    """Five are counted, as when a node is granted them."""
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            await quotas.take(tx, dict.fromkeys(MESSAGES, 5), clock.now())


async def pause(db: Database, tenant: Tenant) -> None:
    async with db.fleet_tx() as tx:
        await tx.connection.execute(
            "update tenants set paused_streams = array['transactional'] where id = $1", tenant.id
        )


async def end_pause(db: Database, tenant: Tenant) -> None:
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            await tx.connection.execute("update deliveries set held_for = 'quota' where held_for = 'enforcement'")


async def count(db: Database, tenant: Tenant) -> tuple[int, int]:
    """Give how many are counted of the hour, and how many are held."""
    found = await used(db, tenant)
    return found.get("messages_hour", 0), found.get("messages_held", 0)


async def pass_on(db: Database, clock: Moved, tenant: Tenant, domain: str, *, is_free: bool = True) -> str:
    mail = Passed(
        author="eve@else.test",
        domain=domain,
        recipient=f"ann@{domain}",
        subject="Hello",
        message_id="",
        above=(),
        raw=b"From: eve@else.test\r\n\r\nHi",
    )
    with acting_for(tenant.id):
        return (await service.pass_on(db, clock, mail, is_free=is_free)).status


async def test_what_a_node_counted_is_not_counted_again_when_it_is_let_go(
    db: Database, clock: Moved, tenant: Tenant, domain: str
) -> None:
    await pause(db, tenant)
    await service.accept_raw(db, clock, submission(tenant, domain, recipients=TWO, is_counted=True))
    assert await statuses(db, tenant) == ["held", "held"]
    assert await count(db, tenant) == (3, 2)
    await end_pause(db, tenant)
    await service.release(db, clock)
    assert await statuses(db, tenant) == ["accepted", "accepted"]
    assert await count(db, tenant) == (5, 0)


async def test_what_a_test_key_submits_is_counted_out_though_the_stream_is_paused(
    db: Database, clock: Moved, tenant: Tenant, domain: str
) -> None:
    await pause(db, tenant)
    mail = submission(tenant, domain, recipients=TWO, is_counted=True, mode="test")
    assert (await service.accept_raw(db, clock, mail)).sandbox
    assert await count(db, tenant) == (3, 0)


async def test_mail_to_own_mailboxes_is_neither_held_nor_counted_while_the_stream_is_paused(
    db: Database, clock: Moved, tenant: Tenant, domain: str
) -> None:
    await pause(db, tenant)
    assert await pass_on(db, clock, tenant, domain) == "accepted"
    assert await count(db, tenant) == (5, 0)
    assert await pass_on(db, clock, tenant, domain, is_free=False) == "held"


async def test_what_was_never_counted_is_not_counted_out(
    db: Database, clock: Moved, tenant: Tenant, domain: str
) -> None:
    with in_mode("test"):
        assert await pass_on(db, clock, tenant, domain) == "accepted"
    assert await count(db, tenant) == (5, 0)
