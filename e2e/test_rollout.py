"""Changes of how nodes work, brought to a fleet of three: a good one reaches all, broken ones stop at the canary."""

import shutil
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from e2e.conftest import Up
from e2e.lab.commands import wait_until
from e2e.lab.lab import Lab
from e2e.lab.meter import Meter, meter
from e2e.lab.node import PACKAGES, Node
from e2e.lab.tenant import wait_for_nodes

Json = dict[str, Any]

SECONDS = 90.0
SOAK_SECONDS = 2
PROBE = "probe+{}@else.test"
PACE_SECONDS = 0.25
CANARY, OTHERS = "n2", ("n1", "n3")
NONSENSE, UNBOUND = 902, 903

_RENDERERS = '''\
"""Two renderers with a mistake each."""

import msgspec

from tenant_agent.render import first


def _with(tree, path, change):
    return tree | {path: msgspec.structs.replace(tree[path], text=change(tree[path].text))}


def nonsense(service, design, place):
    """Postfix's own tools find this one out."""
    tree = first.render(service, design, place)
    return _with(tree, "main.cf", lambda text: text + "smtp_nonsense = 1\\n") if service == "postfix" else tree


def unbound(service, design, place):
    """Nothing is wrong with this one but that no mail leaves: the address is nobody's here."""
    tree = first.render(service, design, place)
    wrong = lambda text: text.replace("smtp_bind_address = 10.77.", "smtp_bind_address = 10.79.")
    return _with(tree, "master.cf", wrong) if service == "postfix" else tree
'''


@pytest.fixture(scope="module")
def operator(up: Up) -> Iterator[httpx.Client]:
    """The API with the operator's key."""
    with httpx.Client(base_url=up.api, headers={"Authorization": f"Bearer {up.operator_key}"}, timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def fleet(lab: Lab, operator: httpx.Client) -> Iterator[dict[str, Node]]:
    """Three nodes that have the broken renderers in stock, and none of them in force."""
    while lab.state.nodes < 3:
        lab.add_node()
    wait_for_nodes(lab)
    nodes = {node.plan.name: node for node in lab.nodes}
    left = operator.post("/v1/rollouts", json={"kind": "daemons", "daemons": {}, "soak_seconds": 0})
    if left.is_success:  # of a run that was broken off
        ended(operator, str(left.json()["id"]))
    for node in nodes.values():
        install(node)
    yield nodes
    for node in nodes.values():
        shutil.rmtree(packages(node))
        node.kill("agent")
    wait_for_nodes(lab)


def packages(node: Node) -> Path:
    """Say where the node's packages are, as seen from the machine."""
    return node.directory / "etc-fleetpost" / Path(PACKAGES).name


def install(node: Node) -> None:
    """Install a package of renderers on a node; its agent finds it when it starts."""
    there = packages(node)
    metadata = there / "broken_renderers-1.0.dist-info"
    metadata.mkdir(parents=True, exist_ok=True)
    (there / "broken_renderers.py").write_text(_RENDERERS)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: broken_renderers\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(
        f"[fleetpost.renderers]\n{NONSENSE} = broken_renderers:nonsense\n{UNBOUND} = broken_renderers:unbound\n"
    )
    node.kill("agent")


def start(operator: httpx.Client, tag: str, **change: object) -> str:
    """Begin a roll-out at the canary; nodes must have said that they know what it is about."""
    body = {
        **change,
        "canary": [CANARY],
        "waves": [50, 100],
        "soak_seconds": SOAK_SECONDS,
        "probe_address": PROBE.format(tag),
    }

    def begun() -> str | None:
        answer = operator.post("/v1/rollouts", json=body)
        return str(answer.json()["id"]) if answer.is_success else None

    return wait_until(begun, f"the roll-out of {change} begins", seconds=SECONDS)


def ended(operator: httpx.Client, rollout_id: str) -> Json:
    """Wait until a roll-out is over."""

    def over() -> Json | None:
        found: Json = operator.get(f"/v1/rollouts/{rollout_id}").raise_for_status().json()
        return None if found["status"] in ("running", "paused", "rolling_back") else found

    return wait_until(over, f"{rollout_id} is over", seconds=SECONDS)


def nodes_of(rollout: Json) -> dict[str, Json]:
    """Give each node's part, by its name."""
    return {node["name"]: node for node in rollout["nodes"]}


def diffs_of(operator: httpx.Client, rollout_id: str) -> list[Json]:
    """Give what nodes told of a roll-out."""
    found: list[Json] = operator.get(f"/v1/rollouts/{rollout_id}/diffs").raise_for_status().json()["data"]
    return found


def files_of(node: Node) -> dict[str, tuple[int, str]]:
    """Give when Postfix's files were written, and what they say."""
    paths = [node.directory / "etc-postfix" / name for name in ("main.cf", "master.cf")]
    return {path.name: (path.stat().st_mtime_ns, path.read_text()) for path in paths}


class Flow:
    """Mail that is sent all the time."""

    def __init__(self, api: httpx.Client, up: Up, world: Meter, tag: str) -> None:
        self._api = api
        self._sender = up.mailbox
        self._world = world
        self._tag = tag
        self.people: list[str] = []
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._send_for_ever)

    def begin(self) -> None:
        self._thread.start()

    def end(self) -> None:
        self._is_over.set()
        self._thread.join()

    def sources(self) -> set[str]:
        """Give the addresses that mail has come from so far."""
        return {mail.source for mail in self._world.mails(self._tag)}

    def _send_for_ever(self) -> None:
        while not self._is_over.wait(PACE_SECONDS):
            some = [f"{self._tag}.{len(self.people) + number}@big.test" for number in range(6)]
            messages = [
                {"from": {"email": self._sender}, "to": [{"email": person}], "subject": "Flow", "text": "Ahoy\n"}
                for person in some
            ]
            self._api.post("/v1/messages/batch", json={"messages": messages}).raise_for_status()
            self.people += some


@contextmanager
def flowing(api: httpx.Client, up: Up, world: Meter, tag: str, fleet: dict[str, Node]) -> Iterator[Flow]:
    """Send mail meanwhile: all of it arrives, once, and by every node."""
    flow = Flow(api, up, world, tag)
    flow.begin()
    try:
        yield flow
        for node in fleet.values():
            own = {ip.address for ip in node.plan.ips}
            wait_until(lambda own=own: bool(own & flow.sources()), f"{node.plan.name} sends", seconds=SECONDS)  # type: ignore[misc]
    finally:
        flow.end()
    for node in fleet.values():
        node.run(["postqueue", "-f"])  # what was deferred at the canary is tried again in five minutes otherwise
    wait_until(lambda: len(world.copies(tag)) == len(flow.people), "all mail has arrived", seconds=SECONDS)
    assert world.copies(tag) == Counter(flow.people)


@pytest.fixture(scope="module")
def world(lab: Lab) -> Iterator[Meter]:
    """Providers that count what they get."""
    with meter(lab) as running:
        yield running


@pytest.mark.timeout(3 * SECONDS)
def test_a_good_change_reaches_all_in_waves_while_mail_flows(
    lab: Lab, up: Up, api: httpx.Client, operator: httpx.Client, fleet: dict[str, Node], world: Meter, unique: str
) -> None:
    parameters = {"postfix": {"smtp_helo_timeout": "61s"}, "dovecot": {"mail_prefetch_count": "5"}, "rspamd": {}}
    with flowing(api, up, world, unique, fleet):
        rollout_id = start(operator, unique, kind="daemons", daemons=parameters)
        rollout = ended(operator, rollout_id)
    assert (rollout["status"], rollout["cause"]) == ("completed", None)
    parts = nodes_of(rollout)
    assert {name: part["state"] for name, part in parts.items()} == dict.fromkeys(fleet, "passed")
    assert parts[CANARY]["stage"] == 0
    assert all(parts[CANARY]["published_at"] < parts[name]["published_at"] for name in OTHERS)
    verdicts = {gate["name"]: gate["verdict"] for part in parts.values() for gate in part["gates"]}
    assert set(verdicts.values()) == {"passed"}, verdicts
    lab.outside.wait_for_mail(PROBE.format(unique), count=3)
    told = {(diff["name"], diff["service"]) for diff in diffs_of(operator, rollout_id)}
    assert told == {("n1", "postfix"), ("n1", "dovecot"), ("n2", "postfix"), ("n3", "postfix")}
    assert all(
        "+smtp_helo_timeout = 61s" in d["diff"] for d in diffs_of(operator, rollout_id) if d["service"] != "dovecot"
    )
    for node in fleet.values():
        assert node.run(["postconf", "-h", "smtp_helo_timeout"]).strip() == "61s"


@pytest.mark.timeout(3 * SECONDS)
def test_what_the_daemons_own_tools_refuse_never_serves_anywhere(
    up: Up, api: httpx.Client, operator: httpx.Client, fleet: dict[str, Node], world: Meter, unique: str
) -> None:
    before = {name: files_of(node) for name, node in fleet.items()}
    with flowing(api, up, world, unique, fleet):
        rollout_id = start(operator, unique, kind="renderer", renderer=NONSENSE)
        rollout = ended(operator, rollout_id)
    assert rollout["status"] == "rolled_back"
    assert rollout["cause"].startswith(CANARY)
    assert "unused parameter: smtp_nonsense=1" in rollout["cause"]
    _check_that_others_never_had_it(operator, rollout, before, fleet)
    assert files_of(fleet[CANARY]) == before[CANARY], "it was not even put in place"


@pytest.mark.timeout(3 * SECONDS)
def test_what_lets_no_mail_out_stops_at_the_canary_and_goes_back(
    lab: Lab, up: Up, api: httpx.Client, operator: httpx.Client, fleet: dict[str, Node], world: Meter, unique: str
) -> None:
    before = {name: files_of(node) for name, node in fleet.items()}
    with flowing(api, up, world, unique, fleet) as flow:
        rollout_id = start(operator, unique, kind="renderer", renderer=UNBOUND)
        count = len(flow.people)
        rollout = ended(operator, rollout_id)
        wait_until(lambda: len(flow.people) > count + 60, "mail flows on", seconds=SECONDS)
    assert rollout["status"] == "rolled_back"
    assert rollout["cause"].startswith(f"{CANARY} did not pass (probe): its mail did not arrive: ")
    _check_that_others_never_had_it(operator, rollout, before, fleet)
    text = {name: content for name, (_, content) in files_of(fleet[CANARY]).items()}
    assert text == {name: content for name, (_, content) in before[CANARY].items()}, "it has what it had"
    assert lab.outside.mails(PROBE.format(unique)) == []
    assert PROBE.format(unique) not in fleet[CANARY].run(["postqueue", "-j"]), "nor does it come later"


def _check_that_others_never_had_it(
    operator: httpx.Client, rollout: Json, before: dict[str, dict[str, tuple[int, str]]], fleet: dict[str, Node]
) -> None:
    parts = nodes_of(rollout)
    assert {name: parts[name]["state"] for name in OTHERS} == dict.fromkeys(OTHERS, "waiting")
    assert {diff["name"] for diff in diffs_of(operator, rollout["id"])} == {CANARY}
    for name in OTHERS:
        assert files_of(fleet[name]) == before[name]


@pytest.mark.timeout(3 * SECONDS)
def test_a_roll_out_is_undone_by_rolling_out_what_was_before(
    operator: httpx.Client, fleet: dict[str, Node], unique: str
) -> None:
    rollout = ended(operator, start(operator, unique, kind="daemons", daemons={}))
    assert rollout["status"] == "completed"
    for node in fleet.values():
        assert "smtp_helo_timeout" not in node.run(["postconf", "-n"])
