"""The generated client, against the real application."""

from collections.abc import AsyncGenerator

import httpx
import pytest
from litestar import Litestar

from control_plane.core.openapi import document_of
from fleetpost_client import AsyncClient, Client, Refused, errors, types
from scripts.generate_client.__main__ import files_of
from tests.conftest import Tenant

URL = "http://fleetpost.test"


@pytest.fixture
async def fleetpost(app: Litestar, tenant: Tenant) -> AsyncGenerator[AsyncClient]:
    transport = httpx.ASGITransport(app)  # type: ignore[arg-type]  # Litestar names the same protocol differently
    async with AsyncClient(URL, tenant.key, transport=transport) as opened:
        yield opened


def test_the_clients_are_what_the_description_says(app: Litestar) -> None:
    """Else run `scripts/client` and commit what it writes."""
    for path, source in files_of(document_of(app)).items():
        assert path.read_text() == source, path


async def test_a_message_is_sent_and_read(fleetpost: AsyncClient, domain: str) -> None:
    new = types.NewMessage(
        sender=types.EmailAddress(email=f"ann@{domain}"),
        to=[types.EmailAddress(email="bob@else.test")],
        subject="Hello",
        text="Good morning!",
        tags=["greeting"],
    )
    sent = await fleetpost.send_message(new)
    read = await fleetpost.get_message(sent.id)
    assert (read.subject, read.tags, [each.email for each in read.recipients]) == (
        "Hello",
        ["greeting"],
        ["bob@else.test"],
    )
    assert [each.id for each in (await fleetpost.list_messages(limit=1, tag="greeting")).data] == [sent.id]


async def test_the_same_idempotency_key_sends_once(fleetpost: AsyncClient, domain: str) -> None:
    new = types.NewMessage(
        sender=types.EmailAddress(email=f"ann@{domain}"), to=[types.EmailAddress(email="bob@else.test")], text="Hi"
    )
    first = await fleetpost.send_message(new, idempotency_key="once")
    assert (await fleetpost.send_message(new, idempotency_key="once")).id == first.id


async def test_a_refusal_is_raised_with_its_problem(fleetpost: AsyncClient) -> None:
    with pytest.raises(Refused) as refused:
        await fleetpost.get_mailbox("mbx_../x")
    assert (refused.value.problem.status, refused.value.problem.code) == (404, "not_found")


async def test_what_is_deleted_gives_nothing(fleetpost: AsyncClient) -> None:
    made = await fleetpost.create_webhook(types.NewWebhook(url="http://127.0.0.1:1/"))
    await fleetpost.delete_webhook(made.id)
    assert (await fleetpost.list_webhooks()).data == []


def test_a_server_in_between_is_quoted_as_far_as_it_makes_sense() -> None:
    broken = httpx.MockTransport(lambda _: httpx.Response(502, text="<h1>Bad gateway</h1>"))
    with Client(URL, "fp_x", transport=broken) as client, pytest.raises(Refused) as refused:
        client.get_me()
    assert (refused.value.problem.status, refused.value.problem.code) == (502, "unknown")


def test_an_agency_says_for_whom_it_acts() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(204)

    with Client(URL, "fp_x", acting_for="ten_1", transport=httpx.MockTransport(answer)) as client:
        client.delete_webhook("whk_1")
    assert (seen[0].headers["authorization"], seen[0].headers["fleetpost-tenant"]) == ("Bearer fp_x", "ten_1")


async def test_a_change_meets_what_was_read_or_is_refused(fleetpost: AsyncClient) -> None:
    made = await fleetpost.create_webhook(types.NewWebhook(url="http://127.0.0.1:1/"))
    read = await fleetpost.get_webhook(made.id)
    etag = fleetpost.etag_of(read)
    assert etag is not None
    with pytest.raises(errors.Unchanged):
        await fleetpost.get_webhook(made.id, if_none_match=etag)
    changed = await fleetpost.change_webhook(made.id, types.WebhookChange(description="Mine"), if_match=etag)
    with pytest.raises(errors.Changed):
        await fleetpost.change_webhook(made.id, types.WebhookChange(description="Yours"), if_match=etag)
    assert fleetpost.etag_of(changed) not in (None, etag)


@pytest.mark.parametrize(("url", "key"), [("fleetpost.test", "fp_x"), ("", "fp_x"), (URL, "")])
def test_what_cannot_work_is_said_at_once(url: str, key: str) -> None:
    for kind in (Client, AsyncClient):
        with pytest.raises(ValueError, match="give"):
            kind(url, key)


def test_an_etag_is_kept_for_no_longer_than_its_thing() -> None:
    body = b'{"id": "whk_1", "secrets": [], "old_secret_until": "2026-11-22T12:00:00Z"}'
    etags = iter(['"a"', '"b"'])
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=body, headers={"etag": next(etags)}))
    with Client(URL, "fp_x", transport=transport) as client:
        first, second = (client.rotate_webhook_secret("whk_1") for _ in range(2))
        assert first == second
        assert (client.etag_of(first), client.etag_of(second)) == ('"a"', '"b"')
        del first
        assert len(client._etags) == 1
        assert client.etag_of("anything else") is None


@pytest.mark.parametrize("id", ["", ".", ".."])
def test_an_id_that_would_lead_elsewhere_is_none(id: str) -> None:  # noqa: A002  the thing's own name
    with Client(URL, "fp_x") as client, pytest.raises(ValueError, match="webhook_id"):
        client.delete_webhook(id)


async def test_a_list_is_gone_through_page_by_page(fleetpost: AsyncClient) -> None:
    for number in range(3):
        await fleetpost.create_webhook(types.NewWebhook(url=f"http://127.0.0.1:1/{number}"))
    seen = [webhook.url[-1] async for webhook in fleetpost.iter_webhooks(limit=2)]
    assert sorted(seen) == ["0", "1", "2"]


async def test_events_are_read_on_from_a_position(fleetpost: AsyncClient, domain: str) -> None:
    new = types.NewMessage(
        sender=types.EmailAddress(email=f"ann@{domain}"), to=[types.EmailAddress(email="bob@else.test")], text="Hi"
    )
    await fleetpost.send_message(new)
    news = fleetpost.iter_events(types="message.accepted")
    assert len([event async for event in news]) == 1
    await fleetpost.send_message(new)
    assert len([event async for event in fleetpost.iter_events(types="message.accepted", after=news.position)]) == 1
