"""A mail on its way through the real Postfix, the agent's shelf and up to the control plane."""

import asyncio
import smtplib
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress

import pytest
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from tenant_agent import wire
from tenant_agent.backoff import Backoff
from tenant_agent.inbound import receive
from tenant_agent.inbound.hand_up import Uploader
from tenant_agent.inbound.receive import Receiver
from tenant_agent.inbound.shelf import Shelf
from tenant_agent.postfix_socket import bound
from tenant_agent.project import Table
from tests.tenant_agent.certificate_samples import HOUR, certificate
from tests.tenant_agent.daemons.postfix import HERE, RunningPostfix, running_postfix
from tests.tenant_agent.inbound.control import Intake, intake
from tests.tenant_agent.real_postfix import eventually
from tests.tenant_agent.samples import NODE_ID, domain
from tests.tenant_agent.test_project import projected

pytestmark = pytest.mark.node
REPORTS = "reports.fleetpost.test"
MAIL = b"From: bob@else.test\r\nSubject: Report domain: acme.test\r\n\r\nHello\r\n.\r\n\xff\r\n"


@pytest.fixture(scope="module")
def postfix() -> Iterator[RunningPostfix]:
    """Postfix takes mail for the reports' domain, and for one whose mailboxes nobody serves here."""
    with running_postfix(projected(wire.IntakeItem(domain=REPORTS), domain()).rows) as running:
        yield running


@asynccontextmanager
async def agent(postfix: RunningPostfix, control: Intake) -> AsyncIterator[Shelf]:
    """Run the parts of the agent that mail passes."""
    shelf = Shelf(postfix.layout.inbound, least_free_bytes=0)
    uploader = Uploader(shelf, control.url, lambda: "fpn_x", None, backoff=Backoff(0.01, 0.05))
    receiver = Receiver(shelf, NODE_ID, uploader.wake, str.lower)
    postfix.layout.intake_socket.unlink(missing_ok=True)  # of the agent before, where nobody listens any more
    tasks = [
        asyncio.create_task(receive.serve(receiver, postfix.layout.intake_socket)),
        asyncio.create_task(uploader.run()),
    ]
    await eventually(postfix.layout.intake_socket.exists)
    try:
        yield shelf
    except TimeoutError:
        print(postfix.log_text())
        raise
    finally:
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


def send(postfix: RunningPostfix, *recipients: str, sender: str = "bob@else.test") -> None:
    with smtplib.SMTP(HERE, postfix.layout.ports.smtp, "mx.else.test", timeout=20) as client:
        client.sendmail(sender, recipients, MAIL, mail_options=["BODY=8BITMIME"])


async def test_a_mail_is_handed_up_for_each_recipient_with_all_that_is_known_of_it(postfix: RunningPostfix) -> None:
    first, second = f"Tok.en+1@{REPORTS}", f"tls-2@{REPORTS}"
    async with intake() as control, agent(postfix, control) as shelf:
        await asyncio.to_thread(send, postfix, first, second)
        await eventually(lambda: len(control.mails) == 2 and len(shelf) == 0)
    assert sorted(control.recipients) == sorted([first, second])
    headers, raw = control.mails[0]
    assert headers["authorization"] == "Bearer fpn_x"
    assert headers["fleetpost-sender"] == "bob@else.test"
    assert headers["fleetpost-client"] == "127.0.0.1"
    assert raw.endswith(b"\r\n\r\n" + MAIL.partition(b"\r\n\r\n")[2])
    assert b"Received: from mx.else.test" in raw
    assert len({headers["fleetpost-id"] for headers, _ in control.mails}) == 2


async def test_mail_waits_while_the_control_plane_is_away(postfix: RunningPostfix) -> None:
    async with intake() as control:
        control.answers = [503, 401, 500]
        async with agent(postfix, control) as shelf:
            await asyncio.to_thread(send, postfix, f"a@{REPORTS}", sender="")
            await eventually(lambda: len(control.mails) == 1 and len(shelf) == 0)
    assert control.mails[0][0]["fleetpost-sender"] == ""


async def test_mail_that_postfix_keeps_while_the_agent_is_away_comes_later_and_nobody_is_told(
    postfix: RunningPostfix,
) -> None:
    postfix.layout.intake_socket.unlink(missing_ok=True)
    await asyncio.to_thread(send, postfix, f"late@{REPORTS}")
    await eventually(lambda: "status=deferred" in postfix.log_text())
    config = str(postfix.layout.postfix_config)
    async with intake() as control, agent(postfix, control) as shelf:
        await (await asyncio.create_subprocess_exec("postqueue", "-c", config, "-f")).wait()
        await eventually(lambda: f"late@{REPORTS}" in control.recipients and len(shelf) == 0, seconds=30)
    assert "sender non-delivery notification" not in postfix.log_text()


class Refusing:
    """An agent that would take nothing, ever."""

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        return "550 5.7.1 No"


async def test_whoever_wants_to_hear_that_it_failed_hears_nothing(postfix: RunningPostfix) -> None:
    """A report's sender is whoever says so."""

    def ask() -> None:
        with smtplib.SMTP(HERE, postfix.layout.ports.smtp, "mx.else.test", timeout=20) as client:
            client.ehlo()
            client.mail("victim@else.test")
            assert client.rcpt(f"quiet@{REPORTS}", ["NOTIFY=SUCCESS,FAILURE", "ORCPT=rfc822;quiet@x.test"])[0] == 250
            client.data(MAIL)

    server = await asyncio.get_running_loop().create_unix_server(
        lambda: LMTP(Refusing()), sock=bound(postfix.layout.intake_socket)
    )
    async with server:
        await asyncio.to_thread(ask)
        await eventually(lambda: "status=bounced" in postfix.log_text())
        bounced = postfix.log_text().partition("status=bounced")[0].rpartition("intake/lmtp")[2].split(": ")[1]
        await eventually(lambda: f"{bounced}: removed" in postfix.log_text())
    assert "notification" not in postfix.log_text()


async def test_mail_that_the_node_itself_sends_is_handed_up_without_leaving_it() -> None:
    """Nobody answers for routes here: all other mail has to wait."""
    with running_postfix(projected(wire.IntakeItem(domain=REPORTS), domain()).rows, sends=True) as postfix:

        def inject(recipient: str) -> None:
            with smtplib.SMTP("127.0.0.1", postfix.layout.ports.inject, "n1", timeout=20) as client:
                client.sendmail("01a2@bounce.acme.test", [recipient], MAIL, mail_options=["BODY=8BITMIME"])

        async with intake() as control, agent(postfix, control) as shelf:
            await asyncio.to_thread(inject, f"fbl@{REPORTS}")
            await eventually(lambda: len(control.mails) == 1 and len(shelf) == 0)
        assert control.recipients == [f"fbl@{REPORTS}"]
        for other in (f"a@sub.{REPORTS}", "bob@else.test"):
            with pytest.raises(smtplib.SMTPRecipientsRefused):
                await asyncio.to_thread(inject, other)


@pytest.mark.parametrize("recipient", [f"a@sub.{REPORTS}", "a@other.test", f"a@{REPORTS}.evil.test"])
async def test_mail_for_other_domains_is_refused(postfix: RunningPostfix, recipient: str) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        await asyncio.to_thread(send, postfix, recipient)


async def test_a_certificate_is_served_by_name_without_a_reload(postfix: RunningPostfix) -> None:
    default = await asyncio.to_thread(served, postfix, "mail.acme.test")
    for begins in (-HOUR, -HOUR / 2):
        item = certificate("mail.acme.test", begins=begins)
        for row_id, value in projected(item).rows.items():
            if row_id.table is Table.SNI:
                postfix.tables[Table.SNI].write({row_id.key: value}, [])
        assert await asyncio.to_thread(served, postfix, "mail.acme.test") == item.chain
    assert await asyncio.to_thread(served, postfix, "other.acme.test") == default


def served(postfix: RunningPostfix, name: str) -> str:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with smtplib.SMTP(HERE, postfix.layout.ports.smtp, "mx.else.test", timeout=20) as client:
        client._host = name  # type: ignore[attr-defined]  # what smtplib sends as SNI
        client.starttls(context=context)
        given = client.sock.getpeercert(binary_form=True)  # type: ignore[union-attr]
    return ssl.DER_cert_to_PEM_cert(given)
