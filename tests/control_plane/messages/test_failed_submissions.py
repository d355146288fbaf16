"""What a node took and could not be sent: shown as it came, and sent again only as if it came now."""

import os
from typing import Any

import httpx
import msgspec
import pytest

from control_plane.core.database import Database
from control_plane.core.runtime import Runtime
from control_plane.mail_domains.errors import DomainNotUsable
from control_plane.messages import service
from control_plane.messages.raw import RawSubmission
from tests.conftest import MakeDomain, Tenant
from tests.control_plane.messages.conftest import Limit
from tests.control_plane.messages.test_large_files import kept, stored
from tests.control_plane.messages.test_submitting import submission

LARGE = os.urandom(300_000)


async def keep(
    runtime: Runtime, client: httpx.AsyncClient, tenant: Tenant, mail: RawSubmission, *, is_aside: bool = True
) -> str:
    """Keep it as one that failed; gives the message's id."""
    await service.keep_failed(runtime.db, runtime.clock, mail, DomainNotUsable(), runtime.blobs if is_aside else None)
    [listed] = (await client.get("/v1/messages", headers=tenant.headers)).json()["data"]
    assert listed["status"] == "failed"
    return str(listed["id"])


async def raw(client: httpx.AsyncClient, tenant: Tenant, message_id: str) -> bytes:
    answer = await client.get(f"/v1/messages/{message_id}/raw", headers=tenant.headers)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "message/rfc822"), answer.text
    return answer.content


async def resend(client: httpx.AsyncClient, tenant: Tenant, message_id: str, *recipients: str) -> httpx.Response:
    body = {"recipients": recipients}
    return await client.post(f"/v1/messages/{message_id}/resend", json=body, headers=tenant.headers)


def faults(answer: httpx.Response) -> tuple[str, list[str]]:
    problem: dict[str, Any] = answer.json()
    return problem["code"], [each["path"] for each in problem["errors"]]


def with_body(mail: RawSubmission, body: bytes) -> RawSubmission:
    return msgspec.structs.replace(mail, raw=mail.raw.removesuffix(b"Hi") + body)


async def test_its_author_is_asked_for_again_and_not_its_envelopes_sender(
    client: httpx.AsyncClient, runtime: Runtime, tenant: Tenant, stranger: Tenant, domain: str, make_domain: MakeDomain
) -> None:
    theirs = await make_domain(stranger, "theirs")
    message_id = await keep(runtime, client, tenant, submission(tenant, theirs, sender=f"www@{domain}"))
    assert faults(await resend(client, tenant, message_id)) == ("domain_not_usable", ["from.email"])


@pytest.mark.parametrize(
    ("header", "path"),
    [("X-Fleetpost-Stream: nonsense", "headers.X-Fleetpost-Stream"), ("From: eve@else.test", "headers.From")],
)
async def test_what_was_wrong_with_it_still_is(
    client: httpx.AsyncClient, runtime: Runtime, tenant: Tenant, domain: str, header: str, path: str
) -> None:
    message_id = await keep(runtime, client, tenant, submission(tenant, domain, header, sender=f"www@{domain}"))
    assert faults(await resend(client, tenant, message_id)) == ("validation_failed", [path])


@pytest.mark.parametrize("body", [b"Hi", LARGE.replace(b"\r", b"").replace(b"\n", b"")], ids=["small", "large"])
async def test_sent_again_it_says_what_it_would_have_said(
    client: httpx.AsyncClient, runtime: Runtime, tenant: Tenant, domain: str, body: bytes
) -> None:
    ours = ["X-Fleetpost-Passed-On: cv=pass; spf=pass", "Bcc: zoe@else.test", "X-Fleetpost-Tag: order"]
    mail = submission(tenant, domain, *ours, recipients=("bob@else.test", "zoe@else.test"), sender="www@shop.test")
    message_id = await keep(runtime, client, tenant, with_body(mail, body))
    again = await resend(client, tenant, message_id)
    assert again.status_code == 202, again.text
    shown = (await client.get(f"/v1/messages/{again.json()['id']}", headers=tenant.headers)).json()
    assert (shown["from"], shown["tags"]) == (f"ann@{domain}", ["order"])
    kinds = {each["email"]: each["kind"] for each in shown["recipients"]}
    assert kinds == {"bob@else.test": "to", "zoe@else.test": "bcc"}
    header, _, said = (await raw(client, tenant, again.json()["id"])).partition(b"\r\n\r\n")
    assert said == body
    assert b"fleetpost-" not in header.lower()
    assert b"Bcc" not in header


async def test_it_may_be_sent_again_to_some(
    client: httpx.AsyncClient, runtime: Runtime, tenant: Tenant, domain: str
) -> None:
    mail = submission(tenant, domain, recipients=("bob@else.test", "zoe@else.test"))
    again = await resend(client, tenant, await keep(runtime, client, tenant, mail), "zoe@else.test")
    assert [each["email"] for each in again.json()["recipients"]] == ["zoe@else.test"]


async def test_it_is_sent_again_within_the_plan_only(
    client: httpx.AsyncClient, runtime: Runtime, tenant: Tenant, domain: str, limit: Limit
) -> None:
    await limit(tenant, message_bytes=256 * 1024)
    message_id = await keep(runtime, client, tenant, with_body(submission(tenant, domain), LARGE))
    refused = await resend(client, tenant, message_id)
    assert faults(refused) == ("validation_failed", ["attachments"])
    assert refused.json()["errors"][0]["message"] == "Your plan allows messages of at most 256 KiB."


@pytest.mark.parametrize("body", [b"Hi\n", LARGE], ids=["small", "large"])
async def test_it_is_shown_as_it_came(
    client: httpx.AsyncClient, runtime: Runtime, tenant: Tenant, domain: str, body: bytes
) -> None:
    mail = with_body(submission(tenant, domain, "Bcc: zoe@else.test"), body)
    assert await raw(client, tenant, await keep(runtime, client, tenant, mail)) == mail.raw


async def test_what_is_no_mail_is_shown_too(client: httpx.AsyncClient, runtime: Runtime, tenant: Tenant) -> None:
    mail = msgspec.structs.replace(submission(tenant, "else.test"), raw=b"")
    assert await raw(client, tenant, await keep(runtime, client, tenant, mail)) == b""


async def test_a_large_one_lies_apart_and_is_kept_for_it(
    client: httpx.AsyncClient, runtime: Runtime, db: Database, tenant: Tenant, domain: str
) -> None:
    await keep(runtime, client, tenant, with_body(submission(tenant, domain), LARGE))
    [content] = await stored(db, tenant)
    assert not isinstance(content.raw, bytes)
    assert await kept(db, tenant) == 1


async def test_one_that_was_kept_whole_is_shown_and_sent_again(
    client: httpx.AsyncClient, runtime: Runtime, tenant: Tenant, domain: str
) -> None:
    mail = with_body(submission(tenant, domain), LARGE.replace(b"\r", b"").replace(b"\n", b""))
    message_id = await keep(runtime, client, tenant, mail, is_aside=False)
    assert await raw(client, tenant, message_id) == mail.raw
    assert (await resend(client, tenant, message_id)).status_code == 202
