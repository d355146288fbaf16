"""Passes between two nodes: what the target has in the end is what the source has, and nobody else brings anything."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest

from tenant_agent.moves.duties import Duty
from tenant_agent.moves.push import PassFailed, Pusher
from tenant_agent.moves.receive import Receiver
from tenant_agent.projections.homes import shut_home
from tests.tenant_agent.moves.pair import Pair, fill, move

pytestmark = pytest.mark.node


@pytest.fixture
def empty() -> Iterator[Pair]:
    with TemporaryDirectory(prefix="fp-moves-") as directory:
        Path(directory).chmod(0o755)  # the owner's tools must get through
        pair = Pair(Path(directory))
        pair.source.prepare()
        yield pair


@pytest.fixture
def pair(empty: Pair) -> Pair:
    fill(empty.source)
    return empty


async def test_a_copy_has_everything_under_the_same_numbers(pair: Pair) -> None:
    async with pair.listening():
        size = await pair.pusher.copy(pair.duty)
    assert (size.messages, pair.target.mails()) == (3, pair.source.mails())
    assert pair.target.folders() == pair.source.folders()
    assert pair.target.doveadm("mailbox", "list", "-s") == pair.source.doveadm("mailbox", "list", "-s")
    scripts = {tuple(line.split()) for line in pair.target.doveadm("sieve", "list").splitlines()}
    assert scripts == {("main", "ACTIVE"), ("other",)}


async def test_the_next_pass_brings_what_has_changed(pair: Pair) -> None:
    async with pair.listening():
        await pair.pusher.copy(pair.duty)
        pair.source.save("five")
        pair.source.doveadm("expunge", "mailbox", "Work", "uid", "1")
        pair.source.doveadm("flags", "remove", "\\Seen", "mailbox", "Work", "uid", "3")
        pair.source.doveadm("mailbox", "rename", "Work/Deep", "Deeper")
        pair.source.doveadm("sieve", "delete", "other")
        census = await pair.pusher.finish(pair.duty)
    assert (census.messages, pair.target.mails()) == (3, pair.source.mails())
    assert pair.target.folders() == pair.source.folders()
    assert pair.target.doveadm("sieve", "list").split() == ["main", "ACTIVE"]


async def test_what_was_there_before_is_overwritten(pair: Pair) -> None:
    pair.target.prepare()
    pair.target.save("stale")
    pair.target.doveadm("mailbox", "create", "Work", "Old")
    async with pair.listening():
        await pair.pusher.copy(pair.duty)
    assert pair.target.mails() == pair.source.mails()
    assert pair.target.folders() == pair.source.folders()


async def test_an_empty_mailbox_moves_too(empty: Pair) -> None:
    async with empty.listening():
        assert (await empty.pusher.finish(empty.duty)).messages == 0


async def test_the_copy_is_open_to_nobody(pair: Pair) -> None:
    async with pair.listening():
        await pair.pusher.copy(pair.duty)
    found = pair.target.home.stat()
    assert (found.st_uid, found.st_gid, found.st_mode & 0o777) == (0, 99_999, 0o770)


async def test_a_mailbox_that_is_shut_is_copied_like_any_other(pair: Pair) -> None:
    shut_home(pair.source.home, 200_001)
    async with pair.listening():
        await pair.pusher.finish(pair.duty)
    assert pair.target.mails() == pair.source.mails()


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"move": move(role="target", peer_node_id="nod_c")}, "another node"),
        ({"move": move(role="target", peer_node_id="nod_a", move_id="mov_2")}, "no such mailbox"),
        ({"move": move(role="source", peer_node_id="nod_a")}, "no such mailbox"),
        ({"is_kept_here": True}, "no such mailbox"),
    ],
)
async def test_what_is_not_to_be_taken_is_refused(pair: Pair, changes: dict[str, object], why: str) -> None:
    async with pair.listening():
        pair.take(**changes)
        with pytest.raises(PassFailed, match=why):
            await pair.pusher.copy(pair.duty)
    assert not pair.target.home.exists()


async def test_a_target_that_hears_of_the_move_later_than_the_source_takes_it(pair: Pair) -> None:
    pair.receiver = Receiver(pair.target.layout, pair.book("b", "a"), most_seconds=30.0, patience_seconds=20.0)
    async with pair.listening():
        pair.receiver.set_duties({})
        asyncio.get_running_loop().call_later(0.2, pair.take)
        await pair.pusher.copy(pair.duty)
    assert pair.target.mails() == pair.source.mails()


async def test_no_other_mailbox_is_taken(pair: Pair) -> None:
    bob = msgspec.structs.replace(pair.duty, move=move(address="bob@acme.test"))
    async with pair.listening():
        with pytest.raises(PassFailed, match="no such mailbox"):
            await pair.pusher.copy(bob)


async def test_a_node_that_is_no_peer_is_not_heard(pair: Pair) -> None:
    async with pair.listening():
        stranger = Pusher(pair.source.tool, pair.book("b", "b"), pair.target.layout.ports.moves)
        with pytest.raises(PassFailed):
            await stranger.copy(pair.duty)
    assert not pair.target.home.exists()


async def test_a_target_that_is_away_is_said_to_be(pair: Pair) -> None:
    with pytest.raises(PassFailed, match="does not answer"):
        await pair.pusher.copy(pair.duty)


@pytest.mark.parametrize("seconds", [0.05, 0.1, 0.14, 0.18, 0.22, 0.26])
async def test_a_pass_that_is_broken_off_can_be_made_again(pair: Pair, seconds: float) -> None:
    """At once: dsync has taken its locks away, at which those who come after it would wait for minutes."""
    for number in range(20):
        pair.source.save(f"mail{number}")
    async with pair.listening():
        first = asyncio.create_task(pair.pusher.copy(pair.duty))
        await asyncio.sleep(seconds)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        async with asyncio.timeout(20):
            await pair.pusher.finish(pair.duty)
    assert pair.target.mails() == pair.source.mails()


async def test_what_breaks_while_dsync_speaks_is_told_as_a_failed_pass(pair: Pair) -> None:
    for number in range(40):
        pair.source.save(f"mail{number}")
    async with pair.listening():
        copying = asyncio.create_task(pair.pusher.copy(pair.duty, anew=True))
        async with asyncio.timeout(10):
            while not pair.target.home.exists():  # noqa: ASYNC110 (nothing tells)
                await asyncio.sleep(0.01)
    with pytest.raises(PassFailed, match="the other node"):
        await copying


async def test_nothing_is_taken_where_there_is_no_room(pair: Pair) -> None:
    pair.receiver = Receiver(pair.target.layout, pair.book("b", "a"), most_seconds=30.0, least_free_bytes=1 << 62)
    async with pair.listening():
        with pytest.raises(PassFailed, match="disk of the target is too full"):
            await pair.pusher.copy(pair.duty)


async def test_a_conversation_ends_when_the_move_is_given_up(pair: Pair) -> None:
    for number in range(40):
        pair.source.save(f"mail{number}")
    async with pair.listening():
        copying = asyncio.create_task(pair.pusher.copy(pair.duty))
        async with asyncio.timeout(10):
            while not pair.target.home.exists():  # noqa: ASYNC110 (nothing tells)
                await asyncio.sleep(0.01)
        pair.receiver.set_duties({})
        await asyncio.gather(copying, return_exceptions=True)  # it may have been quicker
        with pytest.raises(PassFailed, match="no such mailbox"):
            await pair.pusher.copy(pair.duty)


class _Damaged(dict[str, Duty]):
    """What raises errors that nobody thought of."""

    def get(self, key: str, default: object = None) -> Duty:
        raise RuntimeError(key)


async def test_whatever_a_connection_leads_to_the_next_one_is_served(pair: Pair) -> None:
    async with pair.listening():
        pair.receiver.set_duties(_Damaged())
        with pytest.raises(PassFailed):
            await pair.pusher.copy(pair.duty, anew=True)
        pair.take()
        assert (await pair.pusher.copy(pair.duty)).messages == 3
