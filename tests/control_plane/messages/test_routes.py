import base64

import httpx
import pytest

from control_plane.core.database import Database
from control_plane.core.ids import encode, new_uuid
from control_plane.core.tenancy import acting_for
from tests.conftest import MakeDomain, Tenant
from tests.control_plane.messages.messages import message


async def stored(db: Database, tenant: Tenant) -> int:
    """Count what a tenant has stored of any kind."""
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            count: int = await tx.connection.fetchval(
                """select (select count(*) from messages) + (select count(*) from deliveries)
                        + (select count(*) from events) + (select count(*) from idempotency_keys)"""
            )
    return count


async def test_an_accepted_message_is_shown_with_its_timeline(
    client: httpx.AsyncClient, tenant: Tenant, domain: str
) -> None:
    new = message(domain, cc=[{"email": "cleo@else.test"}], tags=["order", 'a "b" \\ c,{}'], metadata={"order": "1"})
    sent = await client.post("/v1/messages", json=new, headers=tenant.headers)
    assert sent.status_code == 202, sent.text
    accepted = sent.json()
    assert accepted["status"] == "accepted"
    assert [each["email"] for each in accepted["recipients"]] == ["bob@else.test", "cleo@else.test"]

    read = await client.get(f"/v1/messages/{accepted['id']}", headers=tenant.headers)
    shown = read.json()
    assert (shown["from"], shown["subject"], shown["stream"]) == (f"ann@{domain}", "Hello", "transactional")
    assert (shown["tags"], shown["metadata"]) == (["order", 'a "b" \\ c,{}'], {"order": "1"})
    assert [each["kind"] for each in shown["recipients"]] == ["to", "cc"]
    [event] = shown["recipients"][0]["events"]
    assert event["type"] == "message.accepted"
    assert event["at"].endswith("Z")


async def test_a_message_can_carry_everything(client: httpx.AsyncClient, tenant: Tenant, domain: str) -> None:
    attachment = {"filename": "a.pdf", "content_type": "application/pdf", "content": base64.b64encode(b"%PDF").decode()}
    new = message(
        domain,
        html="<p>Hello</p>",
        reply_to=[{"email": "desk@else.test"}],
        bcc=[{"email": "zoe@bücher.test"}],
        headers={"X-Order": "1"},
        attachments=[attachment | {"content_id": None}],
        stream="broadcast",
        template=None,
        send_at=None,
        tracking={"opens": False, "clicks": False},
    )
    sent = await client.post("/v1/messages", json=new, headers=tenant.headers)
    assert sent.status_code == 202, sent.text
    assert sent.json()["recipients"][1]["email"] == "zoe@xn--bcher-kva.test"


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"from": {"email": "ann"}}, "from.email"),
        ({"from": {"email": "ann@elsewhere.test"}}, "from.email"),
        ({"to": []}, "to"),
        ({"to": [{"email": "a b@else.test"}]}, "to[0].email"),
        ({"to": [{"email": "bob@else.test\r\nBcc: eve@evil.test"}]}, "to[0].email"),
        ({"to": [{"email": "bob@else.test", "name": "Bob\r\nBcc: eve@evil.test"}]}, "to[0].name"),
        ({"to": [{"email": f"u{n}@else.test"} for n in range(51)]}, "to"),
        ({"subject": "Hello\nBcc: eve@evil.test"}, "subject"),
        ({"subject": "\0"}, "subject"),
        ({"subject": "x" * 999}, "subject"),
        ({"text": None}, "text"),
        ({"text": "a\0b"}, "text"),
        ({"headers": {"X-A": "1\r\nX-B: 2"}}, "headers.X-A"),
        ({"headers": {"DKIM-Signature": "v=1"}}, "headers.DKIM-Signature"),
        ({"headers": {"content-type": "text/html"}}, "headers.content-type"),
        ({"headers": {"X A": "1"}}, "headers"),
        (
            {"attachments": [{"filename": "../x", "content_type": "text/plain", "content": ""}]},
            "attachments[0].filename",
        ),
        ({"attachments": [{"filename": "x", "content_type": "text", "content": ""}]}, "attachments[0].content_type"),
        ({"attachments": [{"filename": "x", "content_type": "a/b", "content": "?"}]}, "attachments[0].content"),
        ({"tags": ["x" * 65]}, "tags[0]"),
        ({"tags": ["x"] * 11}, "tags"),
        ({"metadata": {str(n): "" for n in range(21)}}, "metadata"),
        ({"metadata": {"a": 1}}, "metadata.a"),
        ({"template": {"id": "tpl_x"}}, "template.id"),
        ({"send_at": "2130-01-01T00:00:00Z"}, "send_at"),
        ({"send_at": "2026-01-01T00:00:00"}, "send_at"),  # whose clock?
        ({"to": [{"email": "bob@else.test", "name": "x" * 999}]}, "to[0].name"),
        ({"tracking": {"opens": True}}, "tracking"),
        ({"subjct": "Hello"}, "subjct"),
        ({"to": [{"email": "bob@else.test", "nmae": "Bob"}]}, "to[0].nmae"),
        ({"stream": "bulk"}, "stream"),
    ],
)
async def test_what_is_wrong_is_refused_by_its_path_and_nothing_is_stored(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, domain: str, changes: dict[str, object], path: str
) -> None:
    headers = tenant.headers | {"Idempotency-Key": "one"}
    sent = await client.post("/v1/messages", json=message(domain, **changes), headers=headers)
    assert sent.status_code == 422, sent.text
    assert sent.headers["content-type"] == "application/problem+json"
    assert path in [error["path"] for error in sent.json()["errors"]]
    assert await stored(db, tenant) == 0


async def test_another_tenants_domain_cannot_be_sent_from(
    client: httpx.AsyncClient, stranger: Tenant, domain: str
) -> None:
    sent = await client.post("/v1/messages", json=message(domain), headers=stranger.headers)
    assert (sent.status_code, sent.json()["code"]) == (422, "domain_not_usable")


async def test_another_tenants_message_is_not_there(
    client: httpx.AsyncClient, tenant: Tenant, stranger: Tenant, domain: str
) -> None:
    sent = (await client.post("/v1/messages", json=message(domain), headers=tenant.headers)).json()
    read = await client.get(f"/v1/messages/{sent['id']}", headers=stranger.headers)
    assert (read.status_code, read.json()["code"]) == (404, "not_found")
    listed = await client.get("/v1/messages", headers=stranger.headers)
    assert listed.json() == {"data": [], "next": None}


@pytest.mark.parametrize("wrong", ["msg_x", "dlv_06h00a289pvmnan179r7a8qi14", "x"])
async def test_what_is_no_messages_id_is_not_found(client: httpx.AsyncClient, tenant: Tenant, wrong: str) -> None:
    read = await client.get(f"/v1/messages/{wrong}", headers=tenant.headers)
    assert read.status_code == 404


async def test_a_batch_gives_each_message_its_own_result(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, domain: str
) -> None:
    messages = [
        message(domain, subject="first"),
        message(domain, to=[{"email": "no address"}]),
        message("elsewhere.test"),
        message(domain) | {"subject": 1},
        message(domain, subject="last"),
    ]
    answer = await client.post("/v1/messages/batch", json={"messages": messages}, headers=tenant.headers)
    assert answer.status_code == 200, answer.text
    results = answer.json()["results"]
    codes = [each["error"]["code"] if "error" in each else each["status"] for each in results]
    assert codes == ["accepted", "validation_failed", "domain_not_usable", "validation_failed", "accepted"]
    assert results[1]["error"]["errors"][0]["path"] == "to[0].email"
    assert await stored(db, tenant) == 2 * 3


async def test_a_batch_has_at_most_500_messages(client: httpx.AsyncClient, tenant: Tenant, domain: str) -> None:
    body = {"messages": [message(domain)] * 501}
    answer = await client.post("/v1/messages/batch", json=body, headers=tenant.headers)
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, "messages")


async def test_a_body_that_is_too_large_is_refused(client: httpx.AsyncClient, tenant: Tenant) -> None:
    answer = await client.post("/v1/messages", content=b" " * (37 * 1024 * 1024), headers=tenant.headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


async def test_a_list_pages_through_all_messages_newest_first(
    client: httpx.AsyncClient, tenant: Tenant, domain: str
) -> None:
    body = {"messages": [message(domain, subject=str(number)) for number in range(5)]}
    results = (await client.post("/v1/messages/batch", json=body, headers=tenant.headers)).json()["results"]
    seen: list[str] = []
    after = ""
    while True:
        page = (await client.get(f"/v1/messages?limit=2{after}", headers=tenant.headers)).json()
        seen += [each["id"] for each in page["data"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert seen == sorted((each["id"] for each in results), reverse=True)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("recipient=bob@else.test", {"a", "b"}),
        ("recipient=cleo@else.test", {"b"}),
        ("recipient=nobody@else.test", set()),
        ("subject=none", set()),
        ("tag=order", {"a"}),
        ("stream=broadcast", {"b"}),
        ("status=accepted", {"a", "b"}),
        ("status=delivered", set()),
        ("since=2020-01-01T00:00:00Z", {"a", "b"}),
        ("until=2020-01-01T00:00:00Z", set()),
        ("tag=order&stream=broadcast", set()),
        ("status=sent", None),
    ],
)
async def test_a_list_can_be_filtered(
    client: httpx.AsyncClient, tenant: Tenant, domain: str, query: str, found: set[str] | None
) -> None:
    both = [
        message(domain, subject="a", tags=["order"]),
        message(domain, subject="b", stream="broadcast", cc=[{"email": "cleo@else.test"}]),
    ]
    await client.post("/v1/messages/batch", json={"messages": both}, headers=tenant.headers)
    answer = await client.get(f"/v1/messages?{query}", headers=tenant.headers)
    if found is None:
        assert answer.status_code == 422
    else:
        assert {each["subject"] for each in answer.json()["data"]} == found


async def test_a_list_can_be_filtered_by_sender(
    client: httpx.AsyncClient, tenant: Tenant, domain: str, make_domain: MakeDomain
) -> None:
    other = await make_domain(tenant, "other")
    both = {"messages": [message(domain), message(other)]}
    await client.post("/v1/messages/batch", json=both, headers=tenant.headers)
    answer = await client.get("/v1/messages", params={"from": f"ann@{other}"}, headers=tenant.headers)
    assert [each["from"] for each in answer.json()["data"]] == [f"ann@{other}"]


async def test_a_message_that_never_was_is_not_found(client: httpx.AsyncClient, tenant: Tenant) -> None:
    read = await client.get(f"/v1/messages/{encode('msg', new_uuid())}", headers=tenant.headers)
    assert read.status_code == 404
