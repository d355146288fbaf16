"""A node's page: what it shows, and what can be done from it."""

import secrets
from datetime import timedelta

import msgspec
import pytest

from control_plane.core.clock import FixedClock
from control_plane.core.database import Database
from control_plane.core.ids import NodeId, decode
from control_plane.core.runtime import Runtime
from control_plane.nodes import service as nodes
from control_plane.nodes.link import bounds
from control_plane.nodes.schemas import NewNode
from control_plane.nodes.service import drift, history
from tenant_agent import wire
from tests.conftest import Tenant
from tests.web.conftest import MakePerson, Person

BEAT = wire.Heartbeat(
    at_ms=1,
    generation=0,
    versions={"agent": "0.5", "postfix": "3.7.11"},
    queue={"active": 3, "deferred": 40},
    disk_free_bytes=1_000_000_000,
    disk_total_bytes=50_000_000_000,
    destinations=(
        wire.QueueGroup("slow.test", "big", (1, 2, 3, 4, 5, 6)),
        wire.QueueGroup("<script>alert(1)</script>.test", "", (9, 0, 0, 0, 0, 0)),
    ),
    rspamd={"scanned": 7000, "reject": 12},
    certificates={"held": 4, "days_left": 3},
    errors=("12:00 apply.failed service=postfix",),
)


class Node(msgspec.Struct, frozen=True):
    """A node that has told of itself."""

    id: NodeId
    name: str
    path: str


@pytest.fixture
async def node(runtime: Runtime) -> Node:
    """A node that is ready and has much to tell."""
    name = f"n-{secrets.token_hex(4)}"
    address = f"10.98.{secrets.randbelow(256)}.{secrets.randbelow(256)}"
    new = NewNode(name=name, hostname=f"{name}.fleet.test", service_address=address, roles=("outbound",))
    async with runtime.db.fleet_tx() as tx:
        made = await nodes.register_node(tx, new)
    node_id = NodeId(decode("nod", made.id))
    await nodes.seen(runtime.db, node_id, runtime.clock, BEAT)
    clock = FixedClock(runtime.clock.now() - timedelta(hours=2))
    for _ in range(8):
        await history.take_samples(runtime.db, clock)
        clock.move(timedelta(minutes=15))
    return Node(node_id, name, f"/operator/nodes/{made.id}")


@pytest.fixture
async def ann(make_person: MakePerson, operator: Tenant) -> Person:
    """An operator, signed in."""
    person = await make_person(operator)
    await person.sign_in()
    return person


async def test_its_page_tells_when_its_clock_is_wrong_and_is_silent_when_it_is_right(
    ann: Person, node: Node, runtime: Runtime
) -> None:
    assert "s behind ours: set it" in await ann.see(node.path)
    now_ms = int(runtime.clock.now().timestamp() * 1000)
    for off_ms, tells in ((45_000, True), (5_000, False)):
        beat = msgspec.structs.replace(BEAT, at_ms=now_ms + off_ms)
        await nodes.heard(runtime.db, {node.id: beat}, FixedClock(runtime.clock.now()))
        assert ("s ahead of ours: set it" in await ann.see(node.path)) is tells


async def test_its_page_shows_queue_disk_scanner_certificates_and_errors(ann: Person, node: Node) -> None:
    shown = await ann.see(node.path)
    for words in (
        "slow.test",
        "big",
        "40 deferred",
        "1 GB",
        "of 50 GB",
        "7,000",
        "the first ends in 3 days",
        "apply.failed",
    ):
        assert words in shown, words
    assert "Mails in its queue over the last 24 hours" in shown
    assert "3 on the way, 40 deferred" in shown
    assert "<script>alert" not in (await ann.client.get(node.path)).text


async def test_a_node_is_drained_and_let_serve_again(ann: Person, node: Node) -> None:
    answer = await ann.submit(f"{node.path}/drain")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{node.path}?done=saved")
    assert "It finishes what it has" in await ann.see(node.path)
    await ann.submit(f"{node.path}/undrain")
    assert "It serves." in await ann.see(node.path)


async def test_retiring_one_that_is_not_empty_asks_for_its_name(ann: Person, node: Node) -> None:
    await ann.submit(f"{node.path}/drain")
    assert f"type “{node.name}”" in await ann.see(node.path)
    refused = await ann.submit(f"{node.path}/retire")
    assert (refused.status_code, "43 mails in its queue" in refused.text) == (409, True)
    assert (await ann.submit(f"{node.path}/retire", confirm=node.name)).status_code == 303
    assert "It is out of service." in await ann.see(node.path)


async def test_a_lost_one_is_given_up_with_its_name(ann: Person, node: Node, db: Database) -> None:
    async with db.fleet_tx() as tx:
        await tx.connection.execute("update nodes set status = 'lost' where id = $1", node.id)
    assert "and then arrives twice" in await ann.see(node.path)
    assert (await ann.submit(f"{node.path}/give-up", confirm="another")).status_code == 422
    assert (await ann.submit(f"{node.path}/give-up", confirm=node.name, send_again="yes")).status_code == 303


async def test_a_token_is_shown_once_with_the_command_for_it(ann: Person, node: Node, db: Database) -> None:
    shown = await ann.submit(f"{node.path}/token")
    assert (shown.status_code, "fpe_" in shown.text, "systemctl restart fleetpost-agent" in shown.text) == (
        200,
        True,
        True,
    )
    await ann.submit(f"{node.path}/withdraw-tokens")
    async with db.fleet_tx() as tx:
        live = await tx.connection.fetchval(
            "select count(*) from enrolment_tokens where node_id = $1 and expires_at > now()", node.id
        )
    assert live == 0


async def test_nobody_but_those_in_charge_gets_there(make_person: MakePerson, operator: Tenant, node: Node) -> None:
    bob = await make_person(operator, role="support")
    await bob.sign_in()
    assert (await bob.client.get(node.path)).status_code == 403
    assert (await bob.submit(f"{node.path}/drain")).status_code == 403


async def test_what_was_found_changed_on_it_is_shown(ann: Person, node: Node, runtime: Runtime) -> None:
    assert "Found changed" not in (await ann.client.get(node.path)).text
    found = wire.Drift(service="postfix", what="/etc/postfix/<b>main.cf</b>")
    await drift.note(runtime.db, node.id, [found], runtime.clock)
    shown = (await ann.client.get(node.path)).text
    assert "Found changed" in shown
    assert "/etc/postfix/&lt;b&gt;main.cf&lt;/b&gt;" in shown


async def test_what_replies_led_to_is_shown_while_it_lasts(runtime: Runtime, ann: Person, node: Node) -> None:
    assert "What replies led to" not in (await ann.client.get(node.path)).text
    until_ms = int(runtime.clock.now().timestamp() * 1000) + 60_000
    of_a_class = wire.Reaction(ip_id="ip_1", provider="busy", rule="busy-pauses", action="suspend", until_ms=until_ms)
    of_a_domain = msgspec.structs.replace(of_a_class, provider=wire.GENERIC, domain="small.test", action="slow")
    beat = msgspec.structs.replace(BEAT, reactions=(of_a_class, of_a_domain))
    await nodes.heard(runtime.db, {node.id: beat}, runtime.clock)
    shown = (await ann.client.get(node.path)).text
    for words in ("What replies led to", "busy-pauses", "Stop for a while", "small.test", "Slow down"):
        assert words in shown


@pytest.mark.parametrize("number", [2**63 - 1, 1 - 2**63])
async def test_a_node_in_foreign_hands_spoils_no_page(runtime: Runtime, ann: Person, node: Node, number: int) -> None:
    beat = msgspec.structs.replace(
        BEAT,
        queue={"active": number, "<script>alert(1)</script>": number},
        disk_free_bytes=number,
        disk_total_bytes=number,
        certificates={"held": number, "days_left": number},
        destinations=(wire.QueueGroup("slow.test", "big", (number, number, number, number, number, number)),),
        reactions=(wire.Reaction(ip_id="x", provider="x", rule="x", action="x", until_ms=number),),
        errors=("<script>alert(1)</script>",),
    )
    kept = bounds.within(beat, 1000)
    assert isinstance(kept, wire.Heartbeat)
    await nodes.heard(runtime.db, {node.id: kept}, runtime.clock)
    await history.take_samples(runtime.db, runtime.clock)
    for path in (node.path, "/operator/nodes", "/operator/ips", "/operator"):
        page = await ann.client.get(path)
        assert page.status_code == 200, path
        assert "<script>alert" not in page.text
