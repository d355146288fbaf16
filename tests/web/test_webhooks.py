"""Webhooks, made, changed, tried out and ended by hand."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from control_plane.core.clock import FixedClock
from control_plane.core.ids import decode
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from control_plane.webhooks import service
from tests.conftest import MakeTenant
from tests.web.conftest import MakePerson, Person, SendMessage

ADDRESS = "http://127.0.0.1:9/hook"
NOWHERE = "http://127.0.0.1:1/hook"


async def make(ann: Person, address: str = ADDRESS, **fields: str) -> str:
    answer = await ann.submit("/webhooks", page="/webhooks", url=address, **fields)
    assert answer.status_code == 200
    found = re.search(r"/webhooks/whk_\w+", answer.text)
    assert found
    return found[0]


async def test_the_secret_is_shown_once(ann: Person) -> None:
    answer = await ann.submit("/webhooks", page="/webhooks", url=ADDRESS, events="message.bounced")
    secret = re.search(r"whsec_[\w+/=]+", answer.text)
    assert secret
    found = re.search(r"/webhooks/whk_\w+", answer.text)
    assert found
    page = await ann.see(found[0])
    assert "message.bounced" in page
    assert secret[0] not in page
    assert ADDRESS in await ann.see("/webhooks")


async def test_an_address_that_must_not_be_reached_is_refused_at_its_field(ann: Person) -> None:
    answer = await ann.submit("/webhooks", page="/webhooks", url="https://10.0.0.1/hook", events="message.bounced")
    assert answer.status_code == 422
    assert 'id="url-error"' in answer.text
    assert 'value="https://10.0.0.1/hook"' in answer.text
    assert re.search(r'value="message.bounced"[^>]*checked', answer.text)


async def test_a_webhook_is_changed(ann: Person) -> None:
    path = await make(ann)
    answer = await ann.submit(path, page=path, url=ADDRESS, description="Orders", events="message.bounced")
    assert answer.headers["location"] == f"{path}?done=saved"
    page = await ann.see(path)
    assert '<h1 class="heading">Orders</h1>' in page
    assert "Orders" in await ann.see("/webhooks")


async def test_a_change_that_is_refused_is_shown_again(ann: Person) -> None:
    path = await make(ann)
    answer = await ann.submit(path, page=path, url="https://10.0.0.1/", description="x" * 201)
    assert answer.status_code == 422
    assert 'id="description-error"' in answer.text


async def test_it_is_tried_out_and_what_came_back_is_shown(ann: Person) -> None:
    path = await make(ann, NOWHERE)
    answer = await ann.submit(f"{path}/test", page=path, type="message.bounced")
    page = unescape(answer.text)
    assert "Your program did not take it" in page
    assert '"type":"message.bounced"' in page
    assert "No answer" in page


async def test_a_new_secret_is_shown_once(ann: Person) -> None:
    path = await make(ann)
    answer = await ann.submit(f"{path}/rotate-secret", page=path)
    secret = re.search(r"whsec_[\w+/=]+", answer.text)
    assert secret
    page = await ann.see(path)
    assert secret[0] not in page
    assert "Old secret" in page


async def test_it_is_switched_off_and_on_and_what_it_missed_is_sent(ann: Person) -> None:
    path = await make(ann)
    await ann.submit(f"{path}/switch", page=path, status="disabled")
    assert "It is switched off" in await ann.see(path)
    assert "Switched off" in await ann.see("/webhooks")
    await ann.submit(f"{path}/switch", page=path, status="active")
    assert "It may have missed something" in await ann.see(path)
    answer = await ann.submit(f"{path}/replay", page=path, missed="yes")
    assert answer.headers["location"] == f"{path}?done=sent"
    assert "It may have missed something" not in await ann.see(path)


async def test_what_it_missed_long_ago_is_sent_as_far_as_it_is_kept(ann: Person, runtime: Runtime) -> None:
    path = await make(ann)
    with acting_for(ann.tenant.id):
        async with runtime.db.tenant_tx() as tx:
            await tx.connection.execute("update webhooks set missed_since = now() - interval '40 days'")
    answer = await ann.submit(f"{path}/replay", page=path, missed="yes")
    assert answer.headers["location"] == f"{path}?done=sent"


@pytest.mark.parametrize("since", ["", "soon", "2020-01-01"])
async def test_a_replay_without_a_fitting_day_is_refused(ann: Person, since: str) -> None:
    path = await make(ann)
    answer = await ann.submit(f"{path}/replay", page=path, since=since)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


async def test_what_was_sent_is_shown_with_its_answer_and_sent_once_more(
    ann: Person, runtime: Runtime, send_message: SendMessage, domain: str
) -> None:
    path = await make(ann, NOWHERE)
    await send_message(ann.tenant, domain)
    clock = FixedClock(datetime.now(UTC) + timedelta(seconds=30))
    sender = service.Sender(runtime.db, runtime.vault, runtime.http, clock)
    await sender.send_due(ann.tenant.id, decode("whk", path.rpartition("/")[2]))
    found = re.search(rf"{path}/deliveries/whd_\w+", await ann.see(path))
    assert found
    page = await ann.see(found[0])
    assert "message.accepted" in page
    assert "ConnectError" in page
    answer = await ann.submit(f"{found[0]}/retry", page=found[0])
    assert answer.headers["location"] == f"{found[0]}?done=sent"
    assert "Nothing matches" in await ann.see(f"{path}?status=delivered")


async def test_a_webhook_is_deleted(ann: Person) -> None:
    path = await make(ann)
    assert (await ann.submit(f"{path}/delete", page=path)).status_code == 303
    assert (await ann.client.get(path)).status_code == 404
    assert "No webhook yet" in await ann.see("/webhooks?done=deleted")


async def test_others_neither_see_nor_change_it(ann: Person, make_tenant: MakeTenant, make_person: MakePerson) -> None:
    path = await make(ann)
    stranger = await make_person(await make_tenant())
    await stranger.sign_in()
    assert (await stranger.client.get(path)).status_code == 404
    for act, fields in (
        ("", {"url": ADDRESS}),
        ("/test", {}),
        ("/rotate-secret", {}),
        ("/switch", {"status": "disabled"}),
        ("/replay", {"since": datetime.now(UTC).date().isoformat()}),
        ("/delete", {}),
    ):
        assert (await stranger.submit(f"{path}{act}", **fields)).status_code == 404, act
    assert ADDRESS in await ann.see(path)


async def test_who_only_reads_is_offered_nothing(ann: Person, make_person: MakePerson) -> None:
    path = await make(ann)
    reader = await make_person(ann.tenant, role="support")
    await reader.sign_in()
    page = await reader.see(path)
    assert '<form method="post"' not in page.partition("<main")[2]
    assert (await reader.submit(f"{path}/switch", status="disabled")).status_code == 403
