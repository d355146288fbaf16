"""A mailbox that is closed for its last pass: who logs in is told to try again, sessions end, and no mail gets in."""

import asyncio
import ssl
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest

from tenant_agent.drivers.dovecot import Dovecot
from tenant_agent.moves.closing import Doors
from tenant_agent.moves.duties import Duty
from tenant_agent.moves.words import CLOSED_WAY
from tenant_agent.project import Here, RowId, Table, project
from tenant_agent.projections.homes import Homes, home_of, is_shut
from tenant_agent.projections.passwd_shards import PasswdShards
from tenant_agent.render.revisions import installed
from tenant_agent.settings import Settings
from tests.tenant_agent.daemons.dovecot import RunningDovecot, running_dovecot
from tests.tenant_agent.moves.pair import ANN, UID, move
from tests.tenant_agent.samples import NODE_ID, PASSWORD, mailbox
from tests.tenant_agent.test_project import EVERYTHING, stored

pytestmark = pytest.mark.node
SERVER = "127.0.0.2"


class Node:
    """A Dovecot with one mailbox."""

    def __init__(self, dovecot: RunningDovecot) -> None:
        self.layout = dovecot.layout
        self.duty = Duty(move(phase="final"), home_of(self.layout.mail_store, UID, ANN), is_kept_here=True)
        self.doors = Doors(self.layout, NODE_ID)
        self._shards, self._homes = PasswdShards(self.layout.users), Homes(self.layout.mail_store)
        tls = self.layout.root / "tls"
        settings = Settings(
            control_url="https://control.test",
            ca_file=None,
            enrolment_token_file=tls / "token",
            tls_certificate=tls / "cert.pem",
            tls_key=tls / "key.pem",
            layout=self.layout,
        )
        self._follow = Dovecot(settings, installed()).follow

    async def wish(self, *, closed: bool) -> None:
        here = msgspec.structs.replace(
            EVERYTHING, mail_store=self.layout.mail_store, closed=frozenset({ANN} if closed else ())
        )
        row = rows(here)[RowId(Table.USERS, ANN)]
        self._homes.prepare([row])
        self._shards.write({ANN: row}, [])
        await self._follow({ANN: row}, [ANN])

    @asynccontextmanager
    async def imap(self) -> AsyncGenerator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        reader, writer = await asyncio.open_connection(SERVER, self.layout.ports.imaps, ssl=context)
        await reader.readline()
        try:
            yield reader, writer
        finally:
            writer.close()

    async def lmtp(self) -> str:
        """Deliver a mail; gives the last answer."""
        reader, writer = await asyncio.open_unix_connection(self.layout.postfix_queue / "private/dovecot-lmtp")
        await reader.readline()
        for line in ("LHLO x", "MAIL FROM:<>", f"RCPT TO:<{ANN}>", "DATA", "Subject: x\r\n\r\nx\r\n."):
            writer.write(f"{line}\r\n".encode())
            while (answer := (await reader.readline()).decode())[3:4] == "-":
                pass
            if answer[0] in "45":
                break
        writer.close()
        return answer


def rows(here: Here) -> dict[RowId, str]:
    return dict(project([stored(mailbox(ANN)), stored(move(phase="final"))], here).rows)


async def said(stream: tuple[asyncio.StreamReader, asyncio.StreamWriter], password: str = PASSWORD) -> str:
    """Log in; gives the answer."""
    reader, writer = stream
    writer.write(f'a login {ANN} "{password}"\r\n'.encode())
    async with asyncio.timeout(20):
        return (await reader.readline()).decode()


@pytest.fixture
def here() -> Iterator[Node]:
    with TemporaryDirectory(prefix="fp-") as directory:
        Path(directory).chmod(0o755)  # Dovecot's own users must get through
        with running_dovecot(Path(directory)) as running:
            yield Node(running)


def test_mail_for_a_closed_mailbox_waits_at_postfix() -> None:
    here = msgspec.structs.replace(EVERYTHING, closed=frozenset({ANN}))
    assert rows(here)[RowId(Table.PASSED, ANN)] == CLOSED_WAY
    assert rows(here)[RowId(Table.MAILBOXES, ANN)] == "OK", "Postfix goes on taking it"
    assert RowId(Table.PASSED, ANN) not in rows(EVERYTHING)


async def test_who_logs_in_is_told_to_try_again_and_a_wrong_password_is_wrong(here: Node) -> None:
    await here.wish(closed=True)
    async with here.imap() as stream:
        assert "NO [UNAVAILABLE]" in await said(stream)
    async with here.imap() as stream:
        assert "NO [AUTHENTICATIONFAILED]" in await said(stream, "wrong")


async def test_sessions_end_and_what_was_under_way_does_not_get_in(here: Node) -> None:
    await here.wish(closed=False)
    assert (await here.lmtp()).startswith("250")
    async with here.imap() as (reader, writer):
        assert "a OK" in await said((reader, writer))
        await here.wish(closed=True)
        await here.doors.close(here.duty)
        async with asyncio.timeout(10):
            while await reader.readline():
                pass
    assert is_shut(here.duty.home)


async def test_a_delivery_that_comes_late_is_deferred(here: Node) -> None:
    await here.wish(closed=False)
    await here.doors.close(here.duty)
    assert (await here.lmtp()).startswith("451 4.2.0")


async def test_it_is_as_before_once_it_is_open_again(here: Node) -> None:
    await here.wish(closed=False)
    await here.lmtp()
    await here.wish(closed=True)
    await here.doors.close(here.duty)
    await here.wish(closed=False)
    assert (await here.lmtp()).startswith("250")
    async with here.imap() as stream:
        assert "a OK" in await said(stream)
