"""What Postfix's side tells about deliveries in doubt."""

import socket
from pathlib import Path

import pytest

from tenant_agent.inject.settle import PostfixQueue, QueueUnreadable


def test_a_session_counts_as_open_until_the_server_has_closed_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        queue = PostfixQueue(Path("/nonexistent"), port)
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
    queue = PostfixQueue(tmp_path, 10025)
    with pytest.raises(QueueUnreadable):
        await queue.senders()
    with pytest.raises(QueueUnreadable):
        await queue.write_mark("settle 1")
