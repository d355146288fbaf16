"""The generated client, against the real application."""

from collections.abc import AsyncGenerator

import httpx
import pytest
from litestar import Litestar

from control_plane.core.openapi import document_of
from fleetpost_client import AsyncClient, Client, Refused, types
from scripts.generate_client.__main__ import TARGET, formatted
from scripts.generate_client.render import render
from tests.conftest import Tenant

URL = "http://fleetpost.test"


@pytest.fixture
async def fleetpost(app: Litestar, tenant: Tenant) -> AsyncGenerator[AsyncClient]:
    transport = httpx.ASGITransport(app)  # type: ignore[arg-type]  # Litestar names the same protocol differently
    async with AsyncClient(URL, tenant.key, transport=transport) as opened:
        yield opened


def test_the_client_is_what_the_description_says(app: Litestar) -> None:
    """Else run `scripts/client` and commit what it writes."""
    for name, source in render(document_of(app)).items():
        assert (TARGET / name).read_text() == formatted(source), name


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
