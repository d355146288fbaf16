"""Finds out what Postfix has of the deliveries that are in doubt; the package's docstring says why this is enough."""

import asyncio
import secrets
import sqlite3
import stat
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import msgspec
import structlog

from tenant_agent import ledger, spool
from tenant_agent.inject.booking import wait_ms
from tenant_agent.journal import Journal
from tenant_agent.maillog import account
from tenant_agent.maillog.follower import Follower
from tenant_agent.maillog.parser import MARK_TAG
from tenant_agent.open_files import Inode, open_files

log = structlog.get_logger(__name__)

_POLL_SECONDS = 0.02
_LOOK_SECONDS = 0.1
_RETRY_SECONDS = 1.0

_WRITING_SECONDS = 40.0
"""cleanup(8) waits for the signer at most 30 s (milter_content_timeout) when it has all of a message."""

_MARK_SECONDS = 10.0
"""How long the log may take to show a mark before another one is written."""

# Of linux/tcp_states.h: ESTABLISHED, SYN_RECV, CLOSE_WAIT; in all others the server has closed its end already.
_SERVED_STATES = frozenset({"01", "03", "08"})


class _Listed(msgspec.Struct, frozen=True):
    """A line of `postqueue -j`, as far as it matters."""

    queue_id: str
    sender: str


_listed = msgspec.json.Decoder(_Listed)


class QueueUnreadable(Exception):
    """Postfix's own tools failed, as they do while it is being set up."""


class Queue(Protocol):
    """What has to be asked of Postfix."""

    def has_open_sessions(self) -> bool: ...

    def being_written(self) -> frozenset[Inode]: ...

    async def senders(self) -> dict[str, str]: ...

    async def write_mark(self, mark: str) -> None: ...


class PostfixQueue:
    """The node's Postfix, by its own tools."""

    def __init__(self, config: Path, queue_directory: Path, inject_port: int) -> None:
        self._config = config
        self._incoming = queue_directory / "incoming"
        self._port_suffix = f":{inject_port:04X}"

    def has_open_sessions(self) -> bool:
        """Tell whether any process serves, or is about to serve, a connection to the injection port."""
        return any(self._serves(line.split()) for line in _socket_table())

    def being_written(self) -> frozenset[Inode]:
        """Give the messages that cleanup(8) has in hand, though smtpd may be gone: they turn executable when whole."""
        unfinished = frozenset(_unfinished(self._incoming))
        return unfinished & frozenset(open_files()) if unfinished else unfinished

    async def senders(self) -> dict[str, str]:
        """Give the queue id of each return path's left side that is in the queue; raises `QueueUnreadable`."""
        listing = await self._run("postqueue", "-j")
        return {entry.sender.partition("@")[0]: entry.queue_id for entry in map(_listed.decode, listing.splitlines())}

    async def write_mark(self, mark: str) -> None:
        """Write a line to the mail log behind everything that Postfix has said; raises `QueueUnreadable`."""
        await self._run("postlog", "-t", MARK_TAG, mark)

    def _serves(self, columns: list[str]) -> bool:
        local, state = columns[1], columns[3]
        return local.endswith(self._port_suffix) and state in _SERVED_STATES

    async def _run(self, tool: str, *arguments: str) -> bytes:
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            tool, "-c", str(self._config), *arguments, stdin=asyncio.subprocess.DEVNULL, stdout=pipe, stderr=pipe
        )
        output, complaints = await process.communicate()
        if process.returncode:
            raise QueueUnreadable(f"{tool}: {complaints.decode(errors='replace').strip()}")
        return output


async def settle(journal: Journal, queue: Queue, follower: Follower, node: str) -> None:
    """Decide for everything that is in doubt, and find out what vanished; returns when that is done."""
    is_due = bool(journal.read(ledger.in_doubt) or journal.read(ledger.queued_ids))
    while is_due:
        try:
            await _settle_once(journal, queue, follower, node)
            is_due = bool(journal.read(ledger.in_doubt))
        except (QueueUnreadable, OSError, TimeoutError) as error:
            log.warning("injection.unsettled", reason=str(error) or type(error).__name__)
            await asyncio.sleep(_RETRY_SECONDS)


async def _settle_once(journal: Journal, queue: Queue, follower: Follower, node: str) -> None:
    queued_before = journal.read(ledger.queued_ids)
    while queue.has_open_sessions():  # noqa: ASYNC110 (nothing tells when another process hangs up)
        await asyncio.sleep(_POLL_SECONDS)
    await _until_written(queue)
    # One that moves from one directory to the next during the first listing is found by the second, or was logged.
    in_queue = await queue.senders() | await queue.senders()
    mark = f"settle {secrets.token_hex(8)}"
    seen = follower.expect(mark)
    await queue.write_mark(mark)
    async with asyncio.timeout(_MARK_SECONDS):
        await seen.wait()
    unsent = await journal.write(lambda db: _decide(db, node, in_queue, time.time_ns() // 1_000_000))
    vanished = await _book_vanished(journal, queue, node, queued_before - set(in_queue.values()))
    log.info("injection.settled", listed=len(in_queue), to_be_sent_again=unsent, vanished=vanished)


async def _book_vanished(journal: Journal, queue: Queue, node: str, unlisted: set[str]) -> int:
    """Book what had left the queue before it was listed, and yet has no end in the log that was read since.

    Postfix logs an attempt before it completes it, but through postlogd(8): when all of Postfix is killed, the last
    lines die on their way.
    """
    lost = unlisted & journal.read(ledger.queued_ids)
    if lost:
        lost -= set((await queue.senders()).values())
    at_ms = time.time_ns() // 1_000_000
    return await journal.write(lambda db: account.book_vanished(db, node, lost, at_ms)) if lost else 0


async def _until_written(queue: Queue) -> None:
    """Wait for what is being written now; who sends slowly from elsewhere does not hold us up for long."""
    unwritten = queue.being_written()
    with suppress(TimeoutError):
        async with asyncio.timeout(_WRITING_SECONDS):
            while unwritten := unwritten & queue.being_written():  # noqa: ASYNC110 (nothing tells when it is)
                await asyncio.sleep(_LOOK_SECONDS)


def _decide(db: sqlite3.Connection, node: str, in_queue: dict[str, str], now_ms: int) -> int:
    """Book what the queue holds; put back what neither queue nor log knows, and count it."""
    unsent = 0
    for delivery in ledger.in_doubt(db):
        queue_id = in_queue.get(delivery.return_local)
        if queue_id is None:
            # One that has failed before may be the reason for the trouble: the others go first.
            try_at_ms = now_ms + wait_ms(delivery.tries - 1) if delivery.tries else 0
            ledger.put_back(db, delivery, try_at_ms=try_at_ms, tries=delivery.tries)
            unsent += 1
        elif (event := account.book_queued(db, node, delivery, queue_id)) is not None:
            spool.append(db, [event])
    return unsent


def _socket_table() -> list[str]:
    """Give the TCP sockets of this network namespace, without the headings (proc_net_tcp.txt of the kernel)."""
    tables = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
    return [line for table in tables if table.exists() for line in table.read_text().splitlines()[1:]]


def _unfinished(directory: Path) -> Iterator[Inode]:
    if not directory.exists():
        return
    for path in directory.iterdir():
        with suppress(FileNotFoundError):
            status = path.stat()
            if not status.st_mode & stat.S_IXUSR:
                yield status.st_dev, status.st_ino
