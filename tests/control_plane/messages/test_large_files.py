"""Large attachments lie apart from their messages: each once, for as long as a message has it, and for nobody else."""

import asyncio
import base64
import email
import email.policy
import hashlib
import os
import resource
from datetime import datetime, timedelta
from email.message import EmailMessage

import httpx
import msgspec

from control_plane.blobs import service as blobs
from control_plane.core import ids
from control_plane.core.clock import FixedClock
from control_plane.core.database import Database
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from control_plane.messages import service
from tenant_agent import wire
from tests.conftest import Tenant
from tests.control_plane.messages.conftest import Limit
from tests.control_plane.messages.messages import message
from tests.control_plane.messages.stored import queue
from tests.control_plane.messages.test_submitting import submission

LARGE = os.urandom(300_000)
NOW = datetime.now().astimezone()


def file(content: bytes = LARGE, name: str = "a.pdf", **fields: object) -> dict[str, object]:
    written = base64.b64encode(content).decode()
    return {"filename": name, "content_type": "application/pdf", "content": written} | fields


async def send(client: httpx.AsyncClient, tenant: Tenant, domain: str, *files: object, **changes: object) -> str:
    body = message(domain, attachments=files, **changes)
    sent = await client.post("/v1/messages", json=body, headers=tenant.headers)
    assert sent.status_code == 202, sent.text
    message_id: str = sent.json()["id"]
    return message_id


async def stored(db: Database, tenant: Tenant) -> list[wire.Content]:
    """Give what is stored of what a tenant's messages say."""
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            rows = await tx.connection.fetch("select content from messages order by id")
    return [wire.decode_as(row["content"], wire.Content) for row in rows]


async def kept(db: Database, tenant: Tenant) -> int:
    """Count the files that are kept for a tenant."""
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            count: int = await tx.connection.fetchval("select count(*) from blobs")
    return count


async def files_of(client: httpx.AsyncClient, tenant: Tenant, message_id: str) -> list[bytes]:
    answer = await client.get(f"/v1/messages/{message_id}/raw", headers=tenant.headers)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "message/rfc822"), answer.text
    parsed = email.message_from_bytes(answer.content, EmailMessage, policy=email.policy.SMTP)
    return [part.get_content() for part in parsed.iter_attachments()]


async def test_large_files_lie_apart_and_small_ones_with_the_message(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, domain: str
) -> None:
    message_id = await send(client, tenant, domain, file(), file(b"small"), file(LARGE[:32768]))
    [content] = await stored(db, tenant)
    large, small, limit = (each.content for each in content.attachments)
    assert isinstance(large, wire.FileRef)
    assert (large.size, large.sha256) == (len(LARGE), hashlib.sha256(LARGE).digest())
    assert (small, limit) == (b"small", LARGE[:32768])
    assert await files_of(client, tenant, message_id) == [LARGE, b"small", LARGE[:32768]]


async def test_an_inline_image_may_be_large(client: httpx.AsyncClient, tenant: Tenant, domain: str) -> None:
    image = file(name="logo.png", content_type="image/png", content_id="logo")
    message_id = await send(client, tenant, domain, image, html="<img src=cid:logo>")
    answer = await client.get(f"/v1/messages/{message_id}/raw", headers=tenant.headers)
    parsed = email.message_from_bytes(answer.content, EmailMessage, policy=email.policy.SMTP)
    [found] = [part for part in parsed.walk() if part.get_content_type() == "image/png"]
    assert (found["Content-ID"], found.get_content()) == ("<logo>", LARGE)


async def test_the_same_file_is_kept_once_for_a_whole_batch(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, domain: str
) -> None:
    messages = [message(domain, subject=f"{number}", attachments=[file(), file()]) for number in range(5)]
    refused = message("elsewhere.test", attachments=[file(LARGE[::-1])])
    unreadable = message(domain, attachments=[file(LARGE[1:])], subjekt="?")
    body = {"messages": [*messages, refused, unreadable]}
    answer = await client.post("/v1/messages/batch", json=body, headers=tenant.headers)
    codes = [each["error"]["code"] for each in answer.json()["results"] if each.get("error")]
    assert (answer.status_code, codes) == (200, ["domain_not_usable", "validation_failed"])
    assert len({each.content for content in await stored(db, tenant) for each in content.attachments}) == 1
    assert await kept(db, tenant) == 2, "the one, and that of the message whose domain was refused"


async def test_a_file_that_came_in_vain_is_forgotten_after_a_day(
    client: httpx.AsyncClient, runtime: Runtime, tenant: Tenant
) -> None:
    body = message("elsewhere.test", attachments=[file()])
    assert (await client.post("/v1/messages", json=body, headers=tenant.headers)).status_code >= 400
    assert await kept(runtime.db, tenant) == 1
    await blobs.forget(runtime.db, FixedClock(NOW + timedelta(days=1.1)), runtime.blobs)
    assert await kept(runtime.db, tenant) == 0


async def test_sent_again_the_file_is_shared_and_goes_with_the_last_message(
    client: httpx.AsyncClient, runtime: Runtime, tenant: Tenant, domain: str
) -> None:
    db, days = runtime.db, [FixedClock(NOW + timedelta(days=number)) for number in (8, 9)]
    message_id = await send(client, tenant, domain, file())
    again = await client.post(f"/v1/messages/{message_id}/resend", json={}, headers=tenant.headers)
    assert again.status_code == 202, again.text
    await queue(db, tenant, ids.decode("msg", message_id))
    await service.forget_contents(db, days[0])
    await blobs.forget(db, days[0], runtime.blobs)
    assert (await client.get(f"/v1/messages/{message_id}/raw", headers=tenant.headers)).status_code == 410
    assert await files_of(client, tenant, again.json()["id"]) == [LARGE]
    await queue(db, tenant, ids.decode("msg", again.json()["id"]))
    await service.forget_contents(db, days[0])
    await blobs.forget(db, days[1], runtime.blobs)
    assert await kept(db, tenant) == 0


async def test_the_same_request_again_is_answered_again(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, domain: str
) -> None:
    headers = tenant.headers | {"Idempotency-Key": "files"}
    answers = [
        await client.post("/v1/messages", json=message(domain, attachments=[file(content)]), headers=headers)
        for content in (LARGE, LARGE, LARGE[::-1])
    ]
    assert [answer.status_code for answer in answers] == [202, 202, 409]
    assert answers[0].json() == answers[1].json()
    assert len(await stored(db, tenant)) == 1


async def test_files_together_are_bounded(client: httpx.AsyncClient, tenant: Tenant, domain: str) -> None:
    large = bytes(13 * 1024 * 1024)
    body = message(domain, attachments=[file(large), file(large)])
    answer = await client.post("/v1/messages", json=body, headers=tenant.headers)
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, "attachments")
    whole = message(domain, attachments=[file(bytes(28 * 1024 * 1024))])
    assert (await client.post("/v1/messages", json=whole, headers=tenant.headers)).status_code == 413


async def test_a_plan_may_allow_less(client: httpx.AsyncClient, tenant: Tenant, domain: str, limit: Limit) -> None:
    await limit(tenant, message_bytes=1024 * 1024)
    await send(client, tenant, domain, file(bytes(900 * 1024)))
    large = message(domain, attachments=[file(bytes(600 * 1024)), file(bytes(500 * 1024))])
    body = {"messages": [large, message(domain)]}
    answer = await client.post("/v1/messages/batch", json=body, headers=tenant.headers)
    refused, accepted = answer.json()["results"]
    assert refused["error"]["errors"] == [
        {"path": "attachments", "message": "Your plan allows messages of at most 1,024 KiB."}
    ]
    assert accepted["status"] == "accepted"


async def test_what_is_no_base64_is_told_by_its_path(client: httpx.AsyncClient, tenant: Tenant, domain: str) -> None:
    body = message(domain, attachments=[file(b"fine"), file() | {"content": "*" * 100_000}])
    answer = await client.post("/v1/messages", json=body, headers=tenant.headers)
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, "attachments[1].content")


async def test_a_forged_mark_is_only_some_bytes(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, stranger: Tenant, domain: str
) -> None:
    await send(client, tenant, domain, file())
    mark = (b"\0 a file of this request \0" + len(LARGE).to_bytes(8) + hashlib.sha256(LARGE).digest()).ljust(900, b"\0")
    message_id = await send(client, tenant, domain, file(mark))
    assert await files_of(client, tenant, message_id) == [mark]


async def test_texts_that_look_like_files_stay_texts(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, domain: str
) -> None:
    text = "A" * 50_000
    body = message(domain, text=None, html=None, subject="", template=None)
    body["template"] = {"id": await _template(client, tenant), "data": {"content": text, "more": [{"content": text}]}}
    answer = await client.post("/v1/messages", json=body, headers=tenant.headers)
    assert answer.status_code == 202, answer.text
    [content] = await stored(db, tenant)
    assert content.text is not None
    assert content.text.strip() == text + text
    refused = message(domain, metadata={"content": text})
    answer = await client.post("/v1/messages", json=refused, headers=tenant.headers)
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, "metadata.content")


async def _template(client: httpx.AsyncClient, tenant: Tenant) -> str:
    body = {"name": "T", "subject": "Hi", "text": "{{ content }}{{ more[0].content }}", "html": None}
    made = await client.post("/v1/templates", json=body, headers=tenant.headers)
    assert made.status_code == 201, made.text
    template_id: str = made.json()["id"]
    return template_id


async def test_large_mail_that_came_by_smtp_lies_apart_too(
    client: httpx.AsyncClient, runtime: Runtime, tenant: Tenant, domain: str
) -> None:
    body = b"\r\n".join([b"Sm\xc3\xbcrg\xc3\xa5s" + b"x" * 70] * 3000) + b"\r\n.\r\n"
    mail = submission(tenant, domain, idempotency_key="large")
    mail = msgspec.structs.replace(mail, raw=mail.raw.removesuffix(b"Hi") + body)
    accepted = await service.accept_raw(runtime.db, runtime.clock, mail, runtime.blobs)
    assert await service.accept_raw(runtime.db, runtime.clock, mail, runtime.blobs) == accepted
    [content] = await stored(runtime.db, tenant)
    assert isinstance(content.raw, wire.LongRaw)
    assert (content.raw.body.size, content.raw.is_ascii) == (len(body), False)
    answer = await client.get(f"/v1/messages/{accepted.id}/raw", headers=tenant.headers)
    assert answer.content.endswith(b"Subject: Hello\r\n\r\n" + body)


async def test_many_large_requests_at_once_take_little_memory(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, domain: str
) -> None:
    size, count = 8 * 1024 * 1024, 20
    written = base64.b64encode(os.urandom(size))
    head, _, tail = msgspec.json.encode(message(domain, attachments=[file(b"?")])).partition(b"Pw==")

    async def body() -> object:
        yield head
        for at in range(0, len(written), 65536):
            yield written[at : at + 65536]
        yield tail

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    headers = tenant.headers | {"Content-Type": "application/json"}
    answers = await asyncio.gather(
        *(client.post("/v1/messages", content=body(), headers=headers) for _ in range(count))  # type: ignore[arg-type]
    )
    assert {answer.status_code for answer in answers} == {202}
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown * 1024 < count * size / 2
