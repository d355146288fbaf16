"""Messages with large files on a real Postfix: whole, once, and in nobody's way."""

import asyncio
import os
from collections.abc import AsyncIterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from tests.tenant_agent.fetched.file_server import FileServer, file_server
from tests.tenant_agent.fetched.test_supply import with_files
from tests.tenant_agent.mail_fixtures import FakeControl, mail_work, offer
from tests.tenant_agent.real_postfix import Outside, RealPostfix, eventually, real_postfix

pytestmark = pytest.mark.node

LARGE = os.urandom(3_000_000)


@pytest.fixture(scope="module")
async def running() -> AsyncIterator[tuple[RealPostfix, Outside]]:
    async with real_postfix() as parts:
        yield parts


@pytest.fixture
async def server() -> AsyncIterator[FileServer]:
    async with file_server() as served:
        yield served


def files_in(outside: Outside) -> list[list[bytes]]:
    """Give the files of each mail that arrived outside."""
    mails = [message_from_bytes(content, EmailMessage, policy=SMTP) for content in outside.contents]
    return [[part.get_content() for part in mail.iter_attachments()] for mail in mails]


async def test_files_arrive_whole_and_other_mail_does_not_wait_for_them(
    running: tuple[RealPostfix, Outside], server: FileServer
) -> None:
    postfix, outside = running
    control, file = FakeControl(), server.add(LARGE)
    large, small = with_files(offer(["bob@else.test", "eve@plain.test"]), [file, file]), offer(["zoe@else.test"])
    server.status = 503
    async with mail_work(postfix.layout, control, download=server.download()):
        await control.offer(large)
        await control.offer(small)
        await eventually(lambda: files_in(outside) == [[]])
        server.status = 200
        await eventually(lambda: len(outside.contents) == 3)
    assert files_in(outside) == [[], [LARGE, LARGE], [LARGE, LARGE]]
    assert set(outside.received.values()) == {1}


async def test_an_agent_that_was_ended_half_way_goes_on_where_it_was(
    running: tuple[RealPostfix, Outside], server: FileServer
) -> None:
    postfix, outside = running
    outside.received.clear()
    outside.contents.clear()
    content = LARGE[::-1]
    control, file = FakeControl(), server.add(content)
    server.breaks_after = 1_000_000
    async with mail_work(postfix.layout, control, download=server.download()):
        await control.offer(with_files(offer(["bob@else.test"]), [file]))
        await eventually(lambda: len(list((postfix.layout.state / "fetched").glob("*.part"))) == 1)
        await asyncio.sleep(0)
    server.breaks_after = None
    async with mail_work(postfix.layout, FakeControl(), download=server.download()):
        await eventually(lambda: files_in(outside) == [[content]])
    assert set(outside.received.values()) == {1}
