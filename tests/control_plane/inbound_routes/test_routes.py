"""Routes are made, changed and deleted, and nodes hear of them."""

from uuid import UUID

import httpx
import pytest

from control_plane.core import ids
from control_plane.core.database import Database
from control_plane.core.tenancy import acting_for
from control_plane.inbound_routes import service
from tenant_agent import wire
from tests.conftest import MakeDomain, Tenant
from tests.control_plane.conftest import FleetNode, MakeNode
from tests.control_plane.inbound_routes.conftest import Json, MakeRoute


async def items_of(db: Database, node: FleetNode, tenant: Tenant) -> dict[str, wire.InboundItem]:
    async with db.fleet_tx() as tx:
        rows = await tx.connection.fetch(
            """select key, payload from node_items
               where node_id = $1 and tenant_id = $2 and kind = 'inbound' and payload is not null""",
            node.id,
            tenant.id,
        )
    return {row["key"]: wire.decode_as(row["payload"], wire.InboundItem) for row in rows}


async def test_a_route_is_made_and_shown(client: httpx.AsyncClient, tenant: Tenant, make_route: MakeRoute) -> None:
    made = await make_route(action={"type": "drop"}, priority=7)
    shown = await client.get(f"/v1/inbound-routes/{made['id']}", headers=tenant.headers)
    assert shown.json() == made
    assert (made["priority"], made["enabled"], made["action"]["type"]) == (7, True, "drop")
    listed = await client.get("/v1/inbound-routes", headers=tenant.headers)
    assert listed.json() == {"data": [made], "next": None}


async def test_nodes_take_what_routes_want_and_no_more_once_they_are_gone(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, domain: str, node: FleetNode, make_route: MakeRoute
) -> None:
    made = await make_route()
    await make_route(type="subdomains")
    single = await make_route(type="address", address=f"A@{domain}", domain=None)
    assert await items_of(db, node, tenant) == {
        domain: wire.InboundItem(name=domain, everyone=True, subdomains=True),
        f"a@{domain}": wire.InboundItem(name=f"a@{domain}"),
    }
    await client.delete(f"/v1/inbound-routes/{single['id']}", headers=tenant.headers)
    path = f"/v1/inbound-routes/{made['id']}"
    changed = await client.patch(path, json={"enabled": False}, headers=tenant.headers)
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    assert await items_of(db, node, tenant) == {domain: wire.InboundItem(name=domain, subdomains=True)}


async def test_a_node_that_comes_later_is_told(
    db: Database, tenant: Tenant, domain: str, make_route: MakeRoute, make_node: MakeNode
) -> None:
    await make_route()
    later = await make_node()
    assert set(await items_of(db, later, tenant)) == {domain}


async def test_when_a_domain_is_lost_its_mail_is_taken_no_more_and_again_when_it_is_back(
    db: Database, tenant: Tenant, domain: str, node: FleetNode, make_route: MakeRoute
) -> None:
    await make_route()
    for proven, known in (("null", set[str]()), ("now()", {domain})):
        with acting_for(tenant.id):
            async with db.tenant_tx() as tx:
                await tx.connection.execute(f"update mail_domains set proven_at = {proven} where name = $1", domain)
        await service.publish_outdated(db)
        assert set(await items_of(db, node, tenant)) == known


@pytest.mark.parametrize(
    ("match", "path"),
    [
        ({"type": "domain"}, "match.domain"),
        ({"type": "domain", "domain": "else.test"}, "match.domain"),
        ({"type": "domain", "domain": "not a domain"}, "match.domain"),
        ({"type": "domain", "domain": "@", "address": "a@b.test"}, "match.address"),
        ({"type": "address", "address": "somebody"}, "match.address"),
        ({"type": "address", "address": "bob@else.test"}, "match.address"),
        ({"type": "header", "name": "Subject"}, "match.pattern"),
        ({"type": "header", "name": "Sub ject", "pattern": "*"}, "match.name"),
        ({"type": "header", "name": "Subject", "pattern": "a\nb"}, "match.pattern"),
        ({"type": "header", "name": "Subject", "pattern": "*" * 201}, "match.pattern"),
        ({"type": "regex", "pattern": ".*"}, "match.type"),
    ],
)
async def test_what_makes_no_sense_is_refused_at_its_field(
    client: httpx.AsyncClient, tenant: Tenant, match: Json, path: str
) -> None:
    body = {"name": "A route", "match": match, "action": {"type": "hold"}}
    answer = await client.post("/v1/inbound-routes", json=body, headers=tenant.headers)
    assert answer.status_code == 422, answer.text
    assert path in [each["path"] for each in answer.json()["errors"]]


@pytest.mark.parametrize(
    ("action", "path"),
    [
        ({"type": "mailbox"}, "action.mailbox"),
        ({"type": "mailbox", "mailbox": "nobody@else.test"}, "action.mailbox"),
        ({"type": "mailbox", "mailbox": "no address"}, "action.mailbox"),
        ({"type": "forward"}, "action.to"),
        ({"type": "forward", "to": "no address"}, "action.to"),
        ({"type": "forward", "to": "a\0b@else.test"}, "action.to"),
        ({"type": "hold", "to": "bob@else.test"}, "action.to"),
        ({"type": "webhook"}, "action.webhook_id"),
        ({"type": "webhook", "webhook_id": "whk_0"}, "action.webhook_id"),
        ({"type": "drop", "webhook_id": "whk_0"}, "action.webhook_id"),
    ],
)
async def test_an_action_that_cannot_be_is_refused(
    client: httpx.AsyncClient, tenant: Tenant, domain: str, action: Json, path: str
) -> None:
    body = {"name": "A route", "match": {"type": "domain", "domain": domain}, "action": action}
    answer = await client.post("/v1/inbound-routes", json=body, headers=tenant.headers)
    assert [each["path"] for each in answer.json()["errors"]] == [path]


async def test_another_tenants_domain_and_webhook_are_not_there(
    client: httpx.AsyncClient, stranger: Tenant, domain: str, webhook: str, make_domain: MakeDomain
) -> None:
    own = await make_domain(stranger)
    for match, action in (
        ({"type": "subdomains", "domain": domain}, {"type": "hold"}),
        ({"type": "domain", "domain": f"x.{domain}"}, {"type": "hold"}),
        ({"type": "domain", "domain": own}, {"type": "webhook", "webhook_id": webhook}),
    ):
        body = {"name": "Theirs", "match": match, "action": action}
        answer = await client.post("/v1/inbound-routes", json=body, headers=stranger.headers)
        assert answer.status_code == 422, answer.text


async def test_a_change_that_somebody_else_made_is_not_overwritten(
    client: httpx.AsyncClient, tenant: Tenant, make_route: MakeRoute
) -> None:
    path = f"/v1/inbound-routes/{(await make_route())['id']}"
    etag = (await client.get(path, headers=tenant.headers)).headers["etag"]
    given = tenant.headers | {"If-Match": etag}
    assert (await client.patch(path, json={"name": "One"}, headers=given)).status_code == 200
    assert (await client.patch(path, json={"name": "Two"}, headers=given)).status_code == 412
    assert (await client.delete(path, headers=given)).status_code == 412


@pytest.mark.parametrize(
    ("recipient", "outcome"),
    [("support@{}", "route"), ("support@below.{}", "refused"), ("bob@else.test", "refused")],
)
async def test_it_is_explained_what_would_happen(
    client: httpx.AsyncClient, tenant: Tenant, domain: str, make_route: MakeRoute, recipient: str, outcome: str
) -> None:
    made = await make_route()
    question = {"recipient": recipient.format(domain), "headers": {"Subject": "x"}}
    answer = await client.post("/v1/inbound-routes/explain", json=question, headers=tenant.headers)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["outcome"] == outcome
    assert told["route"] == (made if outcome == "route" else None)
    assert [each["route_id"] for each in told["considered"]] == [made["id"]]


async def test_a_mailbox_comes_before_a_route(
    client: httpx.AsyncClient, tenant: Tenant, domain: str, make_route: MakeRoute
) -> None:
    await make_route()
    body = {"address": f"ann@{domain}", "password": "correct horse battery"}
    assert (await client.post("/v1/mailboxes", json=body, headers=tenant.headers)).status_code == 201
    question = {"recipient": f"ann+list@{domain}"}
    answer = await client.post("/v1/inbound-routes/explain", json=question, headers=tenant.headers)
    assert (answer.json()["outcome"], answer.json()["route"]) == ("mailbox", None)


async def test_a_test_is_a_real_message(
    client: httpx.AsyncClient, tenant: Tenant, domain: str, make_route: MakeRoute
) -> None:
    made = await make_route(type="address", address=f"support@{domain}", domain=None)
    answer = await client.post(f"/v1/inbound-routes/{made['id']}/test", headers=tenant.headers)
    assert answer.status_code == 202, answer.text
    assert answer.json()["recipient"] == f"support@{domain}"
    message = await client.get(f"/v1/messages/{answer.json()['message_id']}", headers=tenant.headers)
    assert message.json()["recipients"][0]["email"] == f"support@{domain}"


async def test_a_route_changes_places_with_its_neighbour(db: Database, tenant: Tenant, make_route: MakeRoute) -> None:
    first, second = await make_route(), await make_route()
    with acting_for(tenant.id):
        for up, expected in ((True, [second, first]), (True, [second, first]), (False, [first, second])):
            await service.move(db, service_id(second), up=up)
            assert [route.id for route in await service.in_order(db)] == [each["id"] for each in expected]


def service_id(route: Json) -> UUID:
    return ids.decode(service.PREFIX, route["id"])
