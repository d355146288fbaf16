"""Mail is put into mailboxes and forwarded to who wants it: once, and never what would do harm."""

import secrets
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
from control_plane.inbound_routes.service import RouteIntake, take
from control_plane.suppressions import service as suppressions
from control_plane.suppressions.schemas import NewSuppression
from tenant_agent import wire
from tests.conftest import MakeDomain, Tenant
from tests.control_plane.conftest import FleetNode
from tests.control_plane.inbound_routes.conftest import Json, MakeRoute, Receive, settled
from tests.control_plane.inbound_routes.mails import mail
from tests.control_plane.inbound_routes.test_taking import shown

CLEAN = mail().replace(b"score=7.50", b"score=1.50")


async def sent(db: Database, tenant: Tenant) -> list[tuple[str, str, wire.Envelope, wire.Content]]:
    """Give what the tenant has sent: recipient, status, envelope and content."""
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            rows = await tx.connection.fetch(
                """select d.recipient, d.status, m.envelope, m.content from deliveries d
                   join messages m on (m.tenant_id, m.id) = (d.tenant_id, d.message_id)
                   where d.tenant_id = $1 order by d.id""",
                tenant.id,
            )
    return [
        (
            row["recipient"],
            row["status"],
            wire.decode_as(row["envelope"], wire.Envelope),
            wire.decode_as(row["content"], wire.Content),
        )
        for row in rows
    ]


async def used(client: httpx.AsyncClient, tenant: Tenant) -> Json:
    answer = await client.get("/v1/account/usage", headers=tenant.headers)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


async def agree(db: Database, tenant: Tenant, status: str = "confirmed") -> None:
    """Have the owners of all targets answer."""
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            await tx.connection.execute(
                "update forward_targets set status = $2 where tenant_id = $1", tenant.id, status
            )


@pytest.fixture
def home() -> str:
    """Somebody's address elsewhere."""
    return f"ann@{secrets.token_hex(6)}.test"


@pytest.fixture
async def mailbox(client: httpx.AsyncClient, tenant: Tenant, domain: str, node: FleetNode) -> str:
    del node  # it is kept there
    body = {"address": f"box@{domain}", "password": "correct horse battery"}
    made = await client.post("/v1/mailboxes", json=body, headers=tenant.headers)
    assert made.status_code == 201, made.text
    return str(made.json()["address"])


async def test_a_mail_is_forwarded_once_as_it_came(
    db: Database,
    client: httpx.AsyncClient,
    tenant: Tenant,
    domain: str,
    home: str,
    make_route: MakeRoute,
    receive: Receive,
) -> None:
    await make_route(action={"type": "forward", "to": home})
    await agree(db, tenant)
    mail_id = await receive(raw=CLEAN)
    assert (await shown(client, tenant, mail_id))["status"] == "forwarded"
    [(recipient, status, envelope, content)] = await sent(db, tenant)
    assert (recipient, status, envelope.return_domain) == (home, "accepted", f"bounce.{domain}")
    assert isinstance(content.raw, bytes)
    header, _, body = content.raw.partition(b"\r\n\r\n")
    assert header.startswith(b"X-Fleetpost-Passed-On: cv=none; spf=pass smtp.mailfrom=")
    assert f"Delivered-To: support@{domain}".encode() in header
    assert b"X-Fleetpost-Checks" not in header
    assert body == CLEAN.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n").partition(b"\r\n\r\n")[2]


async def test_what_is_handed_up_twice_is_forwarded_once(
    db: Database, runtime: Runtime, tenant: Tenant, home: str, make_route: MakeRoute, receive: Receive
) -> None:
    await make_route(action={"type": "forward", "to": home})
    await agree(db, tenant)
    mail_id = await receive(raw=CLEAN)
    async with db.fleet_tx() as tx:  # as if the worker had died before it was noted
        await tx.connection.execute("update inbound_mails set next_attempt_at = now() where id = $1", mail_id)
    later = FixedClock(datetime.now(UTC) + timedelta(minutes=1))
    await inbound.dispatch(msgspec.structs.replace(runtime, clock=later), (RouteIntake(),))
    assert len(await sent(db, tenant)) == 1


async def test_a_mail_is_put_into_a_mailbox_at_no_charge(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, mailbox: str, make_route: MakeRoute, receive: Receive
) -> None:
    await make_route(action={"type": "mailbox", "mailbox": mailbox})
    before = await used(client, tenant)
    assert (await shown(client, tenant, await receive()))["status"] == "delivered"  # spam too: its owner looks after it
    assert [(recipient, status) for recipient, status, *_ in await sent(db, tenant)] == [(mailbox, "accepted")]
    assert await used(client, tenant) == before


async def test_a_header_chooses_who_gets_it(
    db: Database, tenant: Tenant, mailbox: str, make_route: MakeRoute, receive: Receive
) -> None:
    await make_route()
    match = {"type": "header", "name": "Subject", "pattern": "*order*"}
    await make_route(action={"type": "mailbox", "mailbox": mailbox}, priority=1, **match)
    await receive()
    assert [recipient for recipient, *_ in await sent(db, tenant)] == [mailbox]


@pytest.mark.parametrize(
    ("status", "raw", "why"),
    [
        ("waiting", CLEAN, "has not agreed"),
        ("declined", CLEAN, "does not want it"),
        ("paused", CLEAN, "is paused"),
        ("confirmed", mail(), "looks like spam (7.5 points)"),
        ("confirmed", b"Received: by x\r\n" * 31 + CLEAN, "goes in a circle"),
    ],
)
async def test_what_must_not_be_forwarded_is_held(
    client: httpx.AsyncClient,
    db: Database,
    tenant: Tenant,
    home: str,
    make_route: MakeRoute,
    receive: Receive,
    status: str,
    raw: bytes,
    why: str,
) -> None:
    await make_route(action={"type": "forward", "to": home})
    await agree(db, tenant, status)
    found = await shown(client, tenant, await receive(raw=raw))
    assert (found["status"], why in found["note"]) == ("held", True), found["note"]
    assert await sent(db, tenant) == []


async def test_mail_that_was_forwarded_from_here_before_is_held(
    client: httpx.AsyncClient,
    db: Database,
    tenant: Tenant,
    domain: str,
    home: str,
    make_route: MakeRoute,
    receive: Receive,
) -> None:
    await make_route(action={"type": "forward", "to": home})
    await agree(db, tenant)
    await receive(raw=CLEAN)
    [(*_, content)] = await sent(db, tenant)
    assert isinstance(content.raw, bytes)
    again = await receive(raw=content.raw)  # the other side sent it back
    assert "goes in a circle" in (await shown(client, tenant, again))["note"]
    assert len(await sent(db, tenant)) == 1


async def test_a_suppressed_address_is_paused_and_those_in_charge_hear_of_it(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, home: str, make_route: MakeRoute, receive: Receive
) -> None:
    route = await make_route(action={"type": "forward", "to": home})
    await agree(db, tenant)
    entry = NewSuppression(email=home, reason="hard_bounce", source="bounce")
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            await suppressions.add_for(tx, tenant.id, [entry], datetime.now(UTC))
    found = await shown(client, tenant, await receive(raw=CLEAN))
    assert (found["status"], "hard bounce" in found["note"]) == ("held", True)
    target = (await client.get(f"/v1/inbound-routes/{route['id']}", headers=tenant.headers)).json()["target"]
    assert (target["status"], target["note"]) == ("paused", found["note"])


async def test_who_loses_a_domain_forwards_to_nobody_there_unasked(
    client: httpx.AsyncClient,
    db: Database,
    tenant: Tenant,
    make_domain: MakeDomain,
    make_route: MakeRoute,
    receive: Receive,
) -> None:
    other = await make_domain(tenant, "other")
    await make_route(action={"type": "forward", "to": f"ann@{other}"})
    assert (await shown(client, tenant, await receive(raw=CLEAN)))["status"] == "forwarded"
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            await tx.connection.execute("update mail_domains set proven_at = null where name = $1", other)
    found = await shown(client, tenant, await receive(raw=CLEAN))
    assert (found["status"], "not yours any more" in found["note"]) == ("held", True)


async def test_who_gets_too_much_in_a_minute_has_the_rest_forwarded_later(
    db: Database, tenant: Tenant, home: str, make_route: MakeRoute, receive: Receive, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make_route(action={"type": "forward", "to": home})
    await agree(db, tenant)
    monkeypatch.setattr(take, "MOST_FORWARDED_PER_MINUTE", 1)
    states = [(await settled(db, await receive(raw=CLEAN)))[0] for _ in range(2)]
    assert states == ["done", "waiting"]


async def test_what_is_held_takes_no_place_of_what_is_forwarded(
    client: httpx.AsyncClient,
    db: Database,
    tenant: Tenant,
    home: str,
    make_route: MakeRoute,
    receive: Receive,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await make_route(action={"type": "forward", "to": home})
    await agree(db, tenant)
    monkeypatch.setattr(take, "MOST_FORWARDED_PER_MINUTE", 1)
    made = [await receive(raw=raw) for raw in (mail(), CLEAN)]
    assert [(await shown(client, tenant, each))["status"] for each in made] == ["held", "forwarded"]


async def test_what_no_node_could_take_is_held_and_not_lost(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, home: str, make_route: MakeRoute, receive: Receive
) -> None:
    await make_route(action={"type": "forward", "to": home})
    await agree(db, tenant)
    big = CLEAN + b"x" * (31 * 1024 * 1024)
    found = await shown(client, tenant, await receive(raw=big))
    assert (found["status"], "30 MiB" in found["note"]) == ("held", True)


async def release(client: httpx.AsyncClient, tenant: Tenant, mail_id: UUID) -> httpx.Response:
    path = f"/v1/inbound-messages/{ids.encode('inb', mail_id)}/release"
    return await client.post(path, json={}, headers=tenant.headers)


async def test_what_looked_like_spam_is_forwarded_once_somebody_has_looked(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, home: str, make_route: MakeRoute, receive: Receive
) -> None:
    await make_route(action={"type": "forward", "to": home})
    await agree(db, tenant)
    mail_id = await receive(raw=mail())
    assert (await release(client, tenant, mail_id)).status_code == 204
    assert (await shown(client, tenant, mail_id))["status"] == "forwarded"
    assert [recipient for recipient, *_ in await sent(db, tenant)] == [home]
    assert (await release(client, tenant, mail_id)).json()["code"] == "inbound_message_not_held"


async def test_a_release_forwards_to_nobody_who_has_not_agreed(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, home: str, make_route: MakeRoute, receive: Receive
) -> None:
    await make_route(action={"type": "forward", "to": home})
    answer = await release(client, tenant, await receive(raw=mail()))
    problem: Json = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "inbound_message_has_no_way")
    assert "has not agreed" in problem["detail"]
    assert await sent(db, tenant) == []


async def test_a_mailbox_that_is_gone_has_its_mail_held(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, mailbox: str, make_route: MakeRoute, receive: Receive
) -> None:
    await make_route(action={"type": "mailbox", "mailbox": mailbox})
    listed = (await client.get("/v1/mailboxes", headers=tenant.headers)).json()["data"]
    await client.delete(f"/v1/mailboxes/{listed[0]['id']}", headers=tenant.headers)
    found = await shown(client, tenant, await receive())
    assert (found["status"], "mailbox is not there" in found["note"]) == ("held", True)
