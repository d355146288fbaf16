"""What is done to all held messages from their list."""

import pytest

from control_plane.core.database import Database
from control_plane.core.tenancy import acting_for
from tests.conftest import MakeDomain, Tenant
from tests.web.conftest import MakePerson, Person, SendMessage
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


async def test_what_is_offered_comes_and_goes_with_the_rows(ann: Person) -> None:
    for status, is_offered in (("held", True), ("bounced", False), ("", False)):
        part = await ann.client.get(f"/messages?status={status}", headers={"hx-request": "true"})
        assert ("Release all" in part.text) == is_offered
        results = part.text.partition('id="results"')[2]
        assert ("Cancel all held messages" in results) == is_offered


@pytest.mark.parametrize("more", ["query=from:bob@else.test", "since=2026-01-01", "until=2026-01-01"])
async def test_all_is_offered_only_where_all_is_shown(ann: Person, more: str) -> None:
    page = await ann.see(f"/messages?status=held&{more}")
    assert "/messages/held/" not in page
    assert "take out the other filters" in page


async def test_who_may_only_read_is_offered_nothing(ann: Person, make_person: MakePerson) -> None:
    reader = await make_person(ann.tenant, "support")
    await reader.sign_in()
    assert "Release all" not in await reader.see("/messages?status=held")


async def test_of_an_act_that_is_nobodys_nothing_is_shown(ann: Person) -> None:
    for act_id in ("act_nothing", "msg_1"):
        assert (await ann.client.get(f"/messages/acts/{act_id}")).status_code == 404
