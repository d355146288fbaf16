"""Being called and asking: signatures, order, what a dead endpoint does to others, replays, and the cursor."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest
from playwright.sync_api import Browser
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from e2e.browsing import Person
from e2e.conftest import Send, Up, events_of, wait_for_event
from e2e.lab import chaos
from e2e.lab.commands import wait_until
from e2e.lab.fates import address, fates
from e2e.lab.lab import Lab
from e2e.lab.outside.webhooks import SILENCE, Call
from e2e.lab.plan import OUTSIDE_ADDRESS
from e2e.lab.reader import Reader
from e2e.lab.zone import Record
from e2e.test_people_journey import join
from fleetpost_client import Client, Refused, types

SECONDS = 30.0
SOON_SECONDS = 15.0
"""Before a single try at an endpoint that does not answer is given up."""
MANY = 60
NO_CONTENT, BROKEN, GONE = 204, 503, 410


class Endpoint:
    """A customer's address with a webhook to it."""

    def __init__(self, lab: Lab, client: Client, url: str, events: list[str]) -> None:
        self._lab, self._client = lab, client
        self.path = httpx.URL(url).path
        made = client.create_webhook(types.NewWebhook(url=url, events=events))
        self.id, self.secrets = made.id, list(made.secrets)

    def answer(self, status: int) -> None:
        """Answer so from now on."""
        self._lab.outside.answer_webhooks(status, self.path)

    def calls(self) -> list[Call]:
        """List what came."""
        return self._lab.outside.webhooks(self.path)

    def wait_for(self, count: int, seconds: float = SECONDS) -> list[Call]:
        """Wait until so many calls have come."""

        def enough() -> list[Call] | None:
            found = self.calls()
            return found if len(found) >= count else None

        return wait_until(enough, f"{count} calls come to {self.path}", seconds=seconds)

    def told(self) -> list[dict[str, Any]]:
        """Give what was said, each call verified by the library that others use."""
        return [verified(self.secrets[0], call) for call in self.calls()]

    def close(self) -> None:
        """Have no more told."""
        self.answer(NO_CONTENT)
        self._client.delete_webhook(self.id)


Open = Callable[..., Endpoint]


@pytest.fixture
def opened(lab: Lab, fleetpost: Client, up: Up, unique: str) -> Iterator[Open]:
    """Make endpoints, and throw them away at the end."""
    made: list[Endpoint] = []

    def open_one(*events: str, name: str = "hook") -> Endpoint:
        url = f"{up.outside['webhook_url']}/{unique}/{name}"
        made.append(Endpoint(lab, fleetpost, url, list(events) or ["*"]))
        return made[-1]

    yield open_one
    for endpoint in made:
        endpoint.close()


def verified(secret: str, call: Call) -> dict[str, Any]:
    headers = {name.lower(): value for name, value in call.headers.items()}
    payload: dict[str, Any] = Webhook(secret).verify(call.body, headers)
    return payload


def webhook_id(call: Call) -> str:
    return {name.lower(): value for name, value in call.headers.items()}["webhook-id"]


def send_many(api: httpx.Client, up: Up, people: list[str]) -> list[str]:
    """Send a message to each of many people; gives the messages' ids."""
    messages = [
        {"from": {"email": up.mailbox}, "to": [{"email": person}], "subject": "x", "text": "x"} for person in people
    ]
    answer = api.post("/v1/messages/batch", json={"messages": messages}).raise_for_status()
    return [result["id"] for result in answer.json()["results"]]


def test_whats_told_of_a_message_comes_in_order_and_is_what_its_timeline_says(
    lab: Lab, api: httpx.Client, opened: Open, send: Send, unique: str
) -> None:
    endpoint = opened()
    message_id = send(f"greylist+{unique}@else.test", tags=["order"], metadata={"order": "17"})
    wait_for_event(api, message_id, "message.deferred")
    for node in lab.nodes:
        node.run(["postqueue", "-f"])  # else Postfix waits for five minutes
    wait_for_event(api, message_id, "message.delivered", seconds=SECONDS)
    timeline = events_of(api, message_id)
    happened = {each["id"] for each in timeline}
    wait_until(
        lambda: happened <= {payload["data"]["id"] for payload in endpoint.told()},
        "all of the timeline is told",
        seconds=SECONDS,
    )
    told = [payload["data"] for payload in endpoint.told()]
    assert [each["id"] for each in told] == [webhook_id(call) for call in endpoint.calls()]
    about_it = [each for each in told if each.get("message_id") == message_id]
    assert [(each["type"], each["id"]) for each in about_it] == [(each["type"], each["id"]) for each in timeline]
    assert all(each["tags"] == ["order"] and each["metadata"] == {"order": "17"} for each in about_it)


def test_a_new_secret_signs_at_once_and_the_old_one_for_a_while_and_no_other(
    lab: Lab, fleetpost: Client, opened: Open, send: Send, unique: str
) -> None:
    endpoint = opened("message.delivered")
    old = endpoint.secrets[0]
    new = fleetpost.rotate_webhook_secret(endpoint.id).secrets[0]
    send(f"bob+{unique}@else.test")
    (call,) = endpoint.wait_for(1)
    assert verified(old, call) == verified(new, call)
    stranger = fleetpost.rotate_webhook_secret(endpoint.id).secrets[0]
    with pytest.raises(WebhookVerificationError):
        verified(stranger, call)
    with pytest.raises(WebhookVerificationError):
        verified(new, msgspec.structs.replace(call, body=call.body.replace("delivered", "bounced")))


def test_what_was_not_taken_is_told_again_under_the_same_id(
    fleetpost: Client, opened: Open, send: Send, unique: str
) -> None:
    endpoint = opened("message.delivered")
    endpoint.answer(BROKEN)
    send(f"bob+{unique}@else.test")
    endpoint.wait_for(1)
    endpoint.answer(NO_CONTENT)
    first, second = endpoint.wait_for(2)
    assert (first.answered, second.answered) == (BROKEN, NO_CONTENT)
    assert (webhook_id(first), first.body) == (webhook_id(second), second.body)
    (row,) = fleetpost.list_webhook_deliveries(endpoint.id).data
    assert (row.event_id, row.attempts) == (webhook_id(first), 2)


@pytest.mark.parametrize("status", [SILENCE, BROKEN], ids=["silent", "broken"])
def test_a_dead_endpoint_harms_nobody(
    api: httpx.Client, up: Up, fleetpost: Client, opened: Open, unique: str, status: int
) -> None:
    domain = f"@left-{unique}.test"  # so that there is something to tell of, and no mail on its way
    fleetpost.create_suppression(types.SuppressionRequest(email=domain))
    dead, alive = (opened("message.suppressed", name=name) for name in ("dead", "alive"))
    dead.answer(status)
    ids = send_many(api, up, [f"p{number}{domain}" for number in range(MANY)])
    alive.wait_for(MANY, SOON_SECONDS)
    assert {each["data"]["message_id"] for each in alive.told()} == set(ids)
    assert len(dead.calls()) < MANY  # it is held back
    assert fleetpost.get_webhook(alive.id).health.failures == 0


def test_who_is_gone_is_switched_off_people_are_told_and_a_replay_brings_what_was_missed(
    browser: Browser, lab: Lab, api: httpx.Client, up: Up, fleetpost: Client, opened: Open, send: Send, unique: str
) -> None:
    admin = f"admin+{unique}@else.test"
    member_id = add_admin(browser, lab, up, fleetpost, admin)
    endpoint, began = opened("message.delivered"), datetime.now(UTC)
    endpoint.answer(GONE)
    first = send(f"bob+{unique}@else.test")
    wait_until(lambda: fleetpost.get_webhook(endpoint.id).status == "disabled", "it is off", seconds=SECONDS)
    assert fleetpost.get_webhook(endpoint.id).disabled_reason == "gone"
    notice = lab.outside.wait_for_mail(admin, count=2)[-1]
    assert endpoint.path.encode() in notice.raw
    second = send(f"carol+{unique}@else.test")
    wait_for_event(api, second, "message.delivered")
    endpoint.answer(NO_CONTENT)
    fleetpost.change_webhook(endpoint.id, types.WebhookChange(status="active"))
    missed = fleetpost.get_webhook(endpoint.id).missed_since
    assert missed is not None
    assert began - timedelta(seconds=1) <= missed
    fleetpost.replay_webhook(endpoint.id, types.NewReplay(since=began))
    endpoint.wait_for(3)
    told = [each["data"]["message_id"] for each in endpoint.told()]
    assert (told[0], sorted(told[1:])) == (first, sorted([first, second]))
    fleetpost.remove_member(member_id)


def add_admin(browser: Browser, lab: Lab, up: Up, fleetpost: Client, address: str) -> str:
    """Have somebody join the account, who is written to; gives the member's id."""
    account = fleetpost.get_me().tenant.name
    fleetpost.create_invitation(types.NewInvitation(email=address, role="admin"))
    join(Person(browser, up.portal), lab, address, account)
    return next(each.id for each in fleetpost.list_members(limit=100).data if each.email == address)


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:169.254.169.254]/latest/meta-data",
        "https://169.254.169.254/latest/meta-data",
        "https://192.168.1.1/",
        "https://0x7f.1/",
        "https://localhost/",
        "http://198.51.100.7/",
        "gopher://hooks.else.test/",
        "https://user:secret@hooks.else.test/",
    ],
)
def test_nobody_is_called_inside_our_own_walls(fleetpost: Client, url: str) -> None:
    with pytest.raises(Refused) as refused:
        fleetpost.create_webhook(types.NewWebhook(url=url))
    assert [error.path for error in refused.value.problem.errors] == ["url"]


def test_a_name_that_turns_inwards_later_is_not_followed(lab: Lab, fleetpost: Client, send: Send, unique: str) -> None:
    host = f"rebind-{unique}.test"
    lab.publish([Record(host, "A", OUTSIDE_ADDRESS)])
    made = fleetpost.create_webhook(types.NewWebhook(url=f"https://{host}/{unique}", events=["message.accepted"]))
    lab.publish([Record(host, "A", "127.0.0.1")])
    send(f"bob+{unique}@else.test")

    def tried() -> types.WebhookDelivery | None:
        rows = fleetpost.list_webhook_deliveries(made.id).data
        return rows[0] if rows and rows[0].attempts else None

    row = wait_until(tried, "it was tried", seconds=SECONDS)
    assert row.response_status is None
    assert "must not be reached" in (row.response_excerpt or "")
    fleetpost.delete_webhook(made.id)


def test_the_cursor_skips_and_repeats_nothing_while_the_worker_is_killed(
    lab: Lab, api: httpx.Client, up: Up, fleetpost: Client, unique: str
) -> None:
    people = [address(unique, number, "taken") for number in range(2 * MANY)]
    events = [f"message.{kind}" for kind in ("accepted", "queued", "delivered")]
    with fates(lab) as world, Reader(lab, page=25) as reader:
        made = fleetpost.create_webhook(types.NewWebhook(url=world.url, events=events))
        world.expect_signed_by(made.secrets[0])
        ids = send_many(api, up, people[:MANY])
        chaos.kill_worker(lab)
        ids += send_many(api, up, people[MANY:])
        for message_id in ids:
            wait_for_event(api, message_id, "message.delivered", seconds=2 * SECONDS)
        stored = {event["id"] for message_id in ids for event in events_of(api, message_id)}
        assert len(stored) == len(events) * len(ids)
        wait_until(lambda: stored <= {event.id for event in reader.seen}, "the reader has all", seconds=SECONDS)
        wait_until(
            lambda: stored <= {call.id for call in world.calls()}, "the webhook is told all", seconds=2 * SECONDS
        )
        fleetpost.delete_webhook(made.id)
    times = Counter(event.id for event in reader.seen)
    assert {event_id: count for event_id, count in times.items() if count > 1} == {}
