"""What is done to all held messages from their list."""

from control_plane.core.database import Database
from control_plane.core.tenancy import acting_for
from tests.conftest import MakeDomain, Tenant
from tests.web.conftest import Person, SendMessage
from tests.web.measured import measure


async def _statuses(db: Database, tenant: Tenant) -> set[str]:
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            return {row["status"] for row in await tx.connection.fetch("select status from deliveries")}


async def test_all_that_is_held_is_called_back(
    db: Database, ann: Person, tenant: Tenant, make_domain: MakeDomain, send_message: SendMessage
) -> None:
    await measure(db, tenant, "paused", "transactional")
    await send_message(tenant, await make_domain(tenant))
    page = await ann.see("/messages?status=held")
    assert "Cancel all held messages" in page
    answer = await ann.submit("/messages/held/cancel", page="/messages?status=held")
    shown = await ann.see(answer.headers["location"])
    assert "Done" in shown
    assert await _statuses(db, tenant) == {"cancelled"}


async def test_a_release_of_what_a_pause_holds_says_why_not(
    db: Database, ann: Person, tenant: Tenant, make_domain: MakeDomain, send_message: SendMessage
) -> None:
    await measure(db, tenant, "paused", "transactional")
    await send_message(tenant, await make_domain(tenant))
    answer = await ann.submit("/messages/held/release", page="/messages?status=held")
    assert "only your provider can release them" in await ann.see(answer.headers["location"])
    assert await _statuses(db, tenant) == {"held"}


async def test_other_lists_offer_no_such_thing(ann: Person) -> None:
    assert "Release all" not in await ann.see("/messages?status=bounced")


async def test_of_an_act_that_is_nobodys_nothing_is_shown(ann: Person) -> None:
    for act_id in ("act_nothing", "msg_1"):
        assert (await ann.client.get(f"/messages/acts/{act_id}")).status_code == 404
