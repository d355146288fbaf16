"""A program logs in to a real Postfix with its key, by a real Dovecot, and its mail goes up to the control plane."""

import asyncio
import base64
import smtplib
import ssl
import subprocess
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress

import msgspec
import pytest

from tenant_agent import policy, wire
from tenant_agent.assignment import Budget
from tenant_agent.backoff import Backoff
from tenant_agent.by_key import hand_up
from tenant_agent.by_key.desk import Desk
from tenant_agent.by_key.serve import serve
from tenant_agent.clock import SystemClock
from tenant_agent.inbound.hand_up import Uploader
from tenant_agent.inbound.shelf import Shelf
from tenant_agent.owners import Owners
from tenant_agent.policy import Policy
from tenant_agent.state import State
from tenant_agent.submission import Submissions
from tests.tenant_agent.by_key.key_samples import KEY_ID, SECRET, smtp_key
from tests.tenant_agent.daemons.postfix import HERE, RunningPostfix
from tests.tenant_agent.daemons.submission import running_submission
from tests.tenant_agent.inbound.control import Intake, intake
from tests.tenant_agent.mail_fixtures import router
from tests.tenant_agent.real_postfix import eventually
from tests.tenant_agent.samples import NODE_ID, PASSWORD, change, domain, mailbox, removal
from tests.tenant_agent.test_project import projected

pytestmark = pytest.mark.node

MAIL = (
    b"From: Ann <ann@acme.test>\r\nTo: bob@else.test\r\nSubject: Hello\r\n there\r\n"
    b"X-Fleetpost-Tag: order\r\nMessage-ID: <1@shop.test>\r\nDate: Sun, 22 Nov 2026 10:00:00 +0000\r\n\r\n"
    b"Hi\r\n.\r\n\xff\r\n"
)


@pytest.fixture(scope="module")
def postfix() -> Iterator[RunningPostfix]:
    with running_submission(projected(smtp_key(), mailbox("ann@acme.test"), domain()).rows) as running:
        State(running.layout.state_database).store(
            1, [change(smtp_key()), change(mailbox("ann@acme.test")), change(domain())]
        )
        yield running


@asynccontextmanager
async def agent(postfix: RunningPostfix, control: Intake) -> AsyncIterator[Shelf]:
    """Run the parts of the agent that mail passes."""
    layout = postfix.layout
    control.path = wire.SUBMISSIONS_PATH
    shelf = Shelf(layout.submissions, least_free_bytes=0)
    uploader = Uploader(
        shelf,
        control.url,
        lambda: "fpn_x",
        None,
        path=wire.SUBMISSIONS_PATH,
        describe=hand_up.letter,
        backoff=Backoff(0.01, 0.05),
    )
    owners = Owners(layout.state_database)
    desk = Desk(NODE_ID, owners, shelf, check=lambda *_: None, clock=SystemClock(), arrived=uploader.wake)
    answering = Policy(router(), Submissions(router(), owners, count=_count))
    tasks = [
        asyncio.create_task(serve(desk, layout.by_key_socket)),
        asyncio.create_task(policy.serve(answering, layout.policy_socket)),
        asyncio.create_task(uploader.run()),
    ]
    await eventually(lambda: layout.by_key_socket.exists() and layout.policy_socket.exists())
    try:
        yield shelf
        await eventually(lambda: len(shelf) == 0)  # or the next test's control plane gets it, too
    finally:
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def _count(_: Sequence[Budget], __: int) -> None: ...


@contextmanager
def connected(postfix: RunningPostfix, source: str = "127.0.0.1") -> Iterator[smtplib.SMTP]:
    """Connect in TLS."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    port = postfix.layout.ports.submission
    with smtplib.SMTP(HERE, port, "shop.test", timeout=20, source_address=(source, 0)) as client:
        client.starttls(context=context)
        client.ehlo()
        yield client


@contextmanager
def logged_in(postfix: RunningPostfix, user: str = KEY_ID, password: str = SECRET) -> Iterator[smtplib.SMTP]:
    """Log in as programs do."""
    with connected(postfix) as client:
        client.login(user, password)
        yield client


def submit(postfix: RunningPostfix, *recipients: str, user: str = KEY_ID, sender: str = "x@y.test") -> None:
    with logged_in(postfix, user) as client:
        client.sendmail(sender, recipients, MAIL, mail_options=["BODY=8BITMIME"])


def taken(control: Intake) -> list[tuple[wire.SubmittedMail, bytes]]:
    parts = (body.partition(b"\n") for _, body in control.mails)
    return [(msgspec.json.decode(head, type=wire.SubmittedMail), raw) for head, _, raw in parts]


async def test_a_programs_mail_goes_up_whole_and_leaves_the_node_in_no_other_way(postfix: RunningPostfix) -> None:
    recipients = [f"r{number}@else.test" for number in range(120)]
    async with intake() as control, agent(postfix, control):
        await asyncio.to_thread(submit, postfix, *recipients, "ann@acme.test", user=f"{KEY_ID}+broadcast")
        await eventually(lambda: len(control.mails) == 1)
    [(mail, raw)] = taken(control)
    assert raw == MAIL
    assert (mail.key_id, mail.stream, mail.sender) == (KEY_ID, "broadcast", "x@y.test")
    assert (mail.recipients, mail.client) == ((*recipients, "ann@acme.test"), "127.0.0.1")
    await eventually(lambda: f"{mail.queue_id}: milter-discard" in postfix.log_text())
    assert f"{mail.queue_id}: from=" not in postfix.log_text()


async def test_addresses_outside_ascii_are_taken_as_they_are(postfix: RunningPostfix) -> None:
    def submit_it() -> None:
        with logged_in(postfix) as client:
            mail = MAIL.replace(b"bob@", "jürgen@".encode())
            client.sendmail("x@y.test", ["jürgen@else.test"], mail, mail_options=["SMTPUTF8", "BODY=8BITMIME"])

    async with intake() as control, agent(postfix, control):
        await asyncio.to_thread(submit_it)
        await eventually(lambda: len(control.mails) == 1)
    [(mail, raw)] = taken(control)
    assert mail.recipients == ("jürgen@else.test",)
    assert "To: jürgen@else.test".encode() in raw


async def test_mail_is_taken_while_the_control_plane_is_away(postfix: RunningPostfix) -> None:
    async with intake() as control:
        control.answers = [503, 401, 500]
        async with agent(postfix, control):
            await asyncio.to_thread(submit, postfix, "bob@else.test")
            await eventually(lambda: len(control.mails) == 1)


async def test_one_connection_carries_many_mails(postfix: RunningPostfix) -> None:
    def submit_three() -> None:
        with logged_in(postfix) as client:
            for _ in range(3):
                client.sendmail("x@y.test", ["bob@else.test"], MAIL)

    async with intake() as control, agent(postfix, control):
        await asyncio.to_thread(submit_three)
        await eventually(lambda: len(control.mails) == 3)
    assert len({mail.id for mail, _ in taken(control)}) == 3


async def test_who_writes_as_somebody_else_hears_so_at_once(postfix: RunningPostfix) -> None:
    def submit_as_a_bank() -> bytes:
        with logged_in(postfix) as client, pytest.raises(smtplib.SMTPDataError) as refused:
            client.sendmail("x@y.test", ["bob@else.test"], MAIL.replace(b"ann@acme.test", b"boss@bank.test"))
        answer = refused.value.smtp_error
        return answer if isinstance(answer, bytes) else answer.encode()

    async with intake() as control, agent(postfix, control) as shelf:
        assert b"You may not write as bank.test" in await asyncio.to_thread(submit_as_a_bank)
        assert (len(shelf), control.mails) == (0, [])


async def test_a_revoked_key_sends_nothing_more_on_an_open_connection(postfix: RunningPostfix) -> None:
    state = State(postfix.layout.state_database)

    def submit_twice() -> None:
        with logged_in(postfix) as client:
            client.sendmail("x@y.test", ["bob@else.test"], MAIL)
            state.store(2, [removal(smtp_key())])
            with pytest.raises(smtplib.SMTPSenderRefused, match="was revoked"):
                client.sendmail("x@y.test", ["bob@else.test"], MAIL)

    async with intake() as control, agent(postfix, control):
        await asyncio.to_thread(submit_twice)
        state.store(3, [change(smtp_key())])
        await eventually(lambda: len(control.mails) == 1)


@pytest.mark.parametrize(
    ("source", "user", "password"),
    [
        ("127.0.0.11", KEY_ID, SECRET[:-1] + "0"),
        ("127.0.0.12", f"{KEY_ID}+bulk", SECRET),
        ("127.0.0.13", SECRET, SECRET),
    ],
)
async def test_nobody_else_logs_in(postfix: RunningPostfix, source: str, user: str, password: str) -> None:
    """Each comes from an address of its own, since Dovecot lets whoever was wrong wait."""

    def log_in() -> int:
        with connected(postfix, source) as client:
            word = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
            return client.docmd("AUTH", f"PLAIN {word}")[0]

    async with intake() as control, agent(postfix, control):
        assert await asyncio.to_thread(log_in) == 535
    await eventually(lambda: f"[{source}]: SASL PLAIN authentication failed" in postfix.log_text())


async def test_a_key_reads_no_mail(postfix: RunningPostfix) -> None:
    def knows(service: str) -> bool:
        config = str(postfix.layout.dovecot_config / "dovecot.conf")
        asked = ["doveadm", "-c", config, "auth", "test", "-x", f"service={service}", KEY_ID, SECRET]
        return subprocess.run(asked, capture_output=True, check=False).returncode == 0

    answers = [await asyncio.to_thread(knows, service) for service in ("smtp", "imap")]
    assert answers == [True, False]


async def test_people_still_send_as_themselves_and_nobody_else(postfix: RunningPostfix) -> None:
    def ask(sender: str) -> tuple[int, bytes]:
        with logged_in(postfix, "ann@acme.test", PASSWORD) as client:
            client.mail(sender)
            return client.rcpt("bob@else.test")

    async with intake() as control, agent(postfix, control):
        code, reply = await asyncio.to_thread(ask, "boss@bank.test")
        assert (code, b"not owned by user" in reply) == (553, True)
        code, reply = await asyncio.to_thread(ask, "ann@acme.test")
        assert (code, b"sending address" in reply or code == 250) == (code, True)


async def test_without_the_agent_nothing_is_taken(postfix: RunningPostfix) -> None:
    postfix.layout.by_key_socket.unlink(missing_ok=True)
    with pytest.raises((smtplib.SMTPResponseException, smtplib.SMTPServerDisconnected)) as refused:
        await asyncio.to_thread(submit, postfix, "bob@else.test")
    if isinstance(refused.value, smtplib.SMTPResponseException):
        assert refused.value.smtp_code // 100 == 4
