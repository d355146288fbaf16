"""The policy service, spoken to as Postfix speaks to it."""

import asyncio
import sqlite3
import stat
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
import uvloop

from tenant_agent import ledger
from tenant_agent.assignment import Budget
from tenant_agent.ledger import Delivery
from tenant_agent.owners import Owners
from tenant_agent.policy import Policy, parse, serve
from tenant_agent.route import Router
from tenant_agent.submission import Submissions
from tests.tenant_agent.mail_fixtures import new_token, offer
from tests.tenant_agent.mail_fixtures import router as make_router
from tests.tenant_agent.real_postfix import eventually


@pytest.fixture
def router() -> Router:
    return make_router()


@pytest.fixture
def policy(router: Router, tmp_path: Path) -> Policy:
    async def count(counted: Sequence[Budget], amount: int) -> None:
        assert not counted, "nothing warms up here"

    return Policy(router, Submissions(router, Owners(tmp_path / "state.db"), count=count))


def delivery_in(pool_id: str) -> Delivery:
    """Give a delivery as the ledger does."""
    batch = offer(["bob@else.test"], pool_id=pool_id)
    db = sqlite3.connect(":memory:")
    db.executescript(ledger.SCHEMA)
    ledger.record_offer(db, batch, 0)
    delivery = ledger.by_token(db, ledger.token_of(batch.deliveries[0].delivery_id))
    db.close()
    assert delivery is not None
    return delivery


def request(**attributes: str) -> bytes:
    lines = {"request": "smtpd_access_policy", "protocol_state": "RCPT", **attributes}
    return "".join(f"{name}={value}\n" for name, value in lines.items()).encode() + b"\n"


@asynccontextmanager
async def serving(policy: Policy, path: Path) -> AsyncIterator[None]:
    task = asyncio.create_task(serve(policy, path))
    await eventually(path.exists)
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def answers(path: Path, *requests: bytes) -> list[str]:
    reader, writer = await asyncio.open_unix_connection(path)
    replies = []
    for sent in requests:
        writer.write(sent)
        replies.append((await reader.readuntil(b"\n\n")).decode().strip())
    writer.close()
    await writer.wait_closed()
    return replies


def test_a_delivery_in_hand_takes_its_pools_transport(router: Router, policy: Policy) -> None:
    delivery = delivery_in("pool_b")
    router.assign(delivery)
    assert policy.action({"sender": delivery.return_path}) == "FILTER out-127-0-0-12:"


def test_what_is_not_in_the_agents_hands_just_now_cannot_be_injected(router: Router, policy: Policy) -> None:
    """Any process on the node can reach the injection port, and tenants know their deliveries' ids."""
    delivery = delivery_in("pool_b")
    router.assign(delivery)
    router.release(delivery)
    assert str(policy.action({"sender": delivery.return_path})).startswith("DEFER_IF_PERMIT 4.7.1 ")


@pytest.mark.parametrize(
    "sender",
    [f"{new_token()}@bounce.acme.test", "ann@acme.test", "", "' or 1=1"],
    ids=["token", "address", "empty", "hostile"],
)
def test_what_nobody_knows_is_put_off(policy: Policy, sender: str) -> None:
    assert str(policy.action({"sender": sender})).startswith("DEFER_IF_PERMIT 4.7.1 ")


async def test_mail_of_a_mailboxs_owner_leaves_by_the_first_pool(policy: Policy) -> None:
    answer = policy.action({"sender": "ann@acme.test", "sasl_username": "ann@acme.test"})
    assert not isinstance(answer, str)
    assert await answer == "FILTER out-127-0-0-11:"


@pytest.mark.parametrize("state", ["RCPT", "END-OF-MESSAGE"])
def test_mail_of_a_key_is_told_whole_and_judged_then(policy: Policy, state: str) -> None:
    login = "key_06f00000000000000000000a00+broadcast"
    asked = {"protocol_state": state, "sender": "any@body.test", "sasl_username": login, "recipient": "bob@else.test"}
    assert policy.action(asked) == "DUNNO"


def test_people_hear_that_mailboxes_take_no_mail_to_addresses_outside_ascii(policy: Policy) -> None:
    asked = {"protocol_state": "RCPT", "sender": "ann@acme.test", "sasl_username": "ann@acme.test"}
    assert str(policy.action(asked | {"recipient": "jürgen@else.test"})).startswith("553 5.6.7 ")


def test_values_may_hold_equals_signs() -> None:
    assert parse("sender=prvs=1=a@b\nempty=\nnonsense") == {"sender": "prvs=1=a@b", "empty": ""}


async def test_many_requests_are_answered_on_one_connection(policy: Policy, tmp_path: Path) -> None:
    path = tmp_path / "policy.sock"
    async with serving(policy, path):
        ann = request(sender="ann@acme.test", sasl_username="ann@acme.test")
        replies = await answers(path, ann, request(sender="eve@else.test"), ann)
    assert [reply.split()[0] for reply in replies] == ["action=FILTER", "action=DEFER_IF_PERMIT", "action=FILTER"]


async def test_a_request_may_come_in_pieces(policy: Policy, tmp_path: Path) -> None:
    path = tmp_path / "policy.sock"
    async with serving(policy, path):
        reader, writer = await asyncio.open_unix_connection(path)
        for byte in request(sasl_username="ann@acme.test"):
            writer.write(bytes([byte]))
            await writer.drain()
        assert await reader.readuntil(b"\n\n") == b"action=FILTER out-127-0-0-11:\n\n"
        writer.close()
        await writer.wait_closed()


async def test_only_root_and_postfix_may_ask(policy: Policy, tmp_path: Path) -> None:
    path = tmp_path / "policy.sock"
    async with serving(policy, path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o660
        assert path.group() == "postfix"


def test_it_serves_under_uvloop_too(policy: Policy, tmp_path: Path) -> None:
    path = tmp_path / "policy.sock"

    async def ask() -> list[str]:
        async with serving(policy, path):
            return await answers(path, request(sasl_username="ann@acme.test"))

    assert uvloop.run(ask()) == ["action=FILTER out-127-0-0-11:"]
