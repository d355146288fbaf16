"""Files are fetched once and whole, whatever happens on the way, and hold up nothing but their own messages."""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import msgspec
import pytest

from tenant_agent import ledger, returns, wire
from tenant_agent.clock import ManualClock
from tenant_agent.fetched import wanted
from tenant_agent.fetched.reading import FileLost
from tenant_agent.fetched.supply import FileSupply, Surroundings
from tenant_agent.journal import Journal
from tests.tenant_agent.fetched.file_server import FileServer, file_server, ref_of
from tests.tenant_agent.mail_fixtures import offer
from tests.tenant_agent.real_postfix import eventually

CONTENT = os.urandom(700_000)


class Node:
    """The agent's part that has to do with files."""

    def __init__(self, directory: Path, server: FileServer, most_bytes: int = 10_000_000) -> None:
        self.journal = Journal(directory / "mail.db", (ledger.SCHEMA,), ledger.upgrade)
        self.clock = ManualClock()
        self.files = directory / "fetched"
        self.may_give_back = True
        self.arrived = asyncio.Event()
        around = Surroundings(self.arrived.set, lambda: self.may_give_back, lambda: None)
        self.supply = FileSupply(self.journal, self.files, self.clock, around, most_bytes=most_bytes)
        self.supply.fetch_by(server.download())

    async def take(self, *files: wire.FileRef, recipients: Sequence[str] = ("bob@else.test",)) -> wire.Offer:
        """Be given messages with these files, for good."""
        batch = with_files(offer(recipients), files)
        await self.journal.write(lambda db: ledger.record_offer(db, batch, 0))
        await self.journal.write(lambda db: ledger.take(db, batch.lease_id))
        self.supply.wake()
        return batch

    def due(self) -> list[str]:
        """Name the recipients whose messages may be injected."""
        found = self.journal.read(lambda db: ledger.due(db, now_ms=10**15, most=100, most_bytes=10**9))
        return [delivery.recipient for delivery in found]

    def rests(self) -> bool:
        """Say whether some file could not be had, and is left alone for a while."""
        return self.supply._fetcher is not None and bool(self.supply._fetcher._rests)

    async def read(self, file: wire.FileRef) -> bytes:
        return b"".join([piece async for piece in self.supply.read(file)])

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.supply.run())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


def with_files(batch: wire.Offer, files: Sequence[wire.FileRef]) -> wire.Offer:
    attachments = tuple(wire.Attachment("a.pdf", "application/pdf", file) for file in files)
    messages = []
    for message in batch.messages:
        content = wire.decode_as(bytes(message.content), wire.Content)
        content = msgspec.structs.replace(content, attachments=attachments)
        messages.append(msgspec.structs.replace(message, content=msgspec.Raw(wire.encode(content))))
    return msgspec.structs.replace(batch, messages=tuple(messages))


@pytest.fixture
async def server() -> AsyncIterator[FileServer]:
    async with file_server() as running:
        yield running


@pytest.fixture
async def node(tmp_path: Path, server: FileServer) -> AsyncIterator[Node]:
    made = Node(tmp_path, server)
    yield made
    made.journal.close()


async def test_a_message_goes_when_all_its_files_are_here(node: Node, server: FileServer) -> None:
    first, second = server.add(CONTENT), server.add(b"short")
    batch = await node.take(first, second)
    assert node.due() == []
    async with node.running():
        await eventually(lambda: node.due() == ["bob@else.test"])
    assert (await node.read(first), await node.read(second)) == (CONTENT, b"short")
    envelope = wire.decode_as(bytes(batch.messages[0].envelope), wire.Envelope)
    assert {address for address, _ in server.asked} == {
        f"{wire.FILES_PATH}/{envelope.tenant_id}/{envelope.message_id}/{file.id}" for file in (first, second)
    }


async def test_messages_without_files_and_others_files_go_meanwhile(node: Node, server: FileServer) -> None:
    await node.take(ref_of(b"nobody has it"), recipients=["stuck@else.test"])
    await node.take(recipients=["plain@else.test"])
    await node.take(server.add(CONTENT), recipients=["other@else.test"])
    async with node.running():
        await eventually(lambda: node.due() == ["plain@else.test", "other@else.test"])


async def test_nothing_is_fetched_before_the_message_is_the_nodes_own(node: Node, server: FileServer) -> None:
    batch = with_files(offer(["bob@else.test"]), [server.add(CONTENT)])
    await node.journal.write(lambda db: ledger.record_offer(db, batch, 0))
    assert node.journal.read(lambda db: wanted.wanted(db, 10)) == []


async def test_a_file_of_many_messages_is_fetched_once(node: Node, server: FileServer) -> None:
    file = server.add(CONTENT)
    again = wire.FileRef(secrets.token_hex(13), file.size, file.sha256)  # the same bytes, accepted another time
    await node.take(file, recipients=["a@else.test", "b@else.test"])
    await node.take(again, recipients=["c@else.test"])
    async with node.running():
        await eventually(lambda: len(node.due()) == 3)
    assert len(server.asked) == 1


async def test_it_goes_on_where_it_was_interrupted(node: Node, server: FileServer) -> None:
    file = server.add(CONTENT)
    server.breaks_after = 300_000
    await node.take(file)
    async with node.running():
        await eventually(node.rests)
    server.breaks_after = None
    node.clock.move(100)
    async with node.running():
        await eventually(lambda: len(node.due()) == 1)
    assert int(server.asked[1][1] or 0) > 200_000
    assert await node.read(file) == CONTENT
    assert not list(node.files.glob("*.part"))


@pytest.mark.parametrize("change", [lambda content: content[:-1] + b"\0", lambda c: c[:-5], lambda c: c + b"more"])
async def test_what_is_not_what_was_said_is_not_kept(node: Node, server: FileServer, change: object) -> None:
    file = server.add(b"a" * 1000 + b"b")
    server.changes = change  # type: ignore[assignment]
    await node.take(file)
    async with node.running():
        await eventually(node.rests)
    assert node.due() == []
    server.changes = lambda content: content
    node.clock.move(100)
    async with node.running():
        await eventually(lambda: len(node.due()) == 1)


async def test_a_control_plane_that_is_away_is_asked_again_more_and_more_seldom(node: Node, server: FileServer) -> None:
    file = server.add(CONTENT)
    server.status = 503
    node.may_give_back = False
    await node.take(file)
    async with node.running():
        await eventually(node.rests)
        server.status = 200
        node.supply.wake()
        await asyncio.sleep(0.05)
        assert len(server.asked) == 1
        node.clock.move(2)
        node.supply.wake()
        await eventually(lambda: len(node.due()) == 1)


async def test_what_cannot_be_fetched_for_a_minute_is_given_back_with_the_reason(
    node: Node, server: FileServer
) -> None:
    await node.take(ref_of(b"nobody has it"))
    async with node.running():
        await eventually(node.rests)
        node.clock.move(61)
        node.supply.wake()
        await eventually(lambda: node.journal.read(returns.count) == 1)
    _, [returned] = node.journal.read(lambda db: returns.untold(db, 0))
    assert returned.reason == "a file of it cannot be fetched: the control plane says 404 No"


async def test_a_file_that_was_lost_is_fetched_again(node: Node, server: FileServer) -> None:
    file = server.add(CONTENT)
    await node.take(file)
    async with node.running():
        await eventually(lambda: len(node.due()) == 1)
        (node.files / file.sha256.hex()).unlink()
        with pytest.raises(FileLost):
            await node.read(file)
        await eventually(lambda: len(server.asked) == 2 and len(node.due()) == 1)
    assert await node.read(file) == CONTENT


async def test_what_is_needed_no_more_makes_room_and_what_is_needed_does_not(
    tmp_path: Path, server: FileServer
) -> None:
    node = Node(tmp_path, server, most_bytes=1_500_000)
    contents = [os.urandom(700_000) for _ in range(3)]
    files = [server.add(content) for content in contents]
    first = await node.take(files[0])
    await node.take(files[1], recipients=["b@else.test"])
    async with node.running():
        await eventually(lambda: len(node.due()) == 2)
        await node.take(files[2], recipients=["c@else.test"])
        await eventually(node.rests)
        assert len(node.due()) == 2
        token = ledger.token_of(first.deliveries[0].delivery_id)
        await node.journal.write(lambda db: db.execute("update deliveries set state = 1 where token = ?", (token,)))
        found = node.journal.read(lambda db: ledger.by_token(db, token))
        assert found is not None
        await node.journal.write(lambda db: ledger.queued(db, found, "4jX5", 1))
        node.clock.move(100)
        node.supply.wake()
        await eventually(lambda: node.due() == ["b@else.test", "c@else.test"])
    assert {path.name for path in node.files.iterdir()} == {file.sha256.hex() for file in files[1:]}
    await node.journal.write(wanted.prune)
    node.journal.close()


async def test_after_a_restart_what_is_here_is_not_fetched_again(tmp_path: Path, server: FileServer) -> None:
    node = Node(tmp_path, server)
    file = server.add(CONTENT)
    await node.take(file)
    async with node.running():
        await eventually(lambda: len(node.due()) == 1)
    node.journal.close()
    node = Node(tmp_path, server)
    await node.take(file, recipients=["eve@else.test"])
    async with node.running():
        await eventually(lambda: node.due() == ["bob@else.test", "eve@else.test"])
    assert len(server.asked) == 1
    node.journal.close()
