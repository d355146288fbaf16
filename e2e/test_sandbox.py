"""Trying a program: test keys and the simulator's addresses have all events, and the outside sees nothing of them."""

import subprocess
from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from e2e.conftest import Send, Up, events_of, wait_for_event
from e2e.lab import chaos
from e2e.lab.commands import wait_until
from e2e.lab.lab import Lab
from e2e.lab.plan import PLATFORM_ZONE
from e2e.test_smtp_submission import make_key, message_to, port
from e2e.test_webhooks import Open, opened  # noqa: F401 a fixture

SIMULATOR = f"simulator.{PLATFORM_ZONE}"
SECONDS = 60.0
MANY = 100


@pytest.fixture
def tests(up: Up, api: httpx.Client) -> Iterator[httpx.Client]:
    """The API with a test key of the tenant's."""
    made = api.post("/v1/api-keys", json={"name": "tests", "scopes": ["*"], "mode": "test"}).raise_for_status().json()
    assert made["secret"].startswith("fp_test_")
    with httpx.Client(base_url=up.api, headers={"Authorization": f"Bearer {made['secret']}"}, timeout=30) as client:
        yield client


def told(api: httpx.Client, message_id: str) -> list[str]:
    """Give what the timeline of a message's only recipient says."""
    return [event["type"].removeprefix("message.") for event in events_of(api, message_id)]


def send_by(client: httpx.Client, up: Up, *recipients: str) -> dict[str, Any]:
    body = {
        "from": {"email": up.mailbox},
        "to": [{"email": each} for each in recipients],
        "subject": "Hello",
        "text": "Ahoy",
    }
    answer: dict[str, Any] = client.post("/v1/messages", json=body).raise_for_status().json()
    return answer


def test_what_a_test_key_sends_is_told_as_delivered_and_never_arrives(
    lab: Lab,
    up: Up,
    api: httpx.Client,
    tests: httpx.Client,
    send: Send,
    opened: Open,  # noqa: F811
    unique: str,
) -> None:
    endpoint = opened("message.delivered")
    played, sent = f"played+{unique}@else.test", f"sent+{unique}@else.test"
    message_id = send_by(tests, up, played)["id"]
    delivered = wait_for_event(api, message_id, "message.delivered")
    assert delivered["sandbox"]
    assert told(api, message_id) == ["accepted", "queued", "delivered"]
    send(sent)  # what goes out later has arrived
    lab.outside.wait_for_mail(sent)
    assert lab.outside.mails(played) == []

    def marks() -> dict[str, bool]:
        """Give who is marked; others' mail may still be told of."""
        data = [payload["data"] for payload in endpoint.told()]
        return {each["recipient"]: each.get("sandbox", False) for each in data if each["recipient"] in (played, sent)}

    wait_until(lambda: len(marks()) == 2, "the webhook hears of both", seconds=30)
    assert marks() == {played: True, sent: False}


def test_swaks_with_a_test_key_is_told_yes_and_nothing_goes_out(
    lab: Lab, up: Up, api: httpx.Client, send: Send, unique: str
) -> None:
    key = make_key(lab, up, api, mode="test")
    played, sent = f"played+{unique}@else.test", f"sent+{unique}@else.test"
    login = ["--auth", "PLAIN", "--auth-user", key.id, "--auth-password", key.secret]
    said = ["--from", up.mailbox, "--to", played, "--body", "It works."]
    server = f"127.0.0.1:{port(up, 'submission')}"
    done = subprocess.run(
        ["swaks", "--server", server, "--tls", *login, *said], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    message = message_to(api, played)
    assert message["sandbox"]
    wait_for_event(api, message["id"], "message.delivered")
    send(sent)
    lab.outside.wait_for_mail(sent)
    assert lab.outside.mails(played) == []


@pytest.mark.parametrize(
    ("word", "timeline"),
    [
        ("delivered", ["accepted", "queued", "delivered"]),
        ("bounce+550", ["accepted", "queued", "bounced"]),
        ("bounce+5.7.1", ["accepted", "queued", "bounced"]),
        ("defer", ["accepted", "queued", "deferred", "deferred", "delivered"]),
        ("complain", ["accepted", "queued", "delivered", "complained"]),
        ("slow", ["accepted", "queued", "delivered"]),
        ("mailbox-full", ["accepted", "queued", "bounced"]),
        ("suppressed", ["suppressed"]),
    ],
)
def test_each_of_the_simulators_addresses_does_what_it_is_called(
    api: httpx.Client, send: Send, word: str, timeline: list[str]
) -> None:
    message_id = send(f"{word}@{SIMULATOR}")
    wait_until(lambda: told(api, message_id) == timeline, f"{word} has happened", seconds=SECONDS)


def test_of_one_message_some_goes_out_and_some_is_played(lab: Lab, up: Up, api: httpx.Client, unique: str) -> None:
    recipient = f"bob+{unique}@else.test"
    accepted = send_by(api, up, recipient, f"delivered+{unique}@{SIMULATOR}")
    lab.outside.wait_for_mail(recipient)

    def arrived() -> bool:
        shown = api.get(f"/v1/messages/{accepted['id']}").json()["recipients"]
        return {(each["sandbox"], each["status"]) for each in shown} == {(False, "delivered"), (True, "delivered")}

    wait_until(arrived, "both are told as delivered", seconds=SECONDS)


def test_nothing_is_lost_or_told_twice_while_the_worker_is_killed(
    lab: Lab, up: Up, api: httpx.Client, unique: str
) -> None:
    begin = _end_of_events(api)
    recipients = [f"defer+{unique}-{number}@{SIMULATOR}" for number in range(MANY)]
    messages = [
        {"from": {"email": up.mailbox}, "to": [{"email": each}], "subject": "x", "text": "x"} for each in recipients
    ]
    api.post("/v1/messages/batch", json={"messages": messages}).raise_for_status()
    for _ in range(3):
        chaos.kill_worker(lab)
        wait_until(lambda: _happened(api, begin, unique)["queued"] == MANY, "all are on their way", seconds=SECONDS)
    wait_until(lambda: _happened(api, begin, unique)["delivered"] >= MANY, "all have arrived", seconds=2 * SECONDS)
    expected = {"accepted": MANY, "queued": MANY, "deferred": 2 * MANY, "delivered": MANY}
    assert _happened(api, begin, unique) == expected


def test_none_of_it_counts(up: Up, api: httpx.Client, tests: httpx.Client, send: Send) -> None:
    before = _counted(api)
    message_id = send_by(tests, up, "bob@else.test")["id"]
    wait_for_event(api, message_id, "message.delivered")
    wait_for_event(api, send(f"bounce@{SIMULATOR}"), "message.bounced")
    assert _counted(api) == before


def test_a_test_key_calls_no_live_mail_back(api: httpx.Client, tests: httpx.Client, send: Send, unique: str) -> None:
    message_id = send(f"bob+{unique}@else.test")
    refused = tests.post(f"/v1/messages/{message_id}/cancel")
    assert (refused.status_code, refused.json()["code"]) == (403, "sandbox_only")


def _end_of_events(api: httpx.Client) -> str | None:
    after: str | None = None
    while True:
        page = api.get("/v1/events", params={"after": after} if after else {}).raise_for_status().json()
        after = page["next"]
        if not page["more"]:
            return after


def _happened(api: httpx.Client, begin: str | None, unique: str) -> Counter[str]:
    """Count what the cursor tells of the recipients with these letters."""
    found: Counter[str] = Counter()
    after = begin
    while True:
        page = api.get("/v1/events", params={"after": after} if after else {}).raise_for_status().json()
        about_them = (each for each in page["data"] if unique in (each["data"].get("recipient") or ""))
        found.update(each["type"].removeprefix("message.") for each in about_them)
        after = page["next"]
        if not page["more"]:
            return found


def _counted(api: httpx.Client) -> int:
    """Give how many deliveries statistics know of."""
    return sum(int(each["counts"]["deliveries"]) for each in api.get("/v1/stats").raise_for_status().json()["data"])
