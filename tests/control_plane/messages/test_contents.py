"""What a message said: shown as it is sent, and forgotten when its tenant wants it."""

import email
import email.policy
import sys
from datetime import datetime, timedelta

import httpx
import msgspec
import pytest

from control_plane.core import ids
from control_plane.core.clock import FixedClock
from control_plane.core.database import Database
from control_plane.core.tenancy import acting_for
from control_plane.messages import service
from control_plane.messages.schemas import NewMessage
from tests.conftest import Tenant
from tests.control_plane.messages.messages import message
from tests.control_plane.messages.stored import queue

PATH = "/v1/account/content-retention"
NOW = datetime.now().astimezone()


async def send(client: httpx.AsyncClient, tenant: Tenant, domain: str, **changes: object) -> str:
    sent = await client.post("/v1/messages", json=message(domain, **changes), headers=tenant.headers)
    assert sent.status_code == 202, sent.text
    message_id: str = sent.json()["id"]
    return message_id


async def raw(client: httpx.AsyncClient, tenant: Tenant, message_id: str) -> httpx.Response:
    return await client.get(f"/v1/messages/{message_id}/raw", headers=tenant.headers)


async def forget(db: Database, days: float) -> None:
    await service.forget_contents(db, FixedClock(NOW + timedelta(days=days)))


async def test_a_message_is_shown_as_it_is_sent(client: httpx.AsyncClient, tenant: Tenant, domain: str) -> None:
    message_id = await send(client, tenant, domain, subject="Grüße", html="<p>Good <b>morning</b></p>", text=None)
    answer = await raw(client, tenant, message_id)
    assert answer.headers["content-type"] == "message/rfc822"
    assert answer.headers["content-disposition"].startswith("attachment")
    parsed = email.message_from_bytes(answer.content, policy=email.policy.SMTP)
    assert (parsed["Subject"], parsed["Message-ID"]) == ("Grüße", f"<{message_id}@{domain}>")
    plain = parsed.get_body(("plain",))
    assert plain is not None
    assert plain.get_content().strip() == "Good morning"


@pytest.mark.parametrize("days", [0, 3, 45])
async def test_what_it_said_is_kept_for_so_many_days(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, domain: str, days: int
) -> None:
    chosen = await client.put(PATH, json={"content_days": days}, headers=tenant.headers)
    assert (chosen.status_code, chosen.json()) == (200, {"content_days": days})
    message_id = await send(client, tenant, domain)
    await queue(db, tenant, ids.decode("msg", message_id))
    await forget(db, days - 0.1)
    assert (await raw(client, tenant, message_id)).status_code == 200
    await forget(db, days + 0.1)
    gone = await raw(client, tenant, message_id)
    assert (gone.status_code, gone.json()["code"]) == (410, "content_gone")
    again = await client.post(f"/v1/messages/{message_id}/resend", json={}, headers=tenant.headers)
    assert again.status_code == 410
    assert (await client.get(f"/v1/messages/{message_id}", headers=tenant.headers)).json()["subject"] == "Hello"


async def test_seven_days_are_usual(client: httpx.AsyncClient, db: Database, tenant: Tenant, domain: str) -> None:
    assert (await client.get(PATH, headers=tenant.headers)).json() == {"content_days": 7}
    message_id = await send(client, tenant, domain)
    await queue(db, tenant, ids.decode("msg", message_id))
    await forget(db, 6.9)
    assert (await raw(client, tenant, message_id)).status_code == 200
    await forget(db, 7.1)
    assert (await raw(client, tenant, message_id)).status_code == 410


async def test_what_is_still_to_be_sent_is_not_forgotten(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, domain: str
) -> None:
    later = (NOW + timedelta(days=20)).isoformat()
    waiting = [await send(client, tenant, domain), await send(client, tenant, domain, send_at=later)]
    sent = await send(client, tenant, domain)
    await queue(db, tenant, ids.decode("msg", sent))
    await forget(db, 8)
    answers = [(await raw(client, tenant, each)).status_code for each in (*waiting, sent)]
    assert answers == [200, 200, 410]
    for each in waiting:
        await queue(db, tenant, ids.decode("msg", each))
    await forget(db, 8)  # found again, though they were passed over before
    assert [(await raw(client, tenant, each)).status_code for each in waiting] == [410, 410]
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            assert await tx.connection.fetchval("select count(*) from content_waiting") == 0


async def test_many_that_still_wait_keep_no_others_from_being_forgotten(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, domain: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = (NOW + timedelta(days=20)).isoformat()
    made = sorted([await send(client, tenant, domain, send_at=later) for _ in range(5)])
    await forget(db, 8)
    await queue(db, tenant, ids.decode("msg", made[-1]))
    monkeypatch.setattr(sys.modules[service.forget_contents.__module__], "_AT_ONCE", 2)
    await forget(db, 8)
    assert [(await raw(client, tenant, each)).status_code for each in made] == [200, 200, 200, 200, 410]


async def test_what_was_stored_late_is_forgotten_too(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, domain: str
) -> None:
    await client.put(PATH, json={"content_days": 0}, headers=tenant.headers)
    seen = await send(client, tenant, domain)
    await queue(db, tenant, ids.decode("msg", seen))
    now = ids.time_of(ids.decode("msg", seen))
    await service.forget_contents(db, FixedClock(now + timedelta(minutes=1)))
    new = msgspec.convert(message(domain), NewMessage)
    with acting_for(tenant.id):  # as by a transaction that began before the sweep and ended after it
        late = await service.accept(db, FixedClock(now - timedelta(seconds=5)), new)
    await queue(db, tenant, ids.decode("msg", late.id))
    await service.forget_contents(db, FixedClock(now + timedelta(minutes=16)))
    assert [(await raw(client, tenant, each)).status_code for each in (seen, late.id)] == [410, 410]


@pytest.mark.parametrize("wrong", [-1, 46, 7.5, "7", None, 10**30])
async def test_a_number_of_days_that_is_none_is_refused(
    client: httpx.AsyncClient, tenant: Tenant, wrong: object
) -> None:
    answer = await client.put(PATH, json={"content_days": wrong}, headers=tenant.headers)
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, "content_days")


async def test_who_saw_another_choice_is_told(client: httpx.AsyncClient, tenant: Tenant) -> None:
    seen = (await client.get(PATH, headers=tenant.headers)).headers["etag"]
    await client.put(PATH, json={"content_days": 1}, headers=tenant.headers)
    late = await client.put(PATH, json={"content_days": 2}, headers=tenant.headers | {"If-Match": seen})
    assert late.status_code == 412
