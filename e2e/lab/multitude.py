"""Very many messages of mixed fates: sent by the API, told by webhook and cursor, and taken stock of at the end."""

import csv
import io
import random
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import httpx

from control_plane.core import ids
from e2e.lab.account import Account, Evidence, Stored, facts_of, take_stock
from e2e.lab.asking import ask
from e2e.lab.fates import Fate, Fates, address, fate_of, fates
from e2e.lab.lab import Lab
from e2e.lab.plan import TENANT_MAILBOX
from e2e.lab.reader import Reader
from e2e.lab.tenant import trust

BATCH = 250
_PER_THOUSAND: dict[Fate, int] = {"refused": 25, "returned": 5, "later": 50, "complained": 1}
"""3 % bounce, a sixth of these after they were taken; 5 % are put off; 0.1 % complain."""
_EVENTS: dict[Fate, int] = {"taken": 3, "later": 4, "refused": 3, "returned": 4, "complained": 4}
"""So many are told of each, if it is put off once."""
_TYPES = [f"message.{kind}" for kind in ("accepted", "queued", "deferred", "delivered", "bounced", "complained")]
_OF_TAG = "select id, type, recipient from events where recipient like $1 || '.%' and type like 'message.%'"
_LOOK_SECONDS = 1.0
_FLUSH_SECONDS = 5.0
_EXPORT_SECONDS = 600.0


def run(lab: Lab, *, messages: int, seconds: float, seed: int = 1) -> Account:
    """Send so many, wait until all is told or nothing comes for so many seconds, and take stock."""
    trust(lab)  # 3 % of bounces are more than is had patience with for long
    tag, began = f"m{secrets.token_hex(4)}", time.monotonic()
    people = _people(tag, messages, random.Random(seed))
    with fates(lab) as world, _webhook(lab, world), Reader(lab) as reader:
        _send_all(lab, tag, people)
        _bring(lab, world, people, seconds)
        through = time.monotonic() - began
        stored = _told(lab, tag, people, seconds)
        _patiently(lambda: stored.keys() <= {call.id for call in world.calls()}, seconds)
        _patiently(lambda: stored.keys() <= {event.id for event in reader.seen}, seconds)
        return take_stock(
            Evidence(
                people=people,
                said=world.said(),
                states=_states(lab, tag),
                stored=stored,
                called=world.calls(),
                read=[event.id for event in reader.seen],
                seconds=through,
            )
        )


def _people(tag: str, messages: int, chance: random.Random) -> list[str]:
    everybody: list[Fate] = [fate for fate, share in _PER_THOUSAND.items() for _ in range(messages * share // 1000)]
    while len(everybody) < messages:
        everybody.append("taken")
    chance.shuffle(everybody)
    return [address(tag, number, fate) for number, fate in enumerate(everybody)]


@contextmanager
def _webhook(lab: Lab, world: Fates) -> Iterator[None]:
    """Have what happens told, and to nobody else meanwhile."""
    with lab.api() as api:
        others = [each["id"] for each in api.get("/v1/webhooks").raise_for_status().json()["data"]]
        _switch(api, others, "disabled")
        made = api.post("/v1/webhooks", json={"url": world.url, "events": _TYPES}).raise_for_status().json()
        world.expect_signed_by(made["secrets"][0])
        try:
            yield
        finally:
            api.delete(f"/v1/webhooks/{made['id']}").raise_for_status()
            _switch(api, others, "active")


def _switch(api: httpx.Client, webhooks: Sequence[str], status: str) -> None:
    for each in webhooks:
        api.patch(f"/v1/webhooks/{each}", json={"status": status}).raise_for_status()


def _send_all(lab: Lab, tag: str, people: Sequence[str]) -> None:
    with lab.api() as api:
        for start in range(0, len(people), BATCH):
            _send(api, tag, people[start : start + BATCH])


def _send(api: httpx.Client, tag: str, people: Sequence[str]) -> None:
    batch = [
        {"from": {"email": TENANT_MAILBOX}, "to": [{"email": each}], "subject": "Many", "text": "Hi\n", "tags": [tag]}
        for each in people
    ]
    results = api.post("/v1/messages/batch", json={"messages": batch}).raise_for_status().json()["results"]
    assert all(result.get("status") == "accepted" for result in results), results


def _bring(lab: Lab, world: Fates, people: Sequence[str], seconds: float) -> None:
    """Wait until the other server has had its last word on each; what it put off is tried at once, not in minutes."""
    put_off = sum(fate_of(each) == "later" for each in people)
    _patiently(lambda: _settled(world) >= len(people) - put_off, seconds)
    deadline = time.monotonic() + seconds
    while _settled(world) < len(people) and time.monotonic() < deadline:
        for node in lab.nodes:
            node.run(["postqueue", "-f"])
        _patiently(lambda: _settled(world) >= len(people), _FLUSH_SECONDS)


def _settled(world: Fates) -> int:
    return sum(fact.state is not None for fact in facts_of(world.said()).values())


def _told(lab: Lab, tag: str, people: Sequence[str], seconds: float) -> dict[str, Stored]:
    """Wait until as much is stored as there should be; gives it."""
    expected = sum(_EVENTS[fate_of(each)] for each in people)
    _patiently(lambda: len(_stored(lab, tag)) >= expected, seconds)
    return _stored(lab, tag)


def _stored(lab: Lab, tag: str) -> dict[str, Stored]:
    rows = ask(lab, _OF_TAG, tag)
    return {
        ids.encode("evt", row["id"]): Stored(row["type"].removeprefix("message."), row["recipient"]) for row in rows
    }


def _states(lab: Lab, tag: str) -> list[tuple[str, str]]:
    """Ask the API for all recipients' states, as a customer would."""
    with lab.api() as api:
        answer = api.get("/v1/messages/export", params={"query": f"tag:{tag}"}, timeout=_EXPORT_SECONDS)
    return [(row["to"], row["status"]) for row in csv.DictReader(io.StringIO(answer.raise_for_status().text))]


def _patiently(over: Callable[[], bool], seconds: float) -> None:
    """Wait, and go on in any case: what is missing is counted."""
    deadline = time.monotonic() + seconds
    while not over() and time.monotonic() < deadline:
        time.sleep(_LOOK_SECONDS)
