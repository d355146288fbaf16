"""Mail that mailboxes' owners submit: its pool, one way per message, and who says no."""

from pathlib import Path

import msgspec
import pytest

from tenant_agent import wire
from tenant_agent.assignment import Budget
from tenant_agent.owners import Owners
from tenant_agent.sending import Sending
from tenant_agent.state import State
from tenant_agent.submission import Submissions
from tests.tenant_agent.mail_fixtures import router
from tests.tenant_agent.real_postfix import NODE
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

    async def count(self, budget: Budget) -> None:
        self.budgets.append(budget)


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


async def test_recipients_of_several_classes_share_the_addresss_generic_way(owners: Owners) -> None:
    submissions = made(owners, Counted())
    answers = [await submissions.action(rcpt(to)) for to in ("a@big.test", "b@big.test", "c@else.test", "d@big.test")]
    assert answers == [
        "FILTER out-127-0-0-11--big:",
        "FILTER out-127-0-0-11--big:",
        "FILTER out-127-0-0-11:",
        "FILTER out-127-0-0-11:",
    ]


async def test_a_warming_addresss_cap_holds_for_submitted_mail_too(owners: Owners) -> None:
    ips = (msgspec.structs.replace(NODE.ips[0], status="warming"),)
    warmup = wire.WarmupItem(ip_id="ip_1", address="127.0.0.11", step=1, caps={"generic": wire.Cap(2, 2)})
    counted = Counted()
    node = msgspec.structs.replace(NODE, ips=ips)
    submissions = made(owners, counted, node=node, sending=Sending(shaping=SHAPING, warmups=(warmup,)))
    answers = [await submissions.action(rcpt("bob@else.test", instance=str(number))) for number in range(3)]
    assert [answer.split()[0] for answer in answers] == ["FILTER", "FILTER", "DEFER_IF_PERMIT"]
    assert len(counted.budgets) == 2


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
