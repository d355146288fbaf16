"""Several nodes as one fleet: one joins, one dies and returns, and providers are spoken to as they want to be."""

import os
import signal
import time
from collections import Counter, defaultdict
from collections.abc import Iterator

import httpx
import pytest

from e2e.conftest import Up, events_of, wait_for_event
from e2e.lab.commands import run, wait_until
from e2e.lab.lab import Lab
from e2e.lab.meter import Meter, Mood, meter, most_at_once
from e2e.lab.node import Node
from e2e.lab.plan import NodePlan, SendingIp
from e2e.lab.tenant import wait_for_nodes

BATCH = 250
SECONDS = 120.0
MOST_ON_THE_WIRE = 20
"""Connections of a node to one provider: ten of each of its two addresses."""
POOL_ON_EACH = 2
"""Transactional addresses of each node, so six on three."""

CLASSES = [
    {"name": "big", "mx_suffixes": [".big.test"], "connections": 2, "messages_per_connection": 8},
    {"name": "small", "mx_suffixes": [".small.test"], "connections": 1, "messages_per_connection": 4},
    {"name": "busy", "domains": ["busy.test"], "connections": 2, "messages_per_connection": 10},
]
RULE = {
    "name": "busy-pauses",
    "provider": "busy",
    "pattern": "too many messages",
    "threshold": 2,
    "within_seconds": 60,
    "action": "suspend",
    "for_seconds": 20,
}


@pytest.fixture
def operator(up: Up) -> Iterator[httpx.Client]:
    """The API with the operator's key."""
    with httpx.Client(base_url=up.api, headers={"Authorization": f"Bearer {up.operator_key}"}, timeout=60) as client:
        yield client


@pytest.fixture
def world(lab: Lab) -> Iterator[Meter]:
    """Providers that measure."""
    with meter(lab) as running:
        yield running


@pytest.fixture
def shaped(lab: Lab, operator: httpx.Client) -> Iterator[None]:
    """Classes and a rule of this test's own in force on all nodes."""
    changes = {"classes": CLASSES, "rules": [RULE]}
    body = {"changes": changes, "reason": "The journey of the fleet"}
    operator.put("/v1/shaping-rules", json=body).raise_for_status()
    wait_for_nodes(lab)
    yield
    operator.put("/v1/shaping-rules", json={"changes": {}, "reason": "It is over"}).raise_for_status()
    wait_for_nodes(lab)


def send(api: httpx.Client, up: Up, people: list[str]) -> dict[str, str]:
    """Send a message to each; gives its id by the person."""
    ids: dict[str, str] = {}
    for start in range(0, len(people), BATCH):
        some = people[start : start + BATCH]
        messages = [
            {"from": {"email": up.mailbox}, "to": [{"email": person}], "subject": "Fleet", "text": "Ahoy\n"}
            for person in some
        ]
        answer = api.post("/v1/messages/batch", json={"messages": messages}).raise_for_status()
        ids |= dict(zip(some, [result["id"] for result in answer.json()["results"]], strict=True))
    return ids


def people_at(domain: str, tag: str, count: int) -> list[str]:
    """Make up people of a provider."""
    return [f"{tag}.{number}@{domain}" for number in range(count)]


def transactional(plan: NodePlan) -> list[SendingIp]:
    """Give a node's transactional addresses, registered or spare."""
    return [ip for ip in (*plan.ips, *plan.spare) if ip.pool == "transactional"][:POOL_ON_EACH]


def register(operator: httpx.Client, plan: NodePlan) -> None:
    """Have a node send by one address more."""
    ips = {ip.address: ip for ip in (*plan.ips, *transactional(plan))}.values()
    body = {
        "name": plan.name,
        "hostname": plan.hostname,
        "service_address": plan.address,
        "roles": list(plan.roles),
        "ips": [{"address": ip.address, "stream": ip.pool, "hostname": ip.hostname} for ip in ips],
    }
    operator.post("/v1/nodes", json=body).raise_for_status()


def arrived(world: Meter, tag: str, count: int) -> None:
    """Wait until so many mails are there."""
    wait_until(lambda: len(world.mails(tag)) >= count, f"{count} mails have arrived", seconds=SECONDS)


@pytest.mark.timeout(4 * SECONDS)
def test_a_node_joins_while_mail_flows_and_takes_its_share(
    lab: Lab, up: Up, api: httpx.Client, operator: httpx.Client, world: Meter, unique: str
) -> None:
    people = people_at("big.test", unique, 3_000)
    half = len(people) // 2
    send(api, up, people[:half])
    third = lab.node("n3") if lab.state.nodes >= 3 else lab.add_node()
    wait_for_nodes(lab)
    register(operator, third.plan)
    send(api, up, people[half:])
    arrived(world, unique, len(people))
    assert world.copies(unique) == Counter(people)
    assert {mail.source for mail in world.mails(unique)} & {ip.address for ip in transactional(third.plan)}


@pytest.mark.usefixtures("shaped")
def test_six_addresses_keep_to_each_providers_limits(
    lab: Lab, up: Up, api: httpx.Client, operator: httpx.Client, world: Meter, unique: str
) -> None:
    for plan in lab.plans:
        register(operator, plan)
    wait_for_nodes(lab)
    people = [*people_at("big.test", unique, 1_200), *people_at("small.test", unique, 300)]
    send(api, up, people)
    arrived(world, unique, len(people))
    assert world.copies(unique) == Counter(people)
    assert {mail.source for mail in world.mails(unique)} == {
        ip.address for plan in lab.plans for ip in transactional(plan)
    }
    for provider in CLASSES[:2]:
        _check_limits(world, f"{provider['name']}.test", provider)


def _check_limits(world: Meter, domain: str, provider: dict[str, object]) -> None:
    by_source = defaultdict(list)
    for connection in world.connections(domain):
        by_source[connection.source].append(connection)
    assert by_source
    for source, connections in by_source.items():
        assert len(at_once := most_at_once(connections)) <= int(str(provider["connections"])), at_once
        assert max(each.mails for each in connections) <= int(str(provider["messages_per_connection"])), source
        assert max(each.mails for each in connections) > 1, "connections are used again"


@pytest.mark.usefixtures("shaped")
@pytest.mark.timeout(3 * SECONDS)
def test_a_provider_that_answers_421_slows_its_own_class_only(
    lab: Lab, up: Up, api: httpx.Client, operator: httpx.Client, world: Meter, unique: str
) -> None:
    world.be({"busy.test": Mood("421 4.7.0 too many messages, try again later")})
    slow, quick = people_at("busy.test", unique, 100), people_at("small.test", unique, 100)
    ids = send(api, up, [*slow, *quick])
    wait_until(
        lambda: sum(mail.domain == "small.test" for mail in world.mails(unique)) == len(quick),
        "the others' mail has arrived",
        seconds=SECONDS,
    )
    assert not any(mail.domain == "busy.test" for mail in world.mails(unique))
    wait_for_event(api, ids[slow[0]], "message.deferred", "message.queued", "message.accepted")
    world.be({})
    wait_until(lambda: not _reactions(operator), "the pause is over", seconds=SECONDS)
    for node in lab.nodes:
        node.run(["postqueue", "-f"])  # what was deferred before the pause is tried again in five minutes otherwise
    arrived(world, unique, len(slow) + len(quick))
    assert world.copies(unique) == Counter([*slow, *quick])


def _reactions(operator: httpx.Client) -> list[object]:
    nodes = operator.get("/v1/nodes?limit=100").raise_for_status().json()["data"]
    return [reaction for node in nodes for reaction in node["reactions"]]


def die(lab: Lab, node: Node) -> float:
    """Kill everything on a node, then pull its cable; gives the moment."""
    record = lab.processes.find(node.plan.name)
    assert record is not None
    os.kill(record.pid, signal.SIGKILL)
    died_at = time.monotonic()
    run(["ip", "-n", lab.network.namespace("switch"), "link", "set", node.plan.name, "down"])
    return died_at


def rise(lab: Lab, node: Node) -> None:
    """Plug a node in again and start it."""
    run(["ip", "-n", lab.network.namespace("switch"), "link", "set", node.plan.name, "up"])
    node.start()


@pytest.mark.timeout(5 * SECONDS)
def test_a_node_that_dies_holds_nothing_up_and_doubles_nothing_when_it_returns(
    lab: Lab, up: Up, api: httpx.Client, operator: httpx.Client, world: Meter, unique: str
) -> None:
    second = lab.node("n2")
    people = people_at("big.test", unique, 3_000)
    ids = send(api, up, people[:1_000])
    wait_until(lambda: len(world.mails(unique)) > 200, "mail flows", seconds=SECONDS)
    died_at = die(lab, second)
    try:
        ids |= send(api, up, people[1_000:])
        later = people[1_000:]
        wait_until(
            lambda: len({mail.recipient for mail in world.mails(unique)} & set(later)) >= 0.9 * len(later),
            "what the node does not hold leaves elsewhere",
            seconds=SECONDS,
        )
        wait_until(lambda: _status(operator, second) == "lost", "the node is missed", seconds=SECONDS)
    finally:
        rise(lab, second)
    wait_for_nodes(lab)
    wait_until(
        lambda: len({mail.recipient for mail in world.mails(unique)}) == len(people),
        "everything has arrived",
        seconds=SECONDS,
    )
    _check_that_only_what_was_on_the_wire_came_twice(world, unique, second, died_at)
    for person in people[::100]:
        wait_for_event(api, ids[person], "message.delivered", seconds=SECONDS)
        types = Counter(event["type"] for event in events_of(api, ids[person]))
        assert types["message.delivered"] == 1, types


def _check_that_only_what_was_on_the_wire_came_twice(world: Meter, tag: str, node: Node, died_at: float) -> None:
    """Look at what came twice: the other server had it whole, and its 250 met nobody who could write it down.

    No mail server can tell that from a mail that was not taken (RFC 1047), and all of them send it again.
    """
    copies = defaultdict(list)
    for mail in world.mails(tag):
        copies[mail.recipient].append(mail)
    doubled = [sorted(mails, key=lambda mail: mail.at) for mails in copies.values() if len(mails) > 1]
    own = {ip.address for ip in (*node.plan.ips, *node.plan.spare)}
    for first, *again in doubled:
        assert len(again) == 1, again
        assert {first.source, again[0].source} <= own, f"died at {died_at}, but others sent {[first, *again]}"
        assert died_at - 1.0 <= first.at <= died_at + 1.0, "and the first when it died"
    assert len(doubled) <= MOST_ON_THE_WIRE, doubled
    print(f"{len(doubled)} mails were on the wire when the node died, and came twice")


def _status(operator: httpx.Client, node: Node) -> str:
    found = operator.get("/v1/nodes?limit=100").raise_for_status().json()["data"]
    return next(str(each["status"]) for each in found if each["name"] == node.plan.name)
