"""What nodes take from programs becomes messages: once each, and if nothing can come of one, its timeline says why."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import msgspec
import pytest

from control_plane.core import ids
from control_plane.core.database import Database
from control_plane.messages.raw import RAW_MAX_BYTES
from tenant_agent import wire
from tenant_agent.wire.submissions import MOST_BYTES
from tests.conftest import MakeDomain, Tenant
from tests.control_plane.conftest import FleetNode, MakeNode

MAIL = (
    "From: Ann <ann@{domain}>\r\nTo: bob@else.test\r\nSubject: =?utf-8?q?Hell=C3=B6?=\r\nX-Fleetpost-Tag: order\r\n"
    "X-Fleetpost-Metadata-Order: 17\r\n\r\nHi\r\n"
)
Make = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
async def node(make_node: MakeNode) -> FleetNode:
    return await make_node()


@pytest.fixture
def make_key(client: httpx.AsyncClient, tenant: Tenant, node: FleetNode) -> Callable[..., Awaitable[str]]:
    """Make a key that the node knows."""
    assert node.name

    async def make(**wanted: object) -> str:
        body = {"name": "shop", "scopes": ["messages:write"], "smtp": True} | wanted
        answer = await client.post("/v1/api-keys", json=body, headers=tenant.headers)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    return make


@pytest.fixture
async def key_id(make_key: Callable[..., Awaitable[str]]) -> str:
    return await make_key()


def described(key_id: str, /, **changes: object) -> wire.SubmittedMail:
    fields: dict[str, object] = {
        "id": ids.bare(ids.new_uuid()),
        "key_id": key_id,
        "stream": "",
        "sender": "www@shop.test",
        "recipients": ("bob@else.test", "Eve@else.test"),
        "received_at_ms": 1_795_320_000_000,
        "client": "192.0.2.1",
        "queue_id": "4jXGx30008Lz2Pkld",
    }
    return wire.SubmittedMail(**(fields | changes))  # type: ignore[arg-type]


async def hand_up(client: httpx.AsyncClient, node: FleetNode, mail: wire.SubmittedMail, raw: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {node.credential}"}
    content = msgspec.json.encode(mail) + b"\n" + raw.encode()
    return await client.post(wire.SUBMISSIONS_PATH, content=content, headers=headers)


async def messages_of(client: httpx.AsyncClient, tenant: Tenant) -> list[dict[str, Any]]:
    """Give all messages of a tenant, whole."""
    listed = (await client.get("/v1/messages", headers=tenant.headers)).json()["data"]
    return [(await client.get(f"/v1/messages/{each['id']}", headers=tenant.headers)).json() for each in listed]


async def test_a_submitted_mail_is_a_message_like_any_other(
    client: httpx.AsyncClient, tenant: Tenant, node: FleetNode, key_id: str, domain: str
) -> None:
    answer = await hand_up(client, node, described(key_id), MAIL.format(domain=domain))
    assert answer.status_code == 204, answer.text
    [message] = await messages_of(client, tenant)
    assert (message["from"], message["subject"], message["stream"]) == (f"ann@{domain}", "Hellö", "transactional")
    assert (message["tags"], message["metadata"]) == (["order"], {"Order": "17"})
    assert [(each["email"], each["kind"], each["status"]) for each in message["recipients"]] == [
        ("bob@else.test", "to", "accepted"),
        ("Eve@else.test", "bcc", "accepted"),
    ]
    assert [event["type"] for event in message["recipients"][0]["events"]] == ["message.accepted"]


async def test_when_and_from_where_the_key_was_used_is_noted(
    client: httpx.AsyncClient, tenant: Tenant, node: FleetNode, key_id: str, domain: str
) -> None:
    mail = described(key_id, received_at_ms=int(datetime.now(UTC).timestamp() * 1000), client="2001:db8::7")
    assert (await hand_up(client, node, mail, MAIL.format(domain=domain))).status_code == 204
    shown = (await client.get(f"/v1/api-keys/{key_id}", headers=tenant.headers)).json()
    assert shown["last_used_address"] == "2001:db8::7"
    assert shown["last_used_at"] is not None


async def test_however_often_it_is_handed_up_it_is_one_message(
    client: httpx.AsyncClient, tenant: Tenant, node: FleetNode, key_id: str, domain: str
) -> None:
    mail = described(key_id, stream="broadcast")
    for _ in range(3):
        assert (await hand_up(client, node, mail, MAIL.format(domain=domain))).status_code == 204
    [message] = await messages_of(client, tenant)
    assert message["stream"] == "broadcast"


async def test_what_its_program_sends_twice_under_one_key_is_one_message(
    client: httpx.AsyncClient, tenant: Tenant, node: FleetNode, key_id: str, domain: str
) -> None:
    raw = f"Idempotency-Key: order-17\r\n{MAIL.format(domain=domain)}"
    for _ in range(2):
        assert (await hand_up(client, node, described(key_id), raw)).status_code == 204
    assert len(await messages_of(client, tenant)) == 1


@pytest.mark.parametrize("times", [1, 2])
async def test_a_mail_that_cannot_be_sent_any_more_fails_and_says_why(
    client: httpx.AsyncClient, tenant: Tenant, node: FleetNode, key_id: str, times: int
) -> None:
    mail = described(key_id)
    for _ in range(times):
        assert (await hand_up(client, node, mail, MAIL.format(domain="not-mine.test"))).status_code == 204
    [message] = await messages_of(client, tenant)
    assert {each["status"] for each in message["recipients"]} == {"failed"}
    [event] = message["recipients"][0]["events"]
    assert event["type"] == "message.failed"
    assert event["reply"].startswith("Not sent: ")
    assert "not-mine.test" in event["reply"]


@pytest.mark.parametrize(
    "raw", ["", "\0", "Subject: \0\r\n\r\n", "no header at all", "From: a@b.test\r\nFrom: c@d.test\r\n\r\n"]
)
async def test_what_is_no_mail_fails_too_and_is_never_silently_nothing(
    client: httpx.AsyncClient, tenant: Tenant, node: FleetNode, key_id: str, raw: str
) -> None:
    assert (await hand_up(client, node, described(key_id), raw)).status_code == 204
    [message] = await messages_of(client, tenant)
    assert message["status"] == "failed"


async def test_a_key_writes_as_no_other_domain_than_its_own(
    client: httpx.AsyncClient,
    tenant: Tenant,
    node: FleetNode,
    make_key: Callable[..., Awaitable[str]],
    make_domain: MakeDomain,
    domain: str,
) -> None:
    bound = await make_key(allowed_domains=[await make_domain(tenant, "shop")])
    assert (await hand_up(client, node, described(bound), MAIL.format(domain=domain))).status_code == 204
    assert [message["status"] for message in await messages_of(client, tenant)] == ["failed"]


async def test_what_a_revoked_key_had_submitted_before_is_still_sent(
    client: httpx.AsyncClient, tenant: Tenant, node: FleetNode, key_id: str, domain: str
) -> None:
    assert (await client.delete(f"/v1/api-keys/{key_id}", headers=tenant.headers)).status_code == 204
    assert (await hand_up(client, node, described(key_id), MAIL.format(domain=domain))).status_code == 204
    assert [message["status"] for message in await messages_of(client, tenant)] == ["accepted"]


async def test_it_was_counted_when_the_node_was_granted_it(
    client: httpx.AsyncClient, tenant: Tenant, node: FleetNode, key_id: str, domain: str, db: Database
) -> None:
    assert (await hand_up(client, node, described(key_id), MAIL.format(domain=domain))).status_code == 204
    async with db.fleet_tx() as tx:
        used = await tx.connection.fetchval(
            "select sum(used) from usage where tenant_id = $1 and resource like 'messages%'", tenant.id
        )
    assert not used


async def test_a_node_hands_up_only_for_keys_that_it_was_told_of(
    client: httpx.AsyncClient, tenant: Tenant, make_node: MakeNode, domain: str, node: FleetNode
) -> None:
    plain = {"name": "api", "scopes": ["messages:write"]}
    untold = (await client.post("/v1/api-keys", json=plain, headers=tenant.headers)).json()["id"]
    for key_id in (untold, ids.encode("key", ids.new_uuid())):
        assert (await hand_up(client, node, described(key_id), MAIL.format(domain=domain))).status_code == 400
    assert await messages_of(client, tenant) == []


async def test_nobody_but_a_node_hands_up(client: httpx.AsyncClient, tenant: Tenant, key_id: str) -> None:
    for credential in ("", f"Bearer {tenant.key}", "Bearer fpn_x"):
        answer = await client.post(wire.SUBMISSIONS_PATH, content=b"", headers={"Authorization": credential})
        assert answer.status_code == 401
    assert await messages_of(client, tenant) == []
    assert key_id


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "x"},
        {"id": "V" * 26},
        {"key_id": "ten_x"},
        {"recipients": ()},
        {"recipients": ("a" * 400,)},
        {"recipients": tuple(f"r{number}@else.test" for number in range(1001))},
        {"recipients": ("a\0@else.test",)},
        {"sender": "a\n@else.test"},
    ],
)
async def test_what_no_agent_says_is_refused(
    client: httpx.AsyncClient, node: FleetNode, key_id: str, changes: dict[str, object]
) -> None:
    answer = await hand_up(client, node, described(key_id, **changes), "From: a@b.test\r\n\r\n")
    assert answer.status_code == 400


@pytest.mark.parametrize("body", [b"", b"{", b"{}\n", b"\xff\n", b"[" * 100_000, b'{"id": 1}\n'])
async def test_what_cannot_be_read_is_refused(client: httpx.AsyncClient, node: FleetNode, body: bytes) -> None:
    answer = await client.post(
        wire.SUBMISSIONS_PATH, content=body, headers={"Authorization": f"Bearer {node.credential}"}
    )
    assert answer.status_code == 400


async def test_a_moment_that_cannot_be_is_no_reason_to_refuse(
    client: httpx.AsyncClient, tenant: Tenant, node: FleetNode, key_id: str, domain: str
) -> None:
    for at_ms in (-(2**62), 0, 2**62):
        mail = described(key_id, received_at_ms=at_ms)
        assert (await hand_up(client, node, mail, MAIL.format(domain=domain))).status_code == 204
    assert len(await messages_of(client, tenant)) == 3


def test_nodes_take_no_more_than_can_be_sent() -> None:
    assert MOST_BYTES == RAW_MAX_BYTES
