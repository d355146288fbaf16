"""What a node hands up is stored once, given to whoever wants it, and forgotten in the end."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import httpx
import msgspec
import pytest

from control_plane.core import ids
from control_plane.core.clock import FixedClock
from control_plane.core.database import Database
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from control_plane.inbound import service
from control_plane.inbound.schemas import Taken
from control_plane.inbound.service import waiting
from tenant_agent import wire
from tests.conftest import Tenant
from tests.control_plane.conftest import FleetNode, MakeNode
from tests.control_plane.inbound.handed import RAW, Keeper, hand_up, headers, let_take, some_recipient


@pytest.fixture
async def node(db: Database, make_node: MakeNode) -> FleetNode:
    made = await make_node()
    await let_take(db, made)
    return made


async def row_of(db: Database, recipient: str) -> asyncpg.Record:
    async with db.fleet_tx() as tx:
        rows = await tx.connection.fetch(
            """select m.*, b.raw from inbound_mails m left join inbound_bodies b on b.mail_id = m.id
               where recipient = $1""",
            recipient,
        )
    assert len(rows) == 1
    return rows[0]


async def stored(client: httpx.AsyncClient, db: Database, node: FleetNode, recipient: str) -> UUID:
    answer = await hand_up(client, node, recipient=recipient)
    assert answer.status_code == 204, answer.text
    mail_id: UUID = (await row_of(db, recipient))["id"]
    return mail_id


def at(runtime: Runtime, clock: FixedClock) -> Runtime:
    return msgspec.structs.replace(runtime, clock=clock)


async def test_a_mail_is_stored_as_it_was_received(client: httpx.AsyncClient, db: Database, node: FleetNode) -> None:
    recipient = some_recipient()
    received = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    at_ms = str(int(received.timestamp() * 1000))
    answer = await hand_up(client, node, b"\0\xff" + RAW, recipient=recipient, received_at_ms=at_ms)
    assert answer.status_code == 204
    row = await row_of(db, recipient)
    assert (row["raw"], row["size"], row["sender"]) == (b"\0\xff" + RAW, len(RAW) + 2, "bob@else.test")
    assert (row["received_at"], str(row["client"]), row["node_id"]) == (received, "192.0.2.1", node.id)
    assert (row["status"], row["tenant_id"]) == ("waiting", None)


async def test_the_same_mail_is_taken_again_without_harm(
    client: httpx.AsyncClient, db: Database, node: FleetNode
) -> None:
    recipient, mail_id = some_recipient(), ids.bare(ids.new_uuid())
    for raw in (RAW, b"another\r\n"):
        assert (await hand_up(client, node, raw, id=mail_id, recipient=recipient)).status_code == 204
    assert (await row_of(db, recipient))["raw"] == RAW


@pytest.mark.parametrize(
    "change",
    [
        {"id": "x"},
        {"id": "V" * 26},
        {"recipient": "nobody"},
        {"recipient": "a@b\x7f"},
        {"recipient": "a" * 310 + "@reports.test"},
        {"recipient": "a@" + "b" * 300},
        {"sender": "a\x7f@it.test"},
    ],
)
async def test_headers_that_make_no_sense_are_refused(
    client: httpx.AsyncClient, node: FleetNode, change: dict[str, str]
) -> None:
    answer = await hand_up(client, node, RAW, **change)
    assert answer.status_code == 400, answer.text


@pytest.mark.parametrize(
    "sender", ["bounces+" + "1" * 100 + "@mail.test", '"Ann B."@else.test', "nobody", "a" * 900 + "@else.test"]
)
async def test_no_mail_is_lost_for_what_its_return_path_looks_like(
    client: httpx.AsyncClient, db: Database, node: FleetNode, sender: str
) -> None:
    recipient = some_recipient()
    assert (await hand_up(client, node, recipient=recipient, sender=sender)).status_code == 204
    assert (await row_of(db, recipient))["sender"] == sender[:320]


@pytest.mark.parametrize("local", ["reply+" + "x" * 90, '"reply to"'])
async def test_a_recipient_may_be_longer_than_addresses_are(
    client: httpx.AsyncClient, db: Database, node: FleetNode, local: str
) -> None:
    recipient = f"{local}@{some_recipient().partition('@')[2]}"
    assert (await hand_up(client, node, recipient=recipient)).status_code == 204
    assert (await row_of(db, recipient))["raw"] == RAW


async def test_a_missing_header_is_named(client: httpx.AsyncClient, node: FleetNode) -> None:
    given = headers(node)
    del given["Fleetpost-Recipient"]
    answer = await client.post(wire.INBOUND_PATH, content=RAW, headers=given)
    assert answer.status_code == 400
    assert "Fleetpost-Recipient" in answer.text


@pytest.mark.parametrize("moment", ["", "soon", "-1", "9" * 15, "9" * 400, "0"])
async def test_a_moment_that_cannot_be_is_now(
    client: httpx.AsyncClient, db: Database, node: FleetNode, moment: str
) -> None:
    recipient = some_recipient()
    assert (await hand_up(client, node, recipient=recipient, received_at_ms=moment)).status_code == 204
    received: datetime = (await row_of(db, recipient))["received_at"]
    assert abs(received - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.parametrize("client_address", ["", "unknown", "::1%eth0", "192.0.2.1/24", "x" * 500])
async def test_a_client_that_is_no_address_is_not_known(
    client: httpx.AsyncClient, db: Database, node: FleetNode, client_address: str
) -> None:
    recipient = some_recipient()
    assert (await hand_up(client, node, recipient=recipient, client=client_address)).status_code == 204
    assert (await row_of(db, recipient))["client"] is None


async def test_what_is_too_large_is_refused(client: httpx.AsyncClient, node: FleetNode) -> None:
    answer = await hand_up(client, node, b"x" * (40 * 1024 * 1024 + 1))
    assert answer.status_code == 413


async def test_nobody_but_a_node_hands_mail_up(client: httpx.AsyncClient, node: FleetNode, tenant: Tenant) -> None:
    for credential in (
        "",
        "Bearer x",
        f"Bearer {tenant.key}",
        f"Basic {node.credential}",
        f"Bearer {node.credential}0",
    ):
        given = headers(node) | {"Authorization": credential}
        answer = await client.post(wire.INBOUND_PATH, content=RAW, headers=given)
        assert answer.status_code == 401


async def test_when_too_much_waits_the_node_keeps_its_mail(
    client: httpx.AsyncClient, node: FleetNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "MOST_WAITING_BYTES", 1)
    assert (await hand_up(client, node)).status_code == 503


async def test_a_mail_goes_to_the_first_handler_that_wants_it(
    client: httpx.AsyncClient, db: Database, runtime: Runtime, node: FleetNode, tenant: Tenant
) -> None:
    recipient = some_recipient()
    mail_id = await stored(client, db, node, recipient)
    other, mine = Keeper("other@reports.test"), Keeper(recipient, taken=Taken(tenant_id=tenant.id))
    for _ in range(2):
        await service.dispatch(runtime, (other, mine))
    assert [(mail.id, mail.raw, mail.client) for mail in mine.mails] == [(mail_id, RAW, "192.0.2.1")]
    assert other.mails == []
    row = await row_of(db, recipient)
    assert (row["status"], row["tenant_id"], row["problem"]) == ("done", tenant.id, None)


async def test_what_a_handler_cannot_use_is_kept_with_the_reason(
    client: httpx.AsyncClient, db: Database, runtime: Runtime, node: FleetNode
) -> None:
    recipient = some_recipient()
    await stored(client, db, node, recipient)
    await service.dispatch(runtime, (Keeper(recipient, taken=Taken(refused="Not a report\0.")),))
    row = await row_of(db, recipient)
    assert (row["status"], row["problem"]) == ("refused", "Not a report\N{REPLACEMENT CHARACTER}.")


async def test_mail_that_nobody_wants_is_refused(
    client: httpx.AsyncClient, db: Database, runtime: Runtime, node: FleetNode
) -> None:
    recipient = some_recipient()
    await stored(client, db, node, recipient)
    await service.dispatch(runtime, ())
    assert (await row_of(db, recipient))["status"] == "refused"


async def test_a_handler_that_fails_is_asked_again_later_and_in_the_end_no_more(
    client: httpx.AsyncClient, db: Database, runtime: Runtime, node: FleetNode
) -> None:
    recipient = some_recipient()
    await stored(client, db, node, recipient)
    keeper, clock = Keeper(recipient), FixedClock(datetime.now(UTC) + timedelta(seconds=1))
    keeper.fails = True
    await service.dispatch(at(runtime, clock), (keeper,))
    await service.dispatch(at(runtime, clock), (keeper,))
    assert len(keeper.mails) == 1  # the second time it was not due
    assert "neighbour" not in (await row_of(db, recipient))["problem"]
    for _ in range(12):
        clock.move(timedelta(hours=12))
        await service.dispatch(at(runtime, clock), (keeper,))
    assert len(keeper.mails) == 8
    assert (await row_of(db, recipient))["status"] == "refused"


async def test_a_mail_whose_dispatch_died_is_found_by_the_sweep(
    client: httpx.AsyncClient, db: Database, runtime: Runtime, node: FleetNode
) -> None:
    recipient = some_recipient()
    mail_id = await stored(client, db, node, recipient)
    clock = FixedClock(datetime.now(UTC) + timedelta(seconds=1))
    async with db.fleet_tx() as tx:
        await tx.connection.execute(
            "update inbound_mails set attempts = 1, next_attempt_at = $2 where id = $1", mail_id, clock.now()
        )
    keeper = Keeper(recipient)
    await service.dispatch(at(runtime, clock), (keeper,))
    assert len(keeper.mails) == 1


async def test_content_is_forgotten_after_a_week_and_the_mail_after_a_month(
    client: httpx.AsyncClient, db: Database, runtime: Runtime, node: FleetNode
) -> None:
    done, waiting = some_recipient(), some_recipient()
    await stored(client, db, node, done)
    await service.dispatch(runtime, (Keeper(done),))
    await stored(client, db, node, waiting)
    clock = FixedClock(datetime.now(UTC) + timedelta(days=6))
    await service.forget(db, clock)
    assert (await row_of(db, done))["raw"] == RAW
    clock.move(timedelta(days=2))
    await service.forget(db, clock)
    assert (await row_of(db, done))["raw"] is None
    clock.move(timedelta(days=23))
    await service.forget(db, clock)
    with pytest.raises(AssertionError):
        await row_of(db, done)
    assert (await row_of(db, waiting))["raw"] == RAW


async def test_a_tenant_sees_its_own_mails_and_nobody_elses(
    client: httpx.AsyncClient, db: Database, runtime: Runtime, node: FleetNode, tenant: Tenant, stranger: Tenant
) -> None:
    recipient = some_recipient()
    keeper = Keeper(recipient, taken=Taken(tenant_id=tenant.id))
    await stored(client, db, node, recipient)
    await service.dispatch(runtime, (keeper,))
    await stored(client, db, node, some_recipient())
    counts = []
    for who in (tenant, stranger):
        with acting_for(who.id):
            async with db.tenant_tx() as tx:
                counts.append(await tx.connection.fetchval("select count(*) from inbound_mails"))
    assert counts == [1, 0]
