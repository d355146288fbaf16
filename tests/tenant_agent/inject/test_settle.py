"""What Postfix's side tells about deliveries in doubt."""

import os
import socket
from pathlib import Path

import pytest

from tenant_agent.inject.settle import PostfixQueue, QueueUnreadable, _until_written


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
