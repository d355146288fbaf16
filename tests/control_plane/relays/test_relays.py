"""Relays through the API, and in force on the nodes."""

import httpx
import pytest

from control_plane.core import http
from control_plane.core.runtime import Runtime
from control_plane.nodes import placements
from control_plane.nodes import service as nodes
from control_plane.relays import service
from tenant_agent import wire
from tests.conftest import MakeTenant, Tenant
from tests.control_plane.conftest import MakeNode
from tests.control_plane.relays.conftest import Json, MakeRelay, item_of, wanted


async def test_a_new_relay_is_in_force_on_the_nodes_and_its_password_is_shown_nowhere(
    client: httpx.AsyncClient, tenant: Tenant, domain: str, make_node: MakeNode, make_relay: MakeRelay, runtime: Runtime
) -> None:
    node = await make_node()
    made = await make_relay(tenant, scope={"domains": [domain.upper()], "destinations": ["class:google", "Else.test"]})
    owner, item = await item_of(runtime, node, made["id"])
    assert owner == tenant.id
    assert item is not None
    assert (item.host, item.port, item.tls, item.username) == ("smtp.sendgrid.net", 587, "starttls", "apikey")
    assert (item.password, item.domains, item.destinations) == ("SG.secret", (domain,), ("class:google", "else.test"))
    shown = await client.get(f"/v1/relays/{made['id']}", headers=tenant.headers)
    listed = await client.get("/v1/relays", headers=tenant.headers)
    log = await client.get("/v1/audit-log", headers=tenant.headers)
    for answer in (shown, listed, log):
        assert answer.status_code == 200
        assert "SG.secret" not in answer.text
        assert "events/" not in answer.text
    async with runtime.db.fleet_tx() as tx:
        stored = await tx.connection.fetchval("select password from relays where tenant_id = $1", tenant.id)
    assert b"SG.secret" not in stored


@pytest.mark.parametrize(
    ("changes", "host", "port", "tls"),
    [
        ({"kind": "ses", "username": "AKIA"}, "email-smtp.eu-central-1.amazonaws.com", 587, "starttls"),
        ({"kind": "postmark", "username": "u", "port": 2525}, "smtp.postmarkapp.com", 2525, "starttls"),
        ({"kind": "mailgun", "username": "u", "host": "smtp.eu.mailgun.org"}, "smtp.eu.mailgun.org", 587, "starttls"),
        ({"kind": "smtp2go", "username": "u", "port": 465}, "mail.smtp2go.com", 465, "implicit"),
        ({"kind": "sendgrid", "port": 2525, "tls": "implicit"}, "smtp.sendgrid.net", 2525, "implicit"),
    ],
)  # fmt: skip
async def test_presets_fill_in_what_is_left_out(
    tenant: Tenant, make_relay: MakeRelay, changes: Json, host: str, port: int, tls: str
) -> None:
    made = await make_relay(tenant, **changes)
    assert (made["host"], made["port"], made["tls"]) == (host, port, tls)


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"port": 22}, "port"),
        ({"port": 10**40}, None),
        ({"host": "smtp.evil.test"}, "host"),
        ({"kind": "smtp", "username": "u", "host": "127.0.0.1"}, "host"),
        ({"kind": "smtp", "username": "u", "host": "[::1]"}, "host"),
        ({"kind": "smtp", "username": "u", "host": "localhost"}, "host"),
        ({"kind": "smtp", "username": "u", "host": "169.254.169.254"}, "host"),
        ({"kind": "smtp", "username": "u", "host": "2130706433"}, "host"),
        ({"kind": "smtp", "username": "u", "host": "a.test]:25 [b.test"}, "host"),
        ({"kind": "smtp", "username": "u", "host": "nowhere.invalid"}, "host"),
        ({"kind": "smtp", "username": "u"}, "host"),
        ({"username": "a:b"}, "username"),
        ({"kind": "ses"}, "username"),
        ({"username": "a\nb"}, "username"),
        ({"password": "a\r\nAUTH"}, "password"),
        ({"password": "a\0"}, "password"),
        ({"password": "пароль"}, "password"),
        ({"name": "a\nb"}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"weight": 0}, "weight"),
        ({"scope": {"domains": ["not-mine.test"]}}, "scope.domains[0]"),
        ({"scope": {"destinations": ["class:UPPER CASE"]}}, "scope.destinations[0]"),
        ({"scope": {"destinations": ["a\0.test"]}}, "scope.destinations[0]"),
        ({"scope": {"streams": ["other"]}}, "scope.streams[0]"),
        ({"surprise": 1}, "surprise"),
    ],
)
async def test_what_can_be_no_relay_is_refused_by_its_field(
    client: httpx.AsyncClient, tenant: Tenant, changes: Json, path: str | None
) -> None:
    answer = await client.post("/v1/relays", json=wanted(**changes), headers=tenant.headers)
    assert answer.status_code in (400, 422), answer.text
    if path:
        assert path in [error["path"] for error in answer.json()["errors"]]


async def test_that_a_name_cannot_be_looked_up_just_now_is_not_taken_for_a_wrong_name(
    client: httpx.AsyncClient, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise http.Unresolved("nobody answers")

    monkeypatch.setattr(http, "checked_address", away)
    body = wanted(kind="smtp", username="u", host="smtp.else.test")
    answer = await client.post("/v1/relays", json=body, headers=tenant.headers)
    assert answer.status_code == 422
    assert "cannot be looked up just now" in answer.text


async def test_a_server_on_a_private_network_is_refused_unless_the_operator_allows_it(
    client: httpx.AsyncClient, tenant: Tenant, small_names: None
) -> None:
    for host, status in (("inside.test", 422), ("partly.test", 422), ("allowed.test", 201)):
        body = wanted(kind="smtp", username="u", host=host)
        answer = await client.post("/v1/relays", json=body, headers=tenant.headers)
        assert answer.status_code == status, answer.text


async def test_another_server_is_not_given_the_password_that_is_stored(
    client: httpx.AsyncClient, tenant: Tenant, make_relay: MakeRelay
) -> None:
    made = await make_relay(tenant, kind="mailgun", username="u")
    elsewhere = {"host": "smtp.eu.mailgun.org"}
    refused = await client.patch(f"/v1/relays/{made['id']}", json=elsewhere, headers=tenant.headers)
    assert refused.json()["errors"][0]["path"] == "password"
    changed = await client.patch(
        f"/v1/relays/{made['id']}", json=elsewhere | {"password": "again"}, headers=tenant.headers
    )
    assert changed.json()["host"] == "smtp.eu.mailgun.org"


async def test_a_paused_relay_is_taken_off_the_nodes_and_comes_back(
    client: httpx.AsyncClient, tenant: Tenant, make_node: MakeNode, make_relay: MakeRelay, runtime: Runtime
) -> None:
    node, made = await make_node(), await make_relay(tenant)
    for status, is_there in (("paused", False), ("active", True)):
        answer = await client.patch(f"/v1/relays/{made['id']}", json={"status": status}, headers=tenant.headers)
        assert answer.json()["status"] == status
        assert ((await item_of(runtime, node, made["id"]))[1] is not None) is is_there


async def test_who_changes_what_somebody_else_has_changed_meanwhile_is_told(
    client: httpx.AsyncClient, tenant: Tenant, make_relay: MakeRelay
) -> None:
    made = await make_relay(tenant)
    read = await client.get(f"/v1/relays/{made['id']}", headers=tenant.headers)
    headers = tenant.headers | {"If-Match": read.headers["etag"]}
    first = await client.patch(f"/v1/relays/{made['id']}", json={"weight": 2}, headers=headers)
    second = await client.patch(f"/v1/relays/{made['id']}", json={"weight": 3}, headers=headers)
    gone = await client.delete(f"/v1/relays/{made['id']}", headers=headers)
    assert (first.status_code, second.status_code, gone.status_code) == (200, 412, 412)


async def test_a_deleted_relay_is_taken_off_the_nodes(
    client: httpx.AsyncClient, tenant: Tenant, make_node: MakeNode, make_relay: MakeRelay, runtime: Runtime
) -> None:
    node, made = await make_node(), await make_relay(tenant)
    answer = await client.delete(f"/v1/relays/{made['id']}", headers=tenant.headers)
    assert answer.status_code == 204
    assert await item_of(runtime, node, made["id"]) == (tenant.id, None)


async def test_one_call_switches_a_domain_to_a_relay_and_one_back(
    client: httpx.AsyncClient, tenant: Tenant, domain: str, make_node: MakeNode, make_relay: MakeRelay, runtime: Runtime
) -> None:
    node = await make_node()
    first, second = await make_relay(tenant, mode="fallback"), await make_relay(tenant, mode="fallback")
    listed = (await client.get("/v1/domains", headers=tenant.headers)).json()["data"]
    url = f"/v1/domains/{listed[0]['id']}/relay"
    for relay_id in (first["id"], second["id"], None):
        answer = await client.post(url, json={"relay_id": relay_id}, headers=tenant.headers)
        assert answer.json() == {"domain_id": listed[0]["id"], "domain": domain, "relay_id": relay_id}
        assert (await client.get(url, headers=tenant.headers)).json() == answer.json()
        for made in (first, second):
            _, item = await item_of(runtime, node, made["id"])
            assert item is not None
            assert item.always_for == ((domain,) if made["id"] == relay_id else ())


async def test_a_domain_is_not_switched_to_a_paused_relay_or_to_one_of_somebody_else(
    client: httpx.AsyncClient, tenant: Tenant, stranger: Tenant, domain: str, make_relay: MakeRelay
) -> None:
    foreign, own = await make_relay(stranger), await make_relay(tenant)
    await client.patch(f"/v1/relays/{own['id']}", json={"status": "paused"}, headers=tenant.headers)
    listed = (await client.get("/v1/domains", headers=tenant.headers)).json()["data"]
    url = f"/v1/domains/{listed[0]['id']}/relay"
    answers = [
        await client.post(url, json={"relay_id": relay_id}, headers=tenant.headers)
        for relay_id in (foreign["id"], own["id"], "rly_nonsense", "\0")
    ]
    assert [answer.status_code for answer in answers] == [422, 409, 422, 422]


async def test_a_relay_for_all_is_the_operators_and_reaches_every_sending_node(
    client: httpx.AsyncClient,
    tenant: Tenant,
    operator: Tenant,
    make_node: MakeNode,
    make_relay: MakeRelay,
    runtime: Runtime,
) -> None:
    refused = await client.post("/v1/relays", json=wanted(for_all=True), headers=tenant.headers)
    assert refused.status_code == 403
    node = await make_node()
    made = await make_relay(operator, for_all=True)
    await service.publish_for_all(runtime.db, runtime.vault)
    owner, item = await item_of(runtime, node, made["id"])
    assert (owner, item is not None and item.tenant_id is None) == (None, True)
    await client.delete(f"/v1/relays/{made['id']}", headers=operator.headers)
    await service.publish_for_all(runtime.db, runtime.vault)
    assert await item_of(runtime, node, made["id"]) == (None, None)


async def test_a_new_node_learns_the_relays_that_are_there(
    tenant: Tenant, make_node: MakeNode, make_relay: MakeRelay, runtime: Runtime
) -> None:
    made = await make_relay(tenant)
    node = await make_node()
    await placements.fill(runtime.db, runtime.vault, runtime.clock)
    _, item = await item_of(runtime, node, made["id"])
    assert item is not None


async def test_a_test_is_made_by_the_nodes_and_its_result_is_shown(
    client: httpx.AsyncClient, tenant: Tenant, make_node: MakeNode, make_relay: MakeRelay, runtime: Runtime
) -> None:
    node, made = await make_node(), await make_relay(tenant)
    answer = await client.post(f"/v1/relays/{made['id']}/test", headers=tenant.headers)
    assert answer.status_code == 202
    _, item = await item_of(runtime, node, made["id"])
    assert item is not None
    assert item.probe
    async with runtime.db.fleet_tx() as tx:
        await tx.connection.execute(
            """update nodes set status = 'ready', heartbeat = jsonb_build_object(
                 'relay_probes', jsonb_build_object($2::text, jsonb_build_array($3::text, 'It says 535.')),
                 'relays_open', jsonb_build_object($2::text, '4.7.8 SASL failed')) where id = $1""",
            node.id,
            made["id"],
            item.probe,
        )
    shown = (await client.get(f"/v1/relays/{made['id']}", headers=tenant.headers)).json()
    assert shown["health"]["last_error"] == "4.7.8 SASL failed"
    assert [test["problem"] for test in shown["health"]["tests"]] == ["It says 535."]


async def test_a_tenant_has_at_most_fifty(
    client: httpx.AsyncClient, make_tenant: MakeTenant, make_relay: MakeRelay
) -> None:
    many = await make_tenant()
    for _ in range(50):
        await make_relay(many)
    answer = await client.post("/v1/relays", json=wanted(), headers=many.headers)
    assert answer.json()["code"] == "too_many_relays"


async def test_a_key_that_is_bound_to_domains_changes_no_relay(
    client: httpx.AsyncClient, tenant: Tenant, domain: str
) -> None:
    body = {"name": "bound", "scopes": ["relays:write"], "allowed_domains": [domain]}
    key = (await client.post("/v1/api-keys", json=body, headers=tenant.headers)).json()["secret"]
    answer = await client.post("/v1/relays", json=wanted(), headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 403


async def test_a_node_that_was_not_told_of_a_relay_has_no_word_on_it(
    client: httpx.AsyncClient, tenant: Tenant, make_node: MakeNode, make_relay: MakeRelay, runtime: Runtime
) -> None:
    stranger = await make_node(roles=("mx",))
    relay_id = str((await make_relay(tenant))["id"])
    said = wire.Heartbeat(at_ms=0, generation=0, relays_open={relay_id: "535 Log in at evil.test"})
    await nodes.heard(runtime.db, {stranger.id: said}, runtime.clock)
    shown = (await client.get(f"/v1/relays/{relay_id}", headers=tenant.headers)).json()
    assert (shown["health"]["failing_on"], shown["health"]["last_error"]) == ([], "")
