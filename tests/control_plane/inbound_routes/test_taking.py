"""Mail that comes in takes its route."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import msgspec
import pytest

from control_plane.core import ids
from control_plane.core.clock import FixedClock
from control_plane.core.database import Database
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from control_plane.inbound import service as inbound
from control_plane.inbound.service.batch import Batch
from control_plane.inbound_routes import service
from control_plane.inbound_routes.queries import messages
from control_plane.inbound_routes.service import RouteIntake, take
from tests.conftest import Tenant
from tests.control_plane.conftest import FleetNode
from tests.control_plane.inbound.handed import (
    counting_statements,
    forget_waiting,
    hand_up,
)
from tests.control_plane.inbound_routes.conftest import Json, MakeRoute, Receive, settled
from tests.control_plane.inbound_routes.mails import mail


async def events_of(db: Database, tenant: Tenant) -> list[Json]:
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            rows = await tx.connection.fetch("select data::text from events where type = 'message.received'")
    return [json.loads(row["data"]) for row in rows]


async def sent_to(db: Database, tenant: Tenant) -> list[UUID]:
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            rows = await tx.connection.fetch(
                "select webhook_id from webhook_deliveries where tenant_id = $1", tenant.id
            )
    return [row["webhook_id"] for row in rows]


async def shown(client: httpx.AsyncClient, tenant: Tenant, mail_id: UUID) -> Json:
    path = f"/v1/inbound-messages/{ids.encode('inb', mail_id)}"
    answer = await client.get(path, headers=tenant.headers)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


async def test_a_mail_goes_to_its_routes_webhook_with_all_that_it_says(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, webhook: str, make_route: MakeRoute, receive: Receive
) -> None:
    route = await make_route(action={"type": "webhook", "webhook_id": webhook})
    raw = mail()
    mail_id = await receive(raw=raw)
    assert await settled(db, mail_id) == ("done", None)
    [event] = await events_of(db, tenant)
    assert await sent_to(db, tenant) == [ids.decode("whk", webhook)]
    assert (event["inbound_message_id"], event["route_id"]) == (ids.encode("inb", mail_id), route["id"])
    assert event["content"]["reply"] == "It has not come."
    assert event["content"]["authentication"] == {"spf": "pass", "dkim": "fail", "dmarc": "fail", "arc": "none"}
    [attachment] = event["content"]["attachments"]
    file = await client.get(attachment["link"])
    assert (file.content, file.headers["content-disposition"]) == (b"%PDF-1.4", "attachment; filename*=UTF-8''bill.pdf")
    assert file.headers["x-content-type-options"] == "nosniff"
    assert (await client.get(event["raw"])).content == raw


async def test_the_same_mail_is_routed_once(
    client: httpx.AsyncClient,
    db: Database,
    runtime: Runtime,
    tenant: Tenant,
    webhook: str,
    make_route: MakeRoute,
    receive: Receive,
) -> None:
    await make_route(action={"type": "webhook", "webhook_id": webhook})
    mail_id = await receive()
    async with db.fleet_tx() as tx:  # as if the worker had died before it was noted
        await tx.connection.execute("update inbound_mails set next_attempt_at = now() where id = $1", mail_id)
    later = FixedClock(datetime.now(UTC) + timedelta(minutes=1))
    await inbound.dispatch(msgspec.structs.replace(runtime, clock=later), (RouteIntake(),))
    assert len(await events_of(db, tenant)) == len(await sent_to(db, tenant)) == 1
    assert (await shown(client, tenant, mail_id))["status"] == "routed"


async def come(client: httpx.AsyncClient, db: Database, node: FleetNode, domain: str, number: int) -> list[UUID]:
    """Have mails come in that nobody has looked at yet."""
    await forget_waiting(db)
    made = [ids.new_uuid() for _ in range(number)]
    for each in made:
        answer = await hand_up(client, node, mail(), id=ids.bare(each), recipient=f"support@{domain}")
        assert answer.status_code == 204, answer.text
    return made


async def test_twenty_mails_take_no_more_statements_than_one(
    client: httpx.AsyncClient,
    db: Database,
    runtime: Runtime,
    tenant: Tenant,
    domain: str,
    node: FleetNode,
    webhook: str,
    make_route: MakeRoute,
) -> None:
    await make_route(action={"type": "webhook", "webhook_id": webhook})
    soon = msgspec.structs.replace(runtime, clock=FixedClock(datetime.now(UTC) + timedelta(seconds=30)))
    told = []
    for number in (1, 19):
        await come(client, db, node, domain, number)
        with counting_statements() as statements:
            await inbound.dispatch(soon, (RouteIntake(),))
        told.append(len(statements))
    assert len(await events_of(db, tenant)) == len(await sent_to(db, tenant)) == 20
    assert told[0] == told[1] <= 22


@pytest.mark.parametrize("dies", ["after it claimed", "before it noted"])
async def test_a_worker_that_dies_loses_no_mail_and_doubles_none(
    client: httpx.AsyncClient,
    db: Database,
    runtime: Runtime,
    tenant: Tenant,
    domain: str,
    node: FleetNode,
    webhook: str,
    make_route: MakeRoute,
    monkeypatch: pytest.MonkeyPatch,
    dies: str,
) -> None:
    await make_route(action={"type": "webhook", "webhook_id": webhook})
    clock = FixedClock(datetime.now(UTC) + timedelta(seconds=30))
    soon = msgspec.structs.replace(runtime, clock=clock)
    made = await come(client, db, node, domain, 3)

    async def nothing(_: Batch) -> None: ...

    with monkeypatch.context() as patch:
        patch.setattr(Batch, "work" if dies == "after it claimed" else "_note", nothing)
        await inbound.dispatch(soon, (RouteIntake(),))
    assert [(await settled(db, each))[0] for each in made] == ["waiting"] * 3
    clock.move(timedelta(minutes=6))
    await inbound.dispatch(soon, (RouteIntake(),))
    assert [(await settled(db, each))[0] for each in made] == ["done"] * 3
    events = [each["inbound_message_id"] for each in await events_of(db, tenant)]
    assert sorted(events) == sorted(ids.encode("inb", each) for each in made)
    assert len(await sent_to(db, tenant)) == 3


async def test_who_wants_all_events_hears_of_it_unless_a_route_is_theirs(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, webhook: str, make_route: MakeRoute, receive: Receive
) -> None:
    made = [
        (await client.post("/v1/webhooks", json={"url": f"http://127.0.0.1:9/{n}"}, headers=tenant.headers)).json()[
            "id"
        ]
        for n in range(2)
    ]
    await make_route(action={"type": "webhook", "webhook_id": webhook})
    await make_route(action={"type": "webhook", "webhook_id": made[1]}, priority=200)
    await receive()
    assert set(await sent_to(db, tenant)) == {ids.decode("whk", webhook), ids.decode("whk", made[0])}


async def test_mail_that_is_held_is_told_to_nobody_until_it_is_released(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, webhook: str, make_route: MakeRoute, receive: Receive
) -> None:
    await make_route()
    mail_id = await receive()
    assert await events_of(db, tenant) == []
    path = f"/v1/inbound-messages/{ids.encode('inb', mail_id)}"
    released = await client.post(f"{path}/release", json={"webhook_id": webhook}, headers=tenant.headers)
    assert released.status_code == 204, released.text
    assert await sent_to(db, tenant) == [ids.decode("whk", webhook)]
    [event] = await events_of(db, tenant)
    assert (event["status"], event["note"]) == ("released", None)
    assert (await shown(client, tenant, mail_id))["status"] == "released"
    again = await client.post(f"{path}/release", json={"webhook_id": webhook}, headers=tenant.headers)
    assert (again.status_code, again.json()["code"]) == (409, "inbound_message_not_held")


async def test_mail_that_is_thrown_away_is_known_and_not_kept(
    client: httpx.AsyncClient, tenant: Tenant, webhook: str, make_route: MakeRoute, receive: Receive
) -> None:
    await make_route()
    mail_id = await receive()
    path = f"/v1/inbound-messages/{ids.encode('inb', mail_id)}"
    link = (await shown(client, tenant, mail_id))["raw"]
    assert (await client.delete(path, headers=tenant.headers)).status_code == 204
    found = await shown(client, tenant, mail_id)
    assert (found["status"], found["content"], found["raw"]) == ("purged", None, None)
    for gone in (f"{path}/raw", f"{path}/attachments/0"):
        assert (await client.get(gone, headers=tenant.headers)).json()["code"] == "inbound_content_gone"
    assert (await client.get(link)).status_code == 404


async def test_of_mail_that_is_thrown_away_nothing_is_left_in_its_event_nor_as_it_was_handed_up(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, webhook: str, make_route: MakeRoute, receive: Receive
) -> None:
    await make_route(action={"type": "webhook", "webhook_id": webhook})
    other, mail_id = await receive(), await receive()
    answer = await client.delete(f"/v1/inbound-messages/{ids.encode('inb', mail_id)}", headers=tenant.headers)
    assert answer.status_code == 204, answer.text
    events = {each["inbound_message_id"]: each for each in await events_of(db, tenant)}
    event = events[ids.encode("inb", mail_id)]
    assert (event["subject"], event["content"], event["raw"]) == ("Where is my order?", None, None)
    assert events[ids.encode("inb", other)]["content"] is not None
    async with db.fleet_tx() as tx:
        rows = await tx.connection.fetch(
            "select mail_id from inbound_bodies where mail_id = any ($1)", [other, mail_id]
        )
    assert [row["mail_id"] for row in rows] == [other]


async def test_nobody_throws_away_what_is_left_of_somebody_elses_mail(
    db: Database, stranger: Tenant, make_route: MakeRoute, receive: Receive
) -> None:
    await make_route()
    mail_id = await receive()
    with acting_for(stranger.id):
        async with db.tenant_tx() as tx:
            await messages.purge_elsewhere(tx.connection, mail_id, ids.encode("inb", mail_id))
    async with db.fleet_tx() as tx:
        assert await tx.connection.fetchval("select exists (select from inbound_bodies where mail_id = $1)", mail_id)


async def test_mail_that_is_dropped_is_only_counted(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, make_route: MakeRoute, receive: Receive
) -> None:
    await make_route(action={"type": "drop"})
    found = await shown(client, tenant, await receive())
    assert (found["status"], found["subject"], found["content"]) == ("dropped", "Where is my order?", None)
    assert await events_of(db, tenant) == []


@pytest.mark.parametrize("end", ["delete", "disable"])
async def test_mail_for_a_webhook_that_is_gone_is_held(
    client: httpx.AsyncClient,
    db: Database,
    tenant: Tenant,
    webhook: str,
    make_route: MakeRoute,
    receive: Receive,
    end: str,
) -> None:
    await make_route(action={"type": "webhook", "webhook_id": webhook})
    if end == "delete":
        await client.delete(f"/v1/webhooks/{webhook}", headers=tenant.headers)
    else:
        with acting_for(tenant.id):
            async with db.tenant_tx() as tx:
                await tx.connection.execute("update webhooks set status = 'disabled' where tenant_id = $1", tenant.id)
    found = await shown(client, tenant, await receive())
    assert found["status"] == "held"
    assert "webhook is gone" in found["note"]


async def test_mail_below_a_domain_goes_to_its_route(
    client: httpx.AsyncClient, tenant: Tenant, make_route: MakeRoute, receive: Receive
) -> None:
    await make_route(type="subdomains")
    assert (await shown(client, tenant, await receive(below="a.b.")))["status"] == "held"


async def test_mail_that_no_route_wants_any_more_is_refused_with_the_reason(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, make_route: MakeRoute, receive: Receive
) -> None:
    route = await make_route()
    await client.delete(f"/v1/inbound-routes/{route['id']}", headers=tenant.headers)
    assert await settled(db, await receive()) == ("refused", "No route wants mail to this address any more.")


@pytest.mark.parametrize(("action", "status"), [("hold", "held"), ("drop", "dropped")])
async def test_what_cannot_be_read_at_all_is_held_in_the_end_and_not_lost(
    client: httpx.AsyncClient,
    db: Database,
    runtime: Runtime,
    tenant: Tenant,
    domain: str,
    node: FleetNode,
    make_route: MakeRoute,
    monkeypatch: pytest.MonkeyPatch,
    action: str,
    status: str,
) -> None:
    await make_route(action={"type": action})
    [made] = await come(client, db, node, domain, 1)
    async with db.fleet_tx() as tx:
        await tx.connection.execute("update inbound_mails set attempts = 7 where id = $1", made)
    soon = msgspec.structs.replace(runtime, clock=FixedClock(datetime.now(UTC) + timedelta(seconds=30)))
    with monkeypatch.context() as patch:
        patch.setattr(take, "read", lambda _: 1 / 0)
        await inbound.dispatch(soon, (RouteIntake(),))
    assert await settled(db, made) == ("done", None)
    found = await shown(client, tenant, made)
    assert (found["status"], found["raw"] is not None) == (status, status == "held")
    assert (found["note"] is not None) == (status == "held")


async def test_a_name_below_that_somebody_else_has_proven_is_theirs(
    client: httpx.AsyncClient, db: Database, stranger: Tenant, domain: str, make_route: MakeRoute, receive: Receive
) -> None:
    await make_route(type="subdomains")
    await prove(db, stranger, f"their.{domain}")
    assert (await settled(db, await receive(below="their.")))[0] == "refused"
    listed = await client.get("/v1/inbound-messages", headers=stranger.headers)
    assert listed.json()["data"] == []


async def prove(db: Database, tenant: Tenant, name: str) -> None:
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            await tx.connection.execute(
                """insert into mail_domains (tenant_id, id, name, ownership_token, status, proven_at)
                   values ($1, $2, $3, 'x', 'verified', now())""",
                tenant.id,
                ids.new_uuid(),
                name,
            )


async def test_a_node_hands_up_only_what_routes_want(
    client: httpx.AsyncClient, domain: str, node: FleetNode, make_route: MakeRoute
) -> None:
    assert (await hand_up(client, node, recipient=f"a@{domain}")).status_code == 400
    await make_route()
    assert (await hand_up(client, node, recipient=f"a@{domain}")).status_code == 204


async def test_mail_is_listed_by_status_and_route_and_forgotten_in_the_end(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, make_route: MakeRoute, receive: Receive
) -> None:
    route = await make_route()
    mail_id = ids.encode("inb", await receive())
    for query, expected in (("", [mail_id]), ("?status=held", [mail_id]), ("?status=dropped", [])):
        answer = await client.get(f"/v1/inbound-messages{query}", headers=tenant.headers)
        assert [each["id"] for each in answer.json()["data"]] == expected
    answer = await client.get(f"/v1/inbound-messages?route_id={route['id']}", headers=tenant.headers)
    assert [each["id"] for each in answer.json()["data"]] == [mail_id]
    await service.forget(db, FixedClock(datetime.now(UTC) + timedelta(days=400)), 30)
    answer = await client.get("/v1/inbound-messages", headers=tenant.headers)
    assert answer.json()["data"] == []


async def test_another_tenants_mail_is_not_there(
    client: httpx.AsyncClient, stranger: Tenant, make_route: MakeRoute, receive: Receive
) -> None:
    await make_route()
    path = f"/v1/inbound-messages/{ids.encode('inb', await receive())}"
    for each in (path, f"{path}/raw", f"{path}/attachments/0"):
        assert (await client.get(each, headers=stranger.headers)).status_code == 404
