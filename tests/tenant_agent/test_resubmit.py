"""Submitted mail in a real Postfix's queue whose way is closed: it leaves by another one, once."""

import asyncio
import smtplib
from collections.abc import AsyncIterator

import pytest

from tenant_agent.state import State
from tests.ports import free_port
from tests.tenant_agent.mail_fixtures import FakeControl, mail_work, offer
from tests.tenant_agent.real_postfix import Outside, RealPostfix, eventually, real_postfix
from tests.tenant_agent.samples import change, mailbox
from tests.tenant_agent.test_reroute import TWO, with_status

pytestmark = pytest.mark.node

_SUBMISSION = """
127.0.0.1:{port} inet n - n - - smtpd
  -o syslog_name=postfix/submission
  -o smtpd_reject_unlisted_recipient=no
  -o smtpd_authorized_xclient_hosts=127.0.0.0/8
  -o {{ smtpd_recipient_restrictions = check_policy_service unix:{policy}, permit }}
  -o {{ smtpd_end_of_data_restrictions = check_policy_service unix:{policy} }}
"""
PEOPLE = ("ann@acme.test", "bea@acme.test", "cid@acme.test")
WRITERS = PEOPLE * 5
"""Each mail draws its address: among so many, both are drawn."""


@pytest.fixture(scope="module")
async def running() -> AsyncIterator[tuple[RealPostfix, Outside, int]]:
    """Postfix with a port at which whoever connects says who they have logged in as."""
    async with real_postfix() as (postfix, outside):
        port = free_port()
        with (postfix.layout.postfix_config / "master.cf").open("a") as master:
            master.write(_SUBMISSION.format(port=port, policy=postfix.layout.policy_socket))
        await asyncio.to_thread(postfix.run, "postfix", "reload")
        state = State(postfix.layout.state_database)
        state.store(1, [change(mailbox(person)) for person in PEOPLE])
        state.close()
        yield postfix, outside, port


def submit(port: int, sender: str, recipient: str) -> None:
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        smtp.ehlo()
        assert smtp.docmd("XCLIENT", f"LOGIN={sender}")[0] == 220
        smtp.sendmail(sender, [recipient], f"From: {sender}\r\nSubject: Hi\r\n\r\nHello\r\n")


async def test_it_leaves_by_another_address_when_its_own_takes_no_mail_any_more(
    running: tuple[RealPostfix, Outside, int],
) -> None:
    postfix, outside, port = running
    control = FakeControl()
    async with mail_work(postfix.layout, control, node=TWO) as work:
        await eventually(postfix.layout.policy_socket.exists)
        for person in WRITERS:
            await asyncio.to_thread(submit, port, person, "grey@plain.test")
        await eventually(lambda: postfix.log_text().count("status=deferred") >= len(WRITERS))
        assert "postfix/out-127-0-0-11/smtp" in postfix.log_text()
        work.set_node(with_status(0, "quarantined"), 18)
        await eventually(lambda: "requeued" in postfix.log_text(), seconds=30)
        outside.open.add("grey")
        await eventually(lambda: outside.received.total() == len(WRITERS), seconds=30)
        await control.offer(batch := offer(["bob@plain.test"]))
        await eventually(lambda: len(control.types_of(batch.deliveries[0])) == 2)
    assert sorted(outside.received.values()) == [1, 5, 5, 5]
    sent = [
        line for line in postfix.log_text().splitlines() if "to=<grey@plain.test>" in line and "status=sent" in line
    ]
    assert len(sent) == len(WRITERS)
    assert all("postfix/out-127-0-0-12/smtp" in line for line in sent)
