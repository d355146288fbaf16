"""What nodes take because a route wants it: in the tables, and by the real Postfix."""

import asyncio
import smtplib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress

import msgspec
import pytest

from tenant_agent import wire
from tenant_agent.backoff import Backoff
from tenant_agent.identifiers import Unfit
from tenant_agent.inbound import receive, routed
from tenant_agent.inbound.hand_up import Uploader
from tenant_agent.inbound.receive import Receiver
from tenant_agent.inbound.shelf import Shelf
from tenant_agent.project import RowId, Table, row_ids_of
from tenant_agent.state import ItemId
from tests.tenant_agent.daemons.postfix import HERE, RunningPostfix, running_postfix
from tests.tenant_agent.inbound.control import Intake, intake
from tests.tenant_agent.real_postfix import eventually
from tests.tenant_agent.samples import NODE_ID, domain, mailbox
from tests.tenant_agent.test_project import EVERYTHING, projected

ITEMS = (
    wire.InboundItem(name="acme.test"),
    wire.InboundItem(name="acme.test", everyone=True, subdomains=True),
    wire.InboundItem(name="reply.acme.test", hosted=False),
    wire.InboundItem(name="reply.acme.test", hosted=False, everyone=True, subdomains=True),
    wire.InboundItem(name="support@acme.test"),
)


@pytest.mark.parametrize(
    ("item", "taken", "domains"),
    [
        (ITEMS[0], {}, ()),
        (ITEMS[1], {"acme.test": "OK"}, (".acme.test",)),
        (ITEMS[2], {"reply.acme.test": "550 5.1.1 User unknown"}, ("reply.acme.test",)),
        (ITEMS[3], {"reply.acme.test": "OK"}, ("reply.acme.test", ".reply.acme.test")),
        (ITEMS[4], {"support@acme.test": "OK"}, ()),
    ],
)
def test_an_item_says_who_is_taken_and_which_names_are_domains(
    item: wire.InboundItem, taken: dict[str, str], domains: tuple[str, ...]
) -> None:
    assert routed.taken(item) == taken
    assert routed.domains(item) == domains


@pytest.mark.parametrize("item", ITEMS)
def test_every_row_of_an_item_is_found_by_its_name(item: wire.InboundItem) -> None:
    rows = projected(item).rows
    assert rows.keys() <= set(row_ids_of(ItemId("inbound", item.name)))
    assert {row.table for row in rows} <= {Table.ROUTED, Table.ROUTED_DOMAINS}


@pytest.mark.parametrize(
    "name", ["", "acme", "ACME.test", ".acme.test", "*@acme.test", "a@b", "a b@acme.test", "@acme.test"]
)
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(Unfit):
        routed.taken(wire.InboundItem(name=name))
    assert row_ids_of(ItemId("inbound", name)) == ()


def test_a_node_that_takes_no_mail_has_no_rows() -> None:
    assert projected(ITEMS[1], here=msgspec.structs.replace(EVERYTHING, roles=frozenset({"outbound"}))).rows == {}


# --- By the real Postfix ----------------------------------------------------------------------------------------------

MAIL = b"From: bob@else.test\r\nX-Fleetpost-Checks: score=-9.00\r\nSubject: Hello\r\n\r\nHello\r\n"


@pytest.fixture(scope="module")
def postfix() -> Iterator[RunningPostfix]:
    """Postfix takes mail for all of one domain and below it, for some of a name in another, and for a mailbox."""
    items: list[wire.Item] = [
        domain(),
        mailbox(),
        wire.InboundItem(name="acme.test", everyone=True, subdomains=True),
        domain(name="other.test"),
        wire.InboundItem(name="other.test"),
        wire.InboundItem(name="support@other.test"),
        wire.InboundItem(name="reply.other.test", hosted=False),
        wire.InboundItem(name="bot@reply.other.test"),
        domain(name="their.acme.test"),
    ]
    with running_postfix(projected(*items).rows) as running:
        yield running


@asynccontextmanager
async def agent(postfix: RunningPostfix, control: Intake) -> AsyncIterator[None]:
    shelf = Shelf(postfix.layout.inbound, least_free_bytes=0)
    uploader = Uploader(shelf, control.url, lambda: "fpn_x", None, backoff=Backoff(0.01, 0.05))
    receiver = Receiver(shelf, NODE_ID, uploader.wake, str.lower)
    tasks = [
        asyncio.create_task(receive.serve(receiver, postfix.layout.intake_socket)),
        asyncio.create_task(uploader.run()),
    ]
    await eventually(postfix.layout.intake_socket.exists)
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


def answer(port: int, recipient: str, host: str = HERE) -> int:
    """Say how a recipient is answered."""
    with smtplib.SMTP(host, port, "mx.else.test", timeout=20) as client:
        client.ehlo()
        client.mail("bob@else.test")
        return client.rcpt(recipient)[0]


def send(postfix: RunningPostfix, *recipients: str) -> None:
    with smtplib.SMTP(HERE, postfix.layout.ports.smtp, "mx.else.test", timeout=20) as client:
        client.sendmail("bob@else.test", recipients, MAIL)


@pytest.mark.node
@pytest.mark.parametrize(
    ("recipient", "code"),
    [
        ("anybody@acme.test", 250),
        ("ann@acme.test", 250),  # the mailbox
        ("x@a.b.acme.test", 250),
        ("x@their.acme.test", 550),  # a domain of its own, without a mailbox
        ("support@other.test", 250),
        ("Support+7@Other.test", 250),
        ("anybody@other.test", 550),
        ("bot@reply.other.test", 250),
        ("anybody@reply.other.test", 550),
        ("x@below.other.test", 554),  # not ours at all
        ("x@acme.test.else.test", 554),
    ],
)
def test_only_what_a_route_wants_is_taken(postfix: RunningPostfix, recipient: str, code: int) -> None:
    assert answer(postfix.layout.ports.smtp, recipient) == code


@pytest.mark.node
@pytest.mark.parametrize(
    ("recipient", "code"),
    [("anybody@acme.test", 250), ("x@a.acme.test", 250), ("anybody@other.test", 550), ("x@their.acme.test", 550)],
)
def test_own_mail_that_comes_back_is_taken_alike(postfix: RunningPostfix, recipient: str, code: int) -> None:
    assert answer(postfix.layout.ports.again, recipient, "127.0.0.1") == code


@pytest.mark.node
async def test_what_a_route_wants_is_handed_up_and_a_mailboxs_mail_is_not(postfix: RunningPostfix) -> None:
    wanted = ["a+x@acme.test", "x@a.acme.test", "bot@reply.other.test", "support@other.test"]
    async with intake() as control, agent(postfix, control):
        await asyncio.to_thread(send, postfix, *wanted, "ann@acme.test")
        await eventually(lambda: len(control.mails) == len(wanted))
        assert sorted(control.recipients) == sorted(wanted)
        assert all(b"score=-9.00" not in raw for _, raw in control.mails)  # nobody else says what our checks found
    await eventually(
        lambda: "to=<ann@acme.test>, relay=none" in postfix.log_text() or "dovecot-lmtp" in postfix.log_text()
    )


def test_rows_of_a_domain_and_below_it_are_of_one_item() -> None:
    ids = row_ids_of(ItemId("inbound", "acme.test"))
    assert set(ids) == {
        RowId(Table.ROUTED, "acme.test"),
        RowId(Table.ROUTED_DOMAINS, "acme.test"),
        RowId(Table.ROUTED_DOMAINS, ".acme.test"),
    }
