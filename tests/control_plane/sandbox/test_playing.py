"""Mail of the sandbox has the events that it would have had, each once, and reaches nobody."""

import asyncio
import contextlib
from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
import httpx
import pytest

from control_plane.core import ids
from control_plane.core.clock import Clock, FixedClock
from control_plane.core.database import Database
from control_plane.core.tenancy import acting_for
from control_plane.deliveries import service as deliveries
from control_plane.messages.service import send_scheduled
from control_plane.sandbox.service import play
from tests.conftest import Tenant
from tests.control_plane.messages.messages import message
from tests.control_plane.sandbox.conftest import SIMULATOR, Moved

_PLAYED = ["accepted", "queued", "delivered"]


async def _send(client: httpx.AsyncClient, sender: Tenant, domain: str, *recipients: str, **more: object) -> str:
    body = message(domain, to=[{"email": each} for each in recipients], **more)
    answer = await client.post("/v1/messages", json=body, headers=sender.headers)
    assert answer.status_code == 202, answer.text
    accepted: str = answer.json()["id"]
    return accepted


async def _show(client: httpx.AsyncClient, tenant: Tenant, message_id: str) -> dict[str, object]:
    shown: dict[str, object] = (await client.get(f"/v1/messages/{message_id}", headers=tenant.headers)).json()
    return shown


async def _timeline(client: httpx.AsyncClient, tenant: Tenant, message_id: str) -> list[str]:
    shown = (await client.get(f"/v1/messages/{message_id}", headers=tenant.headers)).json()
    [recipient] = shown["recipients"]
    return [event["type"].removeprefix("message.") for event in recipient["events"]]


async def _rows(db: Database, tenant: Tenant, query: str) -> list[asyncpg.Record]:
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            return await tx.connection.fetch(query)


async def _play(db: Database, clock: Moved, seconds: float = 0) -> None:
    """Let what waits begin, and then time pass."""
    await play(db, clock)
    clock.move(seconds)
    await play(db, clock)


async def test_what_a_test_key_sends_arrives_and_says_that_it_did_not(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, test_key: Tenant, domain: str, clock: Moved
) -> None:
    sent = await _send(client, test_key, domain, "bob@else.test")
    await _play(db, clock, seconds=2)
    shown = (await client.get(f"/v1/messages/{sent}", headers=tenant.headers)).json()
    [recipient] = shown["recipients"]
    assert (shown["sandbox"], recipient["sandbox"], recipient["status"]) == (True, True, "delivered")
    assert [event["type"].removeprefix("message.") for event in recipient["events"]] == _PLAYED
    assert all(event["sandbox"] for event in recipient["events"])
    assert recipient["events"][-1]["reply"].startswith("250 ")


async def test_what_a_live_key_sends_to_others_is_no_play(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, domain: str, clock: Moved
) -> None:
    sent = await _send(client, tenant, domain, "bob@else.test", f"delivered@{SIMULATOR}")
    await _play(db, clock, seconds=60)
    shown = (await client.get(f"/v1/messages/{sent}", headers=tenant.headers)).json()
    assert not shown["sandbox"]
    told = {each["email"]: (each["sandbox"], each["status"]) for each in shown["recipients"]}
    assert told == {"bob@else.test": (False, "accepted"), f"delivered@{SIMULATOR}": (True, "delivered")}


@pytest.mark.parametrize(
    ("word", "timeline"),
    [
        ("delivered+mark", [*_PLAYED]),
        ("bounce+550", ["accepted", "queued", "bounced"]),
        ("defer+421", ["accepted", "queued", "deferred", "deferred", "delivered"]),
        ("complain", [*_PLAYED, "complained"]),
        ("mailbox-full", ["accepted", "queued", "bounced"]),
        ("suppressed", ["suppressed"]),
        ("nobody", ["accepted", "queued", "bounced"]),
    ],
)
async def test_each_address_does_what_it_is_called_for_live_keys_too(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, domain: str, clock: Moved, word: str, timeline: list[str]
) -> None:
    sent = await _send(client, tenant, domain, f"{word}@{SIMULATOR}")
    await _play(db, clock, seconds=60)
    assert await _timeline(client, tenant, sent) == timeline


async def test_a_slow_address_takes_half_a_minute(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, domain: str, clock: Moved
) -> None:
    sent = await _send(client, tenant, domain, f"slow@{SIMULATOR}")
    await _play(db, clock, seconds=29)
    assert await _timeline(client, tenant, sent) == ["accepted", "queued"]
    await _play(db, clock, seconds=2)
    assert await _timeline(client, tenant, sent) == _PLAYED


async def test_a_bounce_is_classified_and_suppresses_and_can_be_had_again(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, domain: str, clock: Moved
) -> None:
    for _ in range(2):
        sent = await _send(client, tenant, domain, f"bounce@{SIMULATOR}")
        await _play(db, clock, seconds=2)
        shown = (await client.get(f"/v1/messages/{sent}", headers=tenant.headers)).json()
        assert shown["recipients"][0]["events"][-1]["bounce_class"] == "invalid_recipient"
    listed = (await client.get("/v1/suppressions", headers=tenant.headers)).json()["data"]
    assert [(each["email"], each["reason"]) for each in listed] == [(f"bounce@{SIMULATOR}", "hard_bounce")]


async def test_a_complaint_suppresses(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, domain: str, clock: Moved
) -> None:
    await _send(client, tenant, domain, f"complain@{SIMULATOR}")
    await _play(db, clock, seconds=5)
    listed = (await client.get("/v1/suppressions", headers=tenant.headers)).json()["data"]
    assert [each["reason"] for each in listed] == ["complaint"]


async def test_what_is_on_the_list_is_not_played_either(
    client: httpx.AsyncClient, tenant: Tenant, test_key: Tenant, domain: str
) -> None:
    entry = {"email": "bob@else.test", "reason": "manual"}
    await client.post("/v1/suppressions", json=entry, headers=tenant.headers)
    sent = await _send(client, test_key, domain, "bob@else.test")
    assert (await _show(client, tenant, sent))["status"] == "suppressed"


async def test_nothing_of_it_counts(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, test_key: Tenant, domain: str, clock: Moved
) -> None:
    await _send(client, test_key, domain, "bob@else.test")
    await _send(client, tenant, domain, f"bounce@{SIMULATOR}")
    await _play(db, clock, seconds=2)
    assert await _rows(db, tenant, "select * from usage where used > 0") == []
    assert await _rows(db, tenant, "select * from delivery_deltas") == []
    assert await _rows(db, tenant, "select * from bounce_deltas") == []


async def test_it_stands_in_no_line_and_no_pool(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, test_key: Tenant, domain: str
) -> None:
    await _send(client, test_key, domain, "bob@else.test")
    async with db.fleet_tx() as tx:
        pools = await tx.connection.fetch(
            """select p.id from deliveries d join ip_pools p on p.id = d.pool_id where d.tenant_id = $1""", tenant.id
        )
        lines = await tx.connection.fetch("select pool_id from turns where tenant_id = $1", tenant.id)
    assert pools == lines == []


async def test_two_workers_at_once_and_one_that_comes_late_tell_everything_once(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, domain: str, clock: Moved
) -> None:
    recipients = [f"defer+{number}@{SIMULATOR}" for number in range(20)]
    sent = await _send(client, tenant, domain, *recipients)
    for seconds in (0, 2, 60):
        clock.move(seconds)
        await asyncio.gather(*(play(db, clock) for _ in range(4)))
    shown = (await client.get(f"/v1/messages/{sent}", headers=tenant.headers)).json()
    for recipient in shown["recipients"]:
        types = Counter(event["type"].removeprefix("message.") for event in recipient["events"])
        assert types == {"accepted": 1, "queued": 1, "deferred": 2, "delivered": 1}
        assert [event["attempt"] for event in recipient["events"]] == [None, None, 1, 2, 3]


class _Killed(Exception):
    """The worker, at this point."""


class _Deadly:
    """A clock at which the process dies when it is asked once too often."""

    def __init__(self, clock: Clock, times: int) -> None:
        self._clock = clock
        self._left = times

    def now(self) -> datetime:
        if self._left == 0:
            raise _Killed
        self._left -= 1
        return self._clock.now()


@pytest.mark.parametrize("times", range(9))
async def test_a_worker_that_dies_between_two_steps_loses_and_doubles_nothing(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, domain: str, clock: Moved, times: int
) -> None:
    sent = await _send(client, tenant, domain, f"complain@{SIMULATOR}")
    for seconds in (0, 60):
        clock.move(seconds)
        with contextlib.suppress(_Killed):
            await play(db, _Deadly(clock, times))
    await play(db, clock)
    await _play(db, clock, seconds=60)
    assert await _timeline(client, tenant, sent) == [*_PLAYED, "complained"]


async def test_a_worker_that_was_away_tells_when_things_would_have_happened(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, domain: str, clock: Moved
) -> None:
    sent = await _send(client, tenant, domain, f"defer@{SIMULATOR}")
    await _play(db, clock, seconds=24 * 3600)
    _, queued, *others = [datetime.fromisoformat(str(each["at"])) for each in await _events(client, tenant, sent)]
    assert [round((each - queued).total_seconds()) for each in others] == [1, 11, 21]


async def test_what_waits_is_not_played_while_its_tenant_is_suspended(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, test_key: Tenant, domain: str, clock: Moved
) -> None:
    sent = await _send(client, test_key, domain, "bob@else.test")
    async with db.fleet_tx() as tx:
        await deliveries.hold_suspended(tx, tenant.id, 100)
    await _play(db, clock, seconds=60)
    assert (await _show(client, tenant, sent))["status"] == "held"
    async with db.fleet_tx() as tx:
        await deliveries.free_suspended(tx, tenant.id, 100)
    await _play(db, clock, seconds=60)
    assert (await _show(client, tenant, sent))["status"] == "delivered"


async def test_the_file_of_messages_says_what_went_nowhere(
    client: httpx.AsyncClient, tenant: Tenant, test_key: Tenant, domain: str
) -> None:
    await _send(client, tenant, domain, "bob@else.test")
    await _send(client, test_key, domain, "bob@else.test")
    header, *lines = (await client.get("/v1/messages/export", headers=tenant.headers)).text.splitlines()
    assert header.endswith(",sandbox")
    assert [line.rpartition(",")[2] for line in lines] == ["yes", ""]


async def test_scheduled_test_mail_is_played_when_it_is_due(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, test_key: Tenant, domain: str, clock: Moved
) -> None:
    sent = await _send(client, test_key, domain, "bob@else.test", send_at=_ahead(clock, -3600))
    later = await _send(client, test_key, domain, "bob@else.test", send_at=_ahead(clock, 3600))
    await _play(db, clock, seconds=60)
    assert (await _show(client, tenant, sent))["status"] == "delivered"
    assert (await _show(client, tenant, later))["status"] == "scheduled"
    await _send_scheduled(db, clock, seconds=3700)
    await _play(db, clock, seconds=2)
    assert await _timeline(client, tenant, later) == ["scheduled", *_PLAYED]
    assert all(event["sandbox"] for event in (await _events(client, tenant, later)))
    assert await _rows(db, tenant, "select * from usage where used > 0") == []


async def test_a_play_is_called_back_before_it_begins(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, test_key: Tenant, domain: str, clock: Moved
) -> None:
    sent = await _send(client, test_key, domain, "bob@else.test", send_at=_ahead(clock, 3600))
    answer = await client.post(f"/v1/messages/{sent}/cancel", headers=test_key.headers)
    assert answer.json()["status"] == "cancelled"
    await _play(db, clock, seconds=7200)
    assert await _timeline(client, tenant, sent) == ["scheduled", "cancelled"]


async def test_webhooks_and_the_cursor_tell_of_it_with_the_mark(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, test_key: Tenant, domain: str, clock: Moved
) -> None:
    await _send(client, test_key, domain, "bob@else.test")
    await _play(db, clock, seconds=2)
    told = (await client.get("/v1/events", headers=tenant.headers)).json()["data"]
    assert [each["type"].removeprefix("message.") for each in told] == _PLAYED
    assert all(each["data"]["sandbox"] for each in told)


async def test_ids_are_made_of_what_happened(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, domain: str, clock: Moved
) -> None:
    await _send(client, tenant, domain, f"delivered@{SIMULATOR}")
    await _play(db, clock)
    rows = await _rows(db, tenant, "select delivery_id from events where type = 'message.queued'")
    [delivery_id] = [row["delivery_id"] for row in rows]
    expected = ids.made_of(f"played\0{delivery_id}\0queued", FixedClock(clock.now()).now())
    [stored] = await _rows(db, tenant, "select id from events where type = 'message.queued'")
    assert stored["id"] == UUID(str(expected))


async def _events(client: httpx.AsyncClient, tenant: Tenant, message_id: str) -> list[dict[str, object]]:
    shown = (await client.get(f"/v1/messages/{message_id}", headers=tenant.headers)).json()
    events: list[dict[str, object]] = shown["recipients"][0]["events"]
    return events


async def _send_scheduled(db: Database, clock: Moved, seconds: float) -> None:
    clock.move(seconds)
    await send_scheduled(db, clock)


def _ahead(clock: Moved, seconds: float) -> str:
    return (clock.now() + timedelta(seconds=seconds)).isoformat()
