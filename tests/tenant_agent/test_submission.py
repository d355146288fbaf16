"""Mail that mailboxes' owners submit: its pool, one way per message, and who says no."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from tenant_agent import wire
from tenant_agent.assignment import Budget
from tenant_agent.maillog.answers import Answer, answer_to
from tenant_agent.maillog.records import Attempted, LocalTime
from tenant_agent.owners import Owners
from tenant_agent.sending import Sending
from tenant_agent.state import State
from tenant_agent.submission import Submissions
from tests.tenant_agent.mail_fixtures import router
from tests.tenant_agent.real_postfix import NODE
from tests.tenant_agent.relays.relay_samples import relay
from tests.tenant_agent.samples import change, mailbox

NAMED = wire.ProviderClass(name="big", domains=("big.test",))
SHAPING = wire.ShapingItem(release="r", classes=(NAMED, wire.ProviderClass(name="generic")))
BROADCAST = wire.DomainItem(name="news.test", return_domain="bounce.news.test", submission_pool_id="pool_b")


@pytest.fixture
def owners(tmp_path: Path) -> Owners:
    state = State(tmp_path / "state.db")
    state.store(1, [change(mailbox("ann@acme.test")), change(BROADCAST)])
    state.close()
    return Owners(tmp_path / "state.db")


class Counted:
    """Says no to whoever has had enough, and remembers what was counted."""

    def __init__(self) -> None:
        self.recipients: list[tuple[str, int]] = []
        self.budgets: list[Budget] = []
        self.reply: str | None = None

    def check(self, tenant_id: str, recipients: int) -> str | None:
        self.recipients.append((tenant_id, recipients))
        return self.reply

    async def count(self, budgets: Sequence[Budget], amount: int) -> None:
        for budget in budgets:
            if amount > 0:
                self.budgets.append(budget)
            else:
                self.budgets.remove(budget)


def made(
    owners: Owners, counted: Counted, *, node: wire.NodeItem = NODE, sending: Sending | None = None
) -> Submissions:
    way = router(node, sending=sending or Sending(shaping=SHAPING))
    return Submissions(way, owners, count=counted.count, allowances=counted)


def rcpt(recipient: str, *, sender: str = "ann@acme.test", instance: str = "1") -> dict[str, str]:
    return {
        "protocol_state": "RCPT",
        "instance": instance,
        "sender": sender,
        "sasl_username": sender,
        "recipient": recipient,
    }


async def test_it_leaves_by_the_pool_of_its_authors_domain_and_else_by_the_first(owners: Owners) -> None:
    submissions = made(owners, Counted())
    assert await submissions.action(rcpt("bob@else.test")) == "FILTER out-127-0-0-11:"
    news = rcpt("bob@else.test", sender="bob@news.test", instance="2")
    assert await submissions.action(news) == "FILTER out-127-0-0-12:"


async def test_nobody_leaves_by_what_somebody_else_has_for_themselves(owners: Owners) -> None:
    shared = msgspec.structs.replace(NODE, shared_pool_id="pool_b")
    assert await made(owners, Counted(), node=shared).action(rcpt("bob@else.test")) == "FILTER out-127-0-0-12:"
    none = msgspec.structs.replace(NODE, shared_pool_id="")
    answer = await made(owners, Counted(), node=none).action(rcpt("bob@else.test"))
    assert answer.startswith("DEFER_IF_PERMIT 4.3.5 ")


async def test_nobodys_mail_passes_uncounted_while_it_cannot_be_read_whose_it_is(tmp_path: Path) -> None:
    (tmp_path / "state.db").mkdir()  # the next best to a disk that fails
    submissions = made(Owners(tmp_path / "state.db"), Counted())
    with pytest.raises(sqlite3.OperationalError):
        await submissions.action(rcpt("") | {"protocol_state": "END-OF-MESSAGE", "recipient_count": "3"})


async def test_recipients_of_several_classes_share_the_addresss_generic_way(owners: Owners) -> None:
    submissions = made(owners, Counted())
    answers = [await submissions.action(rcpt(to)) for to in ("a@big.test", "b@big.test", "c@else.test", "d@big.test")]
    assert answers == [
        "FILTER out-127-0-0-11--big:",
        "FILTER out-127-0-0-11--big:",
        "FILTER out-127-0-0-11:",
        "FILTER out-127-0-0-11:",
    ]


def warming(owners: Owners, counted: Counted) -> Submissions:
    """Give submissions by an address that may send two mails."""
    ips = (msgspec.structs.replace(NODE.ips[0], status="warming"),)
    warmup = wire.WarmupItem(ip_id="ip_1", address="127.0.0.11", step=1, caps={"generic": wire.Cap(2, 2)})
    node = msgspec.structs.replace(NODE, ips=ips)
    return made(owners, counted, node=node, sending=Sending(shaping=SHAPING, warmups=(warmup,)))


async def test_who_names_recipients_and_sends_nothing_uses_up_no_warm_up(owners: Owners) -> None:
    counted = Counted()
    submissions = warming(owners, counted)
    for number in range(20):  # RSET after each, over one connection
        answer = await submissions.action(rcpt("bob@else.test", instance=f"83.6b02d512.f34a8.{number}"))
        assert answer == "FILTER out-127-0-0-11:"
    assert len(counted.budgets) == 1
    await submissions.action(rcpt("bob@else.test", instance="85.6b02d513.1613.0"))
    assert len(counted.budgets) == 2, "another connection's is another mail"


async def test_what_is_refused_at_its_end_uses_up_no_warm_up(owners: Owners) -> None:
    counted = Counted()
    submissions = warming(owners, counted)
    for reply in ("550 5.7.1 That is all for today", None):
        counted.reply = reply
        for to in ("bob@else.test", "eve@else.test"):
            assert await submissions.action(rcpt(to, instance="83.1")) == "FILTER out-127-0-0-11:"
        await submissions.action(rcpt("", instance="83.1") | {"protocol_state": "END-OF-MESSAGE"})
        assert len(counted.budgets) == (0 if reply else 2)


async def test_a_warming_addresss_cap_holds_for_submitted_mail_too(owners: Owners) -> None:
    ips = (msgspec.structs.replace(NODE.ips[0], status="warming"),)
    warmup = wire.WarmupItem(ip_id="ip_1", address="127.0.0.11", step=1, caps={"generic": wire.Cap(2, 2)})
    counted = Counted()
    node = msgspec.structs.replace(NODE, ips=ips)
    submissions = made(owners, counted, node=node, sending=Sending(shaping=SHAPING, warmups=(warmup,)))
    answers = [await submissions.action(rcpt("bob@else.test", instance=str(number))) for number in range(3)]
    assert [answer.split()[0] for answer in answers] == ["FILTER", "FILTER", "DEFER_IF_PERMIT"]
    assert len(counted.budgets) == 2


BY_RELAY = "FILTER relay-starttls:[smtp.provider.test]:587"


async def test_it_leaves_by_the_relay_that_its_domain_was_switched_to(owners: Owners) -> None:
    switched = relay(mode="fallback", always_for=("acme.test",))
    submissions = made(owners, Counted(), sending=Sending(shaping=SHAPING, relays=(switched,)))
    answers = [await submissions.action(rcpt(to)) for to in ("a@big.test", "c@else.test")]
    assert answers == [BY_RELAY, BY_RELAY]
    assert await submissions.action(rcpt("a@big.test", sender="", instance="2")) != BY_RELAY


async def test_it_leaves_by_a_relay_when_no_address_of_ours_can_take_it(owners: Owners) -> None:
    relays = (relay(mode="fallback"),)
    closed = msgspec.structs.replace(NODE, ips=(msgspec.structs.replace(NODE.ips[0], status="quarantined"),))
    for node, answer in ((NODE, "FILTER out-127-0-0-11:"), (closed, BY_RELAY)):
        submissions = made(owners, Counted(), node=node, sending=Sending(shaping=SHAPING, relays=relays))
        assert await submissions.action(rcpt("bob@else.test")) == answer


async def test_nobodys_mail_leaves_by_anothers_relay(owners: Owners) -> None:
    relays = (relay(tenant_id="ten_2", always_for=("acme.test",)), relay("rly_2", destinations=("else.test",)))
    submissions = made(owners, Counted(), sending=Sending(shaping=SHAPING, relays=relays))
    assert await submissions.action(rcpt("bob@third.test")) == "FILTER out-127-0-0-11:"
    assert await submissions.action(rcpt("bob@else.test", instance="2")) == BY_RELAY


async def test_what_a_relay_answers_to_it_counts_for_its_breaker(owners: Owners) -> None:
    way = router(NODE, sending=Sending(shaping=SHAPING, relays=(relay(),)))
    counted = Counted()
    submissions = Submissions(way, owners, count=counted.count, allowances=counted)
    for number in range(3):
        sent = rcpt("bob@else.test", instance=str(number))
        assert await submissions.action(sent) == BY_RELAY
        await submissions.action(sent | {"protocol_state": "END-OF-MESSAGE", "queue_id": f"4jX5lx4zN7zCXk{number}"})
        way.hear(refusal(f"4jX5lx4zN7zCXk{number}"))
    assert (await submissions.action(rcpt("bob@else.test", instance="9"))).startswith("DEFER_IF_PERMIT ")


def refusal(queue_id: str) -> Answer:
    """Give what the log tells of submitted mail when its relay cannot be reached."""
    reply, delays = (
        "connect to smtp.provider.test: Connection refused",
        wire.Delays(before_queue_s=0, in_queue_s=0, connect_s=0, transmit_s=0),
    )
    tried = Attempted(
        queue_id=queue_id,
        domain="else.test", at=LocalTime(11, 22, 10, 0, 0), service="relay-starttls", relay=None, dsn="4.4.1",
        status="deferred", reply=reply, delays=delays, delay_s=1, tls=None,
    )  # fmt: skip
    answer = answer_to(tried, None)
    assert answer is not None
    return answer


async def test_at_the_end_of_the_message_its_recipients_are_counted_for_its_tenant(owners: Owners) -> None:
    counted = Counted()
    submissions = made(owners, counted)
    end = rcpt("", instance="7") | {"protocol_state": "END-OF-MESSAGE", "recipient_count": "3"}
    assert await submissions.action(end) == "DUNNO"
    counted.reply = "452 4.3.1 That is all for this hour"
    assert await submissions.action(end) == counted.reply
    assert counted.recipients == [("ten_1", 3), ("ten_1", 3)]


async def test_a_node_without_addresses_puts_it_off(owners: Owners) -> None:
    submissions = made(owners, Counted(), node=msgspec.structs.replace(NODE, ips=()))
    assert (await submissions.action(rcpt("bob@else.test"))).startswith("DEFER_IF_PERMIT 4.3.5 ")


def test_a_state_that_is_not_there_yet_knows_nobody(tmp_path: Path) -> None:
    nobody = Owners(tmp_path / "none.db")
    assert (nobody.tenant_of("ann@acme.test"), nobody.pool_of("acme.test")) == (None, None)
