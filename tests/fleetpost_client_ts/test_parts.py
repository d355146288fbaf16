"""The TypeScript client's parts by themselves, under Node: what is tried again, what is believed."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from control_plane.webhooks import signing
from tests.node import NODE, SOURCE
from tests.served import run

Message = dict[str, object]

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECRET, OLD_SECRET = signing.new_secret(), signing.new_secret()
BODY = '{"type":"message.delivered","timestamp":"2026-11-22T12:00:00Z","tenant_id":"ten_1","data":{"subject":"Grüße"}}'


async def lines(home: Path, source: str, **given: object) -> list[str]:
    """Run a program that knows what is given."""
    file = home / "parts.mjs"
    known = f"const given = {json.dumps(given)};\n"
    file.write_text('import * as fleetpost from "fleetpost-client";\n' + known + source)
    return (await run(NODE, str(file), env=dict(os.environ))).splitlines()


_VERIFY = """
const { Webhook, Forged } = fleetpost;
for (const { secrets, body, headers } of given.messages) {
  try {
    const event = await new Webhook(secrets, () => given.now * 1000).verify(body, headers);
    console.log(event.id, event.type, event.data.subject);
  } catch (error) {
    console.log(error instanceof Forged ? "forged" : error);
  }
}
"""


def message(
    *secrets: str, signed_with: tuple[str, ...] = (SECRET,), body: str = BODY, **changes: str
) -> dict[str, object]:
    """Describe a message and who checks it."""
    headers = signing.headers("evt_1", NOW, body.encode(), signed_with)
    return {
        "secrets": secrets,
        "body": body,
        "headers": headers | {name.replace("_", "-"): text for name, text in changes.items()},
    }


@pytest.mark.parametrize("before", ["", "delete globalThis.crypto;"], ids=["Node 20", "as in Node 18"])
async def test_what_the_platform_signs_is_believed_and_nothing_else(node_home: Path, before: str) -> None:
    ours = [
        message(SECRET),
        message(OLD_SECRET, signed_with=(SECRET, OLD_SECRET)),
        message(SECRET, OLD_SECRET, signed_with=(OLD_SECRET,)),
    ]
    later = str(int(NOW.timestamp()) + 1)
    forged = [
        message(OLD_SECRET),
        message(SECRET, webhook_id="evt_2"),
        message(SECRET, webhook_timestamp=later),
        message(SECRET, webhook_timestamp=""),
        message(SECRET, webhook_signature=""),
        message(SECRET, webhook_signature="v1,*** v2,x v1,"),
        message(SECRET, body="[]"),
        message(SECRET) | {"body": BODY + " "},
    ]
    printed = await lines(node_home, before + _VERIFY, messages=[*ours, *forged], now=NOW.timestamp())
    assert printed == ["evt_1 message.delivered Grüße"] * len(ours) + ["forged"] * len(forged)


@pytest.mark.parametrize(("seconds", "said"), [(-301, "forged"), (-299, "evt_1"), (299, "evt_1"), (301, "forged")])
async def test_an_old_message_is_not_believed_nor_one_of_the_future(node_home: Path, seconds: int, said: str) -> None:
    [line] = await lines(node_home, _VERIFY, messages=[message(SECRET)], now=NOW.timestamp() + seconds)
    assert line.startswith(said)


async def test_a_secret_that_is_none_is_refused_at_once(node_home: Path) -> None:
    printed = await lines(
        node_home,
        """
        for (const secrets of [undefined, "", "whsec_", "whsec_***", [], ["whsec_ü"]]) {
          try { new fleetpost.Webhook(secrets); } catch (error) { console.log(error.name); }
        }
        """,
    )
    assert printed == ["TypeError"] * 6


_ANSWERS = """
const { Client } = fleetpost;
function problem(status, code, headers = {}) {
  const told = { type: "about:blank", title: "", status, detail: "Oh.", code };
  return new Response(JSON.stringify(told), { status, headers });
}
const done = () => new Response('{"id":"msg_1","recipients":[]}', { status: 202 });
const send = (client) => client.sendMessage({ from: { email: "ann@acme.test" } });
async function tell(answers, options = {}, call = send) {
  const keys = [], pauses = [];
  async function fetch(url, { headers }) {
    keys.push(headers["Idempotency-Key"]);
    const next = answers.shift();
    if (next instanceof Error) throw next;
    return next;
  }
  const sleep = async (seconds) => { pauses.push(seconds); };
  const client = new Client("https://api.test", "fp_x", { fetch, sleep, ...options });
  const outcome = await call(client).then((sent) => sent?.id ?? "nothing", (error) => error.name);
  console.log(JSON.stringify({ outcome, pauses, keys: [...new Set(keys)], tries: keys.length }));
}
"""


async def test_what_passes_is_tried_again_under_the_same_key(node_home: Path) -> None:
    printed = await lines(
        node_home,
        _ANSWERS
        + """
        await tell([new TypeError("cut"), problem(503, "x"), done()]);
        await tell([problem(429, "x", { "retry-after": "7" }), done()]);
        await tell([problem(429, "x", { "ratelimit-reset": "3" }), done()]);
        await tell([problem(409, "idempotency_key_in_use", { "retry-after": "1" }), done()]);
        await tell([problem(429, "x", { "retry-after": "86400" })]);
        await tell([problem(409, "conflict")]);
        await tell([problem(501, "x")]);
        await tell([new Response("<h1>Bad gateway</h1>", { status: 502 }), done()]);
        await tell([new TypeError("cut"), new TypeError("cut"), new TypeError("cut"), new TypeError("cut")]);
        await tell([problem(503, "x")], { retrying: { tries: 1 } });
        await tell([new TypeError("cut"), problem(404, "not_found")], {}, (client) => client.deleteWebhook("whk_1"));
        await tell([problem(404, "not_found")], {}, (client) => client.deleteWebhook("whk_1"));
        """,
    )
    told = [json.loads(line) for line in printed]
    assert [(each["outcome"], each["tries"], [int(pause) for pause in each["pauses"]]) for each in told] == [
        ("msg_1", 3, [0, 0]),
        ("msg_1", 2, [7]),
        ("msg_1", 2, [3]),
        ("msg_1", 2, [1]),
        ("TooMany", 1, []),
        ("Conflict", 1, []),
        ("Unavailable", 1, []),
        ("msg_1", 2, [0]),
        ("Unreachable", 4, [0, 0, 1]),
        ("Unavailable", 1, []),
        ("nothing", 2, [0]),
        ("NotFound", 1, []),
    ]
    assert all(len(each["keys"]) == 1 for each in told)
    assert [each["keys"][0] is not None for each in told] == [True] * 9 + [False] * 3


async def test_who_does_not_answer_is_given_up(node_home: Path) -> None:
    printed = await lines(
        node_home,
        """
        import { createServer } from "node:net";
        const silent = createServer(() => {}).listen(0, "127.0.0.1", async () => {
          const options = { timeoutSeconds: 0.05, retrying: { tries: 2 }, sleep: async () => {} };
          const client = new fleetpost.Client(`http://127.0.0.1:${silent.address().port}`, "fp_x", options);
          await client.getMe().catch((error) => console.log(error.name, error.message));
          process.exit();
        });
        """,
    )
    assert printed == ["Unreachable no answer: Error: timed out"]


async def test_an_id_that_would_lead_elsewhere_is_none(node_home: Path) -> None:
    printed = await lines(
        node_home,
        """
        const client = new fleetpost.Client("https://api.test", "fp_x", { fetch: () => { throw new Error("asked"); } });
        for (const id of ["", ".", ".."]) await client.deleteWebhook(id).catch((error) => console.log(error.name));
        """,
    )
    assert printed == ["TypeError"] * 3


async def test_what_cannot_work_is_said_at_once(node_home: Path) -> None:
    printed = await lines(
        node_home,
        """
        for (const [url, key] of [["fleetpost.test", "fp_x"], ["", "fp_x"], ["https://api.test", undefined]]) {
          try { new fleetpost.Client(url, key); } catch (error) { console.log(error.name); }
        }
        """,
    )
    assert printed == ["TypeError"] * 3


async def test_programs_with_types_are_checked(node_home: Path) -> None:
    """What is written right compiles; what is written wrong does not."""
    source = node_home / "typed.ts"
    source.write_text("""
import { Client, type api } from "fleetpost-client";
declare const environment: Record<string, string | undefined>;
const client = new Client("https://api.test", environment["FLEETPOST_API_KEY"]);
const mail: api.NewMessage = { from: { email: "ann@acme.test" }, stream: "broadcast" };
export const id: Promise<string> = client.sendMessage(mail, { idempotencyKey: "once" }).then((sent) => sent.id);
// @ts-expect-error there is no such stream
client.sendMessage({ ...mail, stream: "river" });
// @ts-expect-error a sender is needed
client.sendMessage({ text: "Hi" });
// @ts-expect-error no such option
client.listMessages({ colour: "red" });
""")
    compiler = SOURCE / "node_modules" / "typescript" / "bin" / "tsc"
    options = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2022", "--types", ""]
    assert await run(NODE, str(compiler), *options, str(source), env=dict(os.environ)) == ""
