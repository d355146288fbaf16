"""Mail that is called back, released by hand, or sent once more."""

import asyncio
from datetime import datetime, timedelta

import httpx
import pytest

from control_plane.core import ids
from control_plane.core.database import Database
from control_plane.core.errors import Refused
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from control_plane.messages import service
from control_plane.messages.errors import MessageOnItsWay
from control_plane.messages.schemas import Message
from tests.conftest import Tenant
from tests.control_plane.messages.conftest import Limit
from tests.control_plane.messages.messages import message
from tests.control_plane.messages.stored import happened, queue, statuses, used

SOON = (datetime.now().astimezone() + timedelta(hours=3)).isoformat()
ROOM = {"messages_hour": 1, "messages_month": 1000}


async def send(client: httpx.AsyncClient, tenant: Tenant, domain: str, **changes: object) -> str:
    sent = await client.post("/v1/messages", json=message(domain, **changes), headers=tenant.headers)
    assert sent.status_code == 202, sent.text
    message_id: str = sent.json()["id"]
    return message_id


async def act(
    client: httpx.AsyncClient, tenant: Tenant, message_id: str, verb: str, body: object = None
) -> httpx.Response:
    return await client.post(f"/v1/messages/{message_id}/{verb}", json=body, headers=tenant.headers)


@pytest.mark.parametrize("changes", [{}, {"send_at": SOON}], ids=["accepted", "scheduled"])
async def test_what_no_node_has_is_called_back(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, domain: str, changes: dict[str, object]
) -> None:
    message_id = await send(client, tenant, domain, cc=[{"email": "cleo@else.test"}], **changes)
    first, again = [await act(client, tenant, message_id, "cancel") for _ in range(2)]
    assert (first.status_code, again.status_code) == (200, 200), first.text
    assert [each["status"] for each in first.json()["recipients"]] == ["cancelled", "cancelled"]
    assert again.json() == first.json()
    assert [kind for _, kind in await happened(db, tenant)][2:] == ["cancelled", "cancelled"]
    assert "messages_scheduled" not in await used(db, tenant)


async def test_held_mail_is_purged(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, domain: str, limit: Limit
) -> None:
    await limit(tenant, "hold", **ROOM)
    await send(client, tenant, domain)
    held = await send(client, tenant, domain)
    assert (await used(db, tenant))["messages_held"] == 1
    assert (await act(client, tenant, held, "cancel")).json()["status"] == "cancelled"
    assert "messages_held" not in await used(db, tenant)


async def test_what_a_node_has_goes_its_way(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, domain: str
) -> None:
    message_id = await send(client, tenant, domain)
    await queue(db, tenant, ids.decode("msg", message_id))
    late = await act(client, tenant, message_id, "cancel")
    assert (late.status_code, late.json()["code"]) == (409, "message_on_its_way")
    assert await statuses(db, tenant) == ["queued"]


async def test_of_many_recipients_those_are_called_back_that_still_can(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, domain: str
) -> None:
    message_id = await send(client, tenant, domain, cc=[{"email": "cleo@else.test"}])
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            await tx.connection.execute(
                "update deliveries set status = 'delivered', lease_id = new_uuid() where recipient = 'bob@else.test'"
            )
    shown = (await act(client, tenant, message_id, "cancel")).json()
    assert [each["status"] for each in shown["recipients"]] == ["delivered", "cancelled"]


async def test_a_node_or_the_caller_has_it_and_never_both(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, domain: str
) -> None:
    wanted = [await send(client, tenant, domain) for _ in range(20)]

    async def lease(message_id: str) -> int:
        async with db.fleet_tx() as tx:
            leased = await tx.connection.fetch(
                """update deliveries set lease_id = new_uuid() where id in (
                     select id from deliveries where tenant_id = $1 and message_id = $2 and status = 'accepted'
                     and lease_id is null for update skip locked) returning id""",
                tenant.id,
                ids.decode("msg", message_id),
            )
        return len(leased)

    async def cancel(message_id: str) -> int:
        with acting_for(tenant.id):
            try:
                found: Message = await service.cancel(db, CLOCK, message_id)
            except MessageOnItsWay:
                return 0
        return sum(each.status == "cancelled" for each in found.recipients)

    results = await asyncio.gather(*(each(message_id) for message_id in wanted for each in (lease, cancel)))
    assert [first + second for first, second in zip(results[::2], results[1::2], strict=True)] == [1] * len(wanted)


class Now:
    def now(self) -> datetime:
        return datetime.now().astimezone()


CLOCK = Now()


async def test_held_mail_is_released_by_hand_if_there_is_room(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, domain: str, limit: Limit
) -> None:
    await limit(tenant, "hold", **ROOM)
    await send(client, tenant, domain)
    held = await send(client, tenant, domain)
    full = await act(client, tenant, held, "release")
    assert (full.status_code, full.json()["code"]) == (403, "quota_exceeded")
    await limit(tenant, "hold", messages_hour=5)
    released = await act(client, tenant, held, "release")
    assert (released.status_code, released.json()["status"]) == (200, "accepted")
    assert "messages_held" not in await used(db, tenant)
    again = await act(client, tenant, held, "release")
    assert (again.status_code, again.json()["code"]) == (409, "message_not_held")


async def test_a_message_is_sent_once_more_as_a_new_one(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, domain: str
) -> None:
    new = message(domain, bcc=[{"email": "zoe@else.test"}], tags=["order"], metadata={"order": "1"})
    first = (await client.post("/v1/messages", json=new, headers=tenant.headers)).json()
    again = await act(client, tenant, first["id"], "resend", {})
    assert again.status_code == 202, again.text
    second = again.json()
    assert second["id"] != first["id"]
    assert [each["email"] for each in second["recipients"]] == ["bob@else.test", "zoe@else.test"]
    shown = [
        (await client.get(f"/v1/messages/{each['id']}", headers=tenant.headers)).json() for each in (first, second)
    ]
    for field in ("from", "subject", "tags", "metadata", "stream"):
        assert shown[0][field] == shown[1][field]
    assert [each["kind"] for each in shown[1]["recipients"]] == ["to", "bcc"]
    assert (await used(db, tenant))["messages_hour"] == 4


async def test_it_is_sent_again_to_recipients_of_it_only(
    client: httpx.AsyncClient, tenant: Tenant, domain: str
) -> None:
    message_id = await send(client, tenant, domain, cc=[{"email": "cleo@bücher.test"}])
    one = await act(client, tenant, message_id, "resend", {"recipients": ["CLEO@Bücher.test"]})
    assert [each["email"] for each in one.json()["recipients"]] == ["cleo@xn--bcher-kva.test"]
    other = await act(client, tenant, message_id, "resend", {"recipients": ["bob@else.test", "eve@evil.test", ""]})
    assert other.status_code == 422
    assert [each["path"] for each in other.json()["errors"]] == ["recipients[1]", "recipients[2]"]


async def test_a_key_that_is_bound_to_other_domains_changes_nothing(
    client: httpx.AsyncClient, tenant: Tenant, domain: str, db: Database, runtime: Runtime
) -> None:
    message_id = await send(client, tenant, domain, send_at=SOON)
    with acting_for(tenant.id, frozenset({"elsewhere.test"})):
        for act_on in (
            service.cancel(db, CLOCK, message_id),
            service.reschedule(db, CLOCK, message_id, None),
            service.release_message(db, CLOCK, message_id),
            service.resend(db, CLOCK, runtime.blobs, message_id, ()),
        ):
            with pytest.raises(Refused, match="bound to other"):
                await act_on
