"""LMTP as Postfix speaks it: one answer for each recipient, and only for what is safe."""

import asyncio
import random
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tenant_agent.inbound import receive
from tenant_agent.inbound.receive import Receiver
from tenant_agent.inbound.shelf import Shelf
from tests.tenant_agent.inbound.receiving_child import NODE_ID
from tests.tenant_agent.real_postfix import eventually

KILLS = 5
TOKEN, OTHER = "tok@reports.test", "other@reports.test"


def queue_id(number: int) -> str:
    """Make up one of Postfix's long queue ids."""
    digits = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz"
    return f"4jXGx3{digits[number // 2704 % 52]}{digits[number // 52 % 52]}{digits[number % 52]}8Lz2Pkld"


class Client:
    """Speaks LMTP."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def say(self, line: str) -> str:
        """Send a line; give the last line of the answer."""
        self._writer.write(line.encode() + b"\r\n")
        return await self.heard()

    async def heard(self) -> str:
        while True:
            line = (await self._reader.readuntil(b"\r\n")).decode().strip()
            if line[3:4] != "-":
                return line

    async def deliver(
        self, ident: str, *recipients: str, raw: str = "Hello", sender: str = "bob@else.test"
    ) -> list[str]:
        """Hand a mail over; give the answer for each recipient."""
        await self.say(f"XFORWARD ADDR=IPV6:2001:db8::1 IDENT={ident}")
        await self.say(f"MAIL FROM:<{sender}>")
        for recipient in recipients:
            await self.say(f"RCPT TO:<{recipient}>")
        await self.say("DATA")
        first = await self.say(f"Subject: Report\r\n\r\n{raw}\r\n.")
        return [first, *[await self.heard() for _ in recipients[1:]]]


@asynccontextmanager
async def connected(path: Path) -> AsyncIterator[Client]:
    """Connect as Postfix does."""
    reader, writer = await asyncio.open_unix_connection(str(path))
    client = Client(reader, writer)
    try:
        await client.heard()
        await client.say("LHLO mx.fleetpost.test")
        yield client
    finally:
        writer.close()


@asynccontextmanager
async def receiving(shelf: Shelf, owner_of: Callable[[str], str] = str.lower) -> AsyncIterator[Client]:
    with TemporaryDirectory(prefix="fp-") as directory:
        path = Path(directory) / "intake.sock"
        server = asyncio.create_task(receive.serve(Receiver(shelf, NODE_ID, lambda: None, owner_of), path))
        await eventually(path.exists)
        try:
            async with connected(path) as client:
                yield client
        finally:
            server.cancel()
            with suppress(asyncio.CancelledError):
                await server


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "inbound", least_free_bytes=0)


async def test_each_recipient_has_an_answer_and_a_mail_of_its_own(shelf: Shelf) -> None:
    async with receiving(shelf) as client:
        answers = await client.deliver(queue_id(1), TOKEN, OTHER)
    assert [answer[:3] for answer in answers] == ["250", "250"]
    mails = [shelf.read(mail_id) for mail_id in shelf.first(9)]
    assert {mail.headers.recipient for mail in mails} == {TOKEN, OTHER}
    assert {mail.headers.client for mail in mails} == {"2001:db8::1"}
    assert mails[0].raw == b"Subject: Report\r\n\r\nHello\r\n"


async def test_a_mail_that_comes_again_is_the_same_one(shelf: Shelf) -> None:
    async with receiving(shelf) as client:
        await client.deliver(queue_id(1), TOKEN)
        await client.deliver(queue_id(1), TOKEN)
        await client.deliver(queue_id(2), TOKEN)
    assert len(shelf) == 2


@pytest.mark.parametrize("recipient", ["x" * 320 + "@reports.test", '"a\x0bb"@reports.test'])
async def test_an_address_that_cannot_be_handed_up_is_refused_while_its_sender_hears_it(
    shelf: Shelf, recipient: str
) -> None:
    async with receiving(shelf) as client:
        await client.say(f"XFORWARD ADDR=192.0.2.1 IDENT={queue_id(1)}")
        await client.say("MAIL FROM:<bob@else.test>")
        assert (await client.say(f"RCPT TO:<{recipient}>")).startswith("5")
    assert len(shelf) == 0


@pytest.mark.parametrize("sender", ['"a\x0bb"@else.test', "bounces+" + "1" * 200 + "@else.test"])
async def test_whatever_the_return_path_is_the_mail_is_taken(shelf: Shelf, sender: str) -> None:
    async with receiving(shelf) as client:
        assert (await client.deliver(queue_id(1), TOKEN, sender=sender))[0].startswith("250")
    [mail_id] = shelf.first(9)
    assert shelf.read(mail_id).headers.sender == sender.replace("\x0b", "?").replace('"', "")


async def test_a_full_shelf_says_so_for_now_and_not_for_good(tmp_path: Path) -> None:
    full = Shelf(tmp_path / "inbound", least_free_bytes=2**62)
    async with receiving(full) as client:
        await client.say(f"XFORWARD IDENT={queue_id(1)}")
        await client.say("MAIL FROM:<>")
        assert (await client.say(f"RCPT TO:<{TOKEN}>")).startswith("452 4.3.1")


async def test_nobody_takes_the_room_of_all_others(tmp_path: Path) -> None:
    small = Shelf(tmp_path / "inbound", most_bytes=4000, least_free_bytes=0)
    async with receiving(small, lambda recipient: recipient.partition("@")[2]) as client:
        answers = [
            await client.deliver(queue_id(number), recipient, raw="x" * 700)
            for number, recipient in enumerate(("a@one.test", "b@one.test", "a@two.test"))
        ]
        assert [answer[:3] for [answer] in answers] == ["250", "452", "250"]
        await client.say("MAIL FROM:<>")
        assert (await client.say("RCPT TO:<c@one.test>"))[:3] == "250"  # a short one is taken


async def test_while_it_cannot_be_found_out_whose_a_mail_is_its_sender_keeps_it(shelf: Shelf) -> None:
    def locked(_: str) -> str:
        raise sqlite3.OperationalError

    async with receiving(shelf, locked) as client:
        await client.say(f"XFORWARD IDENT={queue_id(1)}")
        await client.say("MAIL FROM:<>")
        assert (await client.say(f"RCPT TO:<{TOKEN}>")).startswith("451 4.3.0")


@pytest.mark.parametrize("ident", ["", "[UNAVAILABLE]", "3F2A1B", "../../../etc/x"])
async def test_without_a_queue_id_that_is_unique_nothing_is_taken(shelf: Shelf, ident: str) -> None:
    async with receiving(shelf) as client:
        if ident:
            await client.say(f"XFORWARD IDENT={ident}")
        await client.say("MAIL FROM:<>")
        assert (await client.say(f"RCPT TO:<{TOKEN}>")).startswith("451")


async def test_what_was_answered_for_outlives_a_kill(tmp_path: Path) -> None:
    chance, sent, answered = random.Random(20_261_122), 0, 0
    for _ in range(KILLS):
        (tmp_path / "intake.sock").unlink(missing_ok=True)
        command = [sys.executable, "-m", "tests.tenant_agent.inbound.receiving_child", str(tmp_path)]
        process = await asyncio.create_subprocess_exec(*command)
        await eventually((tmp_path / "intake.sock").exists)
        asyncio.get_running_loop().call_later(chance.uniform(0.02, 0.2), process.kill)
        with suppress(OSError, asyncio.IncompleteReadError):
            async with connected(tmp_path / "intake.sock") as client:
                while True:
                    sent += 1
                    await client.deliver(queue_id(sent), TOKEN)
                    answered += 1
        await process.wait()
    shelf = Shelf(tmp_path / "inbound", least_free_bytes=0)
    assert KILLS <= answered <= len(shelf) <= sent
    assert all(shelf.read(mail_id).raw == b"Subject: Report\r\n\r\nHello\r\n" for mail_id in shelf.first(sent))
