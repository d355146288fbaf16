"""What Postfix's side tells about deliveries in doubt."""

import asyncio
import os
import socket
from pathlib import Path
from typing import cast

import pytest

from tenant_agent import ledger, spool
from tenant_agent.inject.settle import PostfixQueue, QueueUnreadable, _until_written, settle
from tenant_agent.journal import Journal
from tenant_agent.maillog.follower import Follower
from tests.tenant_agent.mail_fixtures import claim, offer


def test_a_session_counts_as_open_until_the_server_has_closed_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        queue = PostfixQueue(Path("/nonexistent"), Path("/nonexistent"), port)
        assert not queue.has_open_sessions()
        client = socket.create_connection(("127.0.0.1", port))
        assert queue.has_open_sessions(), "nobody has accepted it yet"
        served, _ = listener.accept()
        client.close()
        assert queue.has_open_sessions(), "the client is gone, the server may still be writing its queue file"
        served.close()
        assert not queue.has_open_sessions()


@pytest.mark.node
async def test_a_postfix_that_is_not_set_up_is_unreadable_and_not_empty(tmp_path: Path) -> None:
    queue = PostfixQueue(tmp_path, tmp_path, 10025)
    with pytest.raises(QueueUnreadable):
        await queue.senders()
    with pytest.raises(QueueUnreadable):
        await queue.write_mark("settle 1")


def test_a_message_is_being_written_while_its_file_is_open_and_not_yet_whole(tmp_path: Path) -> None:
    queue = PostfixQueue(tmp_path, tmp_path, 10025)
    assert not queue.being_written(), "there is no queue yet"
    incoming = tmp_path / "incoming"
    incoming.mkdir()
    (incoming / "left-behind").touch(0o600)
    with (incoming / "begun").open("w") as file:
        (incoming / "begun").chmod(0o600)
        status = (incoming / "begun").stat()
        assert queue.being_written() == {(status.st_dev, status.st_ino)}
        os.fchmod(file.fileno(), 0o700)
        assert not queue.being_written(), "cleanup has said that it is whole"


class SlowQueue:
    """Has one message that is written only after it was looked at a few times."""

    def __init__(self, looks: int) -> None:
        self.looks = looks

    def has_open_sessions(self) -> bool:
        return False

    def being_written(self) -> frozenset[tuple[int, int]]:
        self.looks -= 1
        return frozenset({(1, 1), (1, self.looks)} if self.looks else ())

    async def senders(self) -> dict[str, str]:
        return {}

    async def write_mark(self, mark: str) -> None: ...


async def test_what_is_being_written_is_waited_for_and_what_began_later_is_not() -> None:
    queue = SlowQueue(looks=3)
    await _until_written(queue)
    assert queue.looks == 0


class ListedQueue(SlowQueue):
    """Holds what it is told, with nothing being written."""

    def __init__(self, senders: dict[str, str]) -> None:
        super().__init__(looks=1)
        self._senders = senders

    async def senders(self) -> dict[str, str]:
        return self._senders


class ReadLog:
    """A log that has been read to any mark as soon as it is written."""

    def expect(self, mark: str) -> asyncio.Event:
        assert mark
        seen = asyncio.Event()
        seen.set()
        return seen


async def test_what_left_the_queue_without_an_end_in_the_log_is_completed_and_what_is_there_goes_on(
    tmp_path: Path,
) -> None:
    journal = Journal(tmp_path / "mail.db", (ledger.SCHEMA, spool.SCHEMA))
    batch = offer(["bob@else.test", "carl@else.test"])
    await journal.write(lambda db: ledger.record_offer(db, batch, 0))
    await journal.write(lambda db: ledger.take(db, batch.lease_id))
    claimed = await journal.write(claim)
    for number, delivery in enumerate(claimed.deliveries):
        queue_id = f"4jX7X66DR3z2Ff{number}"
        await journal.write(lambda db, d=delivery, q=queue_id: ledger.queued(db, d, q, 1))  # type: ignore[misc]
    vanished, waiting = claimed.deliveries
    queue = ListedQueue({waiting.return_local: "4jX7X66DR3z2Ff1"})
    await settle(journal, queue, cast("Follower", ReadLog()), "n1")
    report = journal.read(lambda db: spool.next_report(db, 0))
    assert report is not None
    [event] = report.events
    assert (event.delivery_id, event.type) == (f"dlv_{vanished.token}", "message.delivered")
    assert event.reply
    assert journal.read(ledger.queued_ids) == {"4jX7X66DR3z2Ff1"}
    journal.close()
