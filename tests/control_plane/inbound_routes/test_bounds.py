"""Of one tenant's mail so much goes in a minute, waits, and is kept."""

import asyncio
from datetime import UTC, datetime, timedelta

import httpx
import msgspec
import pytest

from control_plane.core.clock import FixedClock
from control_plane.core.database import Database
from control_plane.core.runtime import Runtime
from control_plane.inbound import service as inbound
from control_plane.inbound.service import dispatcher, storing, waiting
from control_plane.inbound.service.waiting import Waiting
from control_plane.inbound_routes import service
from control_plane.inbound_routes.service import RouteIntake, take
from tests.conftest import Tenant
from tests.control_plane.conftest import FleetNode
from tests.control_plane.inbound.handed import RAW, forget_waiting, hand_up, let_take, some_recipient
from tests.control_plane.inbound_routes.conftest import MakeRoute, Receive, settled
from tests.control_plane.inbound_routes.mails import mail
from tests.control_plane.inbound_routes.test_taking import come, shown


async def test_of_a_batch_as_many_are_taken_as_there_is_room_for(
    client: httpx.AsyncClient,
    db: Database,
    runtime: Runtime,
    domain: str,
    node: FleetNode,
    make_route: MakeRoute,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await make_route()
    monkeypatch.setattr(take, "MOST_PER_MINUTE", 2)
    made = await come(client, db, node, domain, 3)
    soon = msgspec.structs.replace(runtime, clock=FixedClock(datetime.now(UTC) + timedelta(seconds=30)))
    await inbound.dispatch(soon, (RouteIntake(),))
    assert sorted([(await settled(db, each))[0] for each in made]) == ["done", "done", "waiting"]


async def test_who_gets_too_much_in_a_minute_gets_the_rest_later(
    client: httpx.AsyncClient,
    db: Database,
    runtime: Runtime,
    tenant: Tenant,
    domain: str,
    node: FleetNode,
    make_route: MakeRoute,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await make_route()
    monkeypatch.setattr(take, "MOST_PER_MINUTE", 2)
    made = await come(client, db, node, domain, 7)
    clock = FixedClock(datetime.now(UTC) + timedelta(seconds=30))
    done = []
    for seconds in (0, 30, 30, 59, 1, 90):
        clock.move(timedelta(seconds=seconds))
        for _ in range(2):  # as often as need be
            await inbound.dispatch(msgspec.structs.replace(runtime, clock=clock), (RouteIntake(),))
        done.append([(await settled(db, each))[0] for each in made].count("done"))
    assert done == [2, 2, 4, 4, 6, 7]
    assert {(await shown(client, tenant, each))["status"] for each in made} == {"held"}


async def test_batches_that_are_worked_on_at_once_share_the_minute(
    client: httpx.AsyncClient,
    db: Database,
    runtime: Runtime,
    domain: str,
    node: FleetNode,
    make_route: MakeRoute,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await make_route()
    monkeypatch.setattr(take, "MOST_PER_MINUTE", 5)
    monkeypatch.setattr(dispatcher, "_MOST_TOGETHER", 2)
    made = await come(client, db, node, domain, 12)
    soon = msgspec.structs.replace(runtime, clock=FixedClock(datetime.now(UTC) + timedelta(seconds=30)))
    await asyncio.gather(*(inbound.dispatch(soon, (RouteIntake(),)) for _ in range(4)))
    assert [(await settled(db, each))[0] for each in made].count("done") == 5


async def test_of_whom_much_waits_the_node_keeps_the_rest_and_hands_up_that_of_others(
    client: httpx.AsyncClient,
    db: Database,
    tenant: Tenant,
    domain: str,
    node: FleetNode,
    make_route: MakeRoute,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await forget_waiting(db)
    await make_route(type="subdomains")
    await let_take(db, node)
    monkeypatch.setattr(storing, "_waiting", Waiting())
    monkeypatch.setattr(waiting, "MOST_WAITING_BYTES", 6 * len(RAW))
    recipients = [f"a@x.{domain}", f"a@y.{domain}", some_recipient()]
    answers = [await hand_up(client, node, recipient=each) for each in recipients]
    assert [answer.status_code for answer in answers] == [204, 429, 204]
    async with db.fleet_tx() as tx:
        owner = await tx.connection.fetchval("select let_in_by from inbound_mails where recipient = $1", recipients[0])
    assert owner == tenant.id
    await forget_waiting(db)


async def test_who_has_more_than_its_share_keeps_the_newest(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, make_route: MakeRoute, receive: Receive
) -> None:
    await make_route()
    old, *newer = [await receive() for _ in range(3)]
    await service.make_room(db, 2 * len(mail()))
    assert (await shown(client, tenant, old))["content"] is None
    assert [(await shown(client, tenant, each))["content"] is None for each in newer] == [False, False]
