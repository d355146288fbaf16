"""The TypeScript client under Node, against the real application."""

import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.conftest import Tenant
from tests.node import NODE
from tests.served import run

Script = Callable[[str], Awaitable[list[str]]]

_PRELUDE = """
import * as fleetpost from "fleetpost-client";
import { createHmac } from "node:crypto";
const { Client } = fleetpost;
const client = new Client(process.env.URL, process.env.KEY);
const mail = { from: { email: `ann@${process.env.DOMAIN}` }, to: [{ email: "bob@else.test" }], text: "Hi" };
"""


@pytest.fixture
def script(node_home: Path, api_url: str, tenant: Tenant, domain: str, tmp_path: Path) -> Script:
    """Run a program with a client of a tenant, and give the lines that it prints."""

    async def run_script(source: str) -> list[str]:
        file = node_home / f"{tmp_path.name}.mjs"
        file.write_text(_PRELUDE + source)
        told = {"URL": f"{api_url}/", "KEY": tenant.key, "DOMAIN": domain}
        return (await run(NODE, str(file), env=os.environ | told)).splitlines()

    return run_script


async def test_a_message_is_sent_and_read(script: Script) -> None:
    [status, subject, listed] = await script("""
        const sent = await client.sendMessage({ ...mail, subject: "Grüße", tags: ["greeting"] });
        console.log(sent.status);
        console.log((await client.getMessage(sent.id)).subject);
        const page = await client.listMessages({ tag: "greeting", limit: 1 });
        console.log(page.data[0].id === sent.id);
    """)
    assert (status, subject, listed) == ("accepted", "Grüße", "true")


async def test_the_same_idempotency_key_sends_once(script: Script) -> None:
    assert await script("""
        const first = await client.sendMessage(mail, { idempotencyKey: "once" });
        const again = await client.sendMessage(mail, { idempotencyKey: "once" });
        console.log(first.id === again.id);
    """) == ["true"]


async def test_an_answer_that_is_lost_is_asked_for_again_and_nothing_is_sent_twice(script: Script) -> None:
    """The application did it, and the client did not hear of it."""
    assert await script("""
        let lost = 0;
        const pauses = [];
        const losing = async (...request) => {
          const answer = await fetch(...request);
          if (lost++ === 0) throw new TypeError("the line was cut");
          return answer;
        };
        const sleep = async (seconds) => pauses.push(seconds);
        const unlucky = new Client(process.env.URL, process.env.KEY, { fetch: losing, sleep });
        const sent = await unlucky.sendMessage(mail);
        const all = (await client.listMessages()).data;
        console.log(all.length, all[0].id === sent.id, pauses.length);
    """) == ["1 true 1"]


async def test_a_refusal_is_thrown_by_its_kind(script: Script) -> None:
    lines = await script("""
        for (const call of [
          () => client.getMailbox("mbx_../x"),
          () => client.sendMessage({ from: { email: "ann@nobody.example" } }),
          () => new Client(process.env.URL, "fp_wrong").getMe(),
        ]) {
          const { name, status, code, errors } = await call().catch((error) => error);
          console.log(name, status, code, errors[0]?.path ?? "");
        }
    """)
    assert lines == [
        "NotFound 404 not_found ",
        "Invalid 422 validation_failed to",
        "Unauthenticated 401 unauthenticated ",
    ]


async def test_what_is_deleted_gives_nothing(script: Script) -> None:
    assert await script("""
        const made = await client.createWebhook({ url: "http://127.0.0.1:1/" });
        console.log(await client.deleteWebhook(made.id), (await client.listWebhooks()).data.length);
    """) == ["undefined 0"]


async def test_a_file_is_given_as_it_came(script: Script) -> None:
    [first, *_] = await script("""
        await client.sendMessage({ ...mail, subject: "A, B" });
        const csv = await client.exportMessages();
        console.log(csv instanceof Uint8Array, new TextDecoder().decode(csv).includes('"A, B"'));
    """)
    assert first == "true true"


async def test_a_list_is_gone_through_page_by_page(script: Script) -> None:
    assert await script("""
        for (const number of [0, 1, 2]) await client.createWebhook({ url: `http://127.0.0.1:1/${number}` });
        const seen = [];
        for await (const webhook of client.iterWebhooks({ limit: 2 })) seen.push(webhook.url.at(-1));
        console.log(seen.sort().join());
    """) == ["0,1,2"]


async def test_events_are_read_on_from_a_position(script: Script) -> None:
    assert await script("""
        const types = "message.accepted";
        const count = async (events) => { let seen = 0; for await (const _ of events) seen++; return seen; };
        await client.sendMessage(mail);
        const news = client.iterEvents({ types });
        const first = await count(news);
        await client.sendMessage(mail);
        console.log(first, await count(client.iterEvents({ types, after: news.position })));
    """) == ["1 1"]


async def test_a_change_meets_what_was_read_or_is_refused(script: Script) -> None:
    assert await script("""
        const { id } = await client.createWebhook({ url: "http://127.0.0.1:1/" });
        const ifMatch = client.etagOf(await client.getWebhook(id));
        console.log((await client.getWebhook(id, { ifNoneMatch: ifMatch }).catch((error) => error)).name);
        console.log((await client.changeWebhook(id, { description: "Mine" }, { ifMatch })).description);
        const late = client.changeWebhook(id, { description: "Yours" }, { ifMatch });
        console.log((await late.catch((error) => error)).name);
        console.log(client.etagOf({}));
    """) == ["Unchanged", "Mine", "Changed", "undefined"]


async def test_what_is_left_of_the_rate_can_be_read(script: Script) -> None:
    assert await script("""
        await client.getMe();
        const { limit, remaining } = client.rateLimit;
        console.log(limit > 0, remaining < limit);
    """) == ["true true"]


async def test_a_call_ends_when_it_is_aborted(script: Script) -> None:
    assert await script("""
        const sleep = () => new Promise((done) => setTimeout(done, 60_000));
        const gone = new Client("http://127.0.0.1:1", "fp_x", { sleep });
        try { await gone.getMe({ signal: AbortSignal.timeout(50) }); } catch (error) { console.log(error.name); }
        process.exit();
    """) == ["TimeoutError"]
