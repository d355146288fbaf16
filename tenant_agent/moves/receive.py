"""The target's side: takes a copy of a mailbox from the one node that it is to be taken from, and from nobody else.

Who calls is known by the certificate; what may be called for is said by the target's own desired state. All that the
caller reaches is Dovecot's `dsync-server`, which runs as the mailbox's owner with a home that nobody else comes into.
"""

import asyncio
import shutil
import ssl
from collections import Counter
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

import structlog

from tenant_agent import wire
from tenant_agent.layout import Layout
from tenant_agent.moves.census import census_of
from tenant_agent.moves.duties import Duty
from tenant_agent.moves.stream import Broken, Stream, broken_by
from tenant_agent.moves.talk import Answer, Ask
from tenant_agent.moves.tool import INCOMPLETE, Running, Tool, ToolFailed
from tenant_agent.peers import PeerBook
from tenant_agent.projections.homes import shut_home
from tenant_agent.waiting import within

log = structlog.get_logger(__name__)

LEAST_FREE_BYTES: Final = 1 << 30
PATIENCE_SECONDS: Final = 2.0
_CONNECTIONS_PER_PEER = 4
_BIND_AGAIN_SECONDS = 10.0
_FIRST_WORD_SECONDS = 10.0
_WAIT_FOR_FORMER_SECONDS = 20.0
_WATCH_SECONDS = 1.0
_LAST_WORDS_SECONDS = 60.0


class Refused(Exception):
    """Something is not taken; the message says why."""


class Receiver:
    """Answers the sources of moves that lead here."""

    def __init__(
        self,
        layout: Layout,
        peers: PeerBook,
        *,
        most_seconds: float,
        least_free_bytes: int = LEAST_FREE_BYTES,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self._layout = layout
        self._peers = peers
        self._tool = Tool(layout)
        self._most_seconds = most_seconds
        self._least_free_bytes = least_free_bytes
        self._patience_seconds = patience_seconds
        self._duties: Mapping[str, Duty] = {}
        self._told = asyncio.Event()
        self._under_way: dict[str, asyncio.Lock] = {}
        self._connections: Counter[str] = Counter()
        self._address: str | None = None
        self._moved = asyncio.Event()
        self.is_listening = asyncio.Event()

    def set_duties(self, duties: Mapping[str, Duty]) -> None:
        """Take from now on what is asked for by these, and end what is asked for no more."""
        self._duties = duties
        self._told.set()

    def listen_on(self, address: str | None) -> None:
        """Listen there from now on; nowhere if there is no address."""
        if address != self._address:
            self._address = address
            self._moved.set()

    async def run(self) -> None:
        """Serve until cancelled, whatever becomes of the address."""
        while True:
            self._moved.clear()
            if self._address is None:
                await self._moved.wait()
            else:
                await self._serve(self._address)

    async def _serve(self, address: str) -> None:
        async with asyncio.TaskGroup() as connections:
            try:
                server = await asyncio.start_server(
                    lambda reader, writer: _started(connections, self._connected(reader, writer)),
                    address,
                    self._layout.ports.moves,
                    ssl=self._peers.server_context(),
                    ssl_handshake_timeout=_FIRST_WORD_SECONDS,
                )
            except OSError as error:
                log.error("moves.not_listening", reason=str(error))  # noqa: TRY400 (no trace wanted)
                await within(_BIND_AGAIN_SECONDS, self._moved)
                return
            async with server:
                self.is_listening.set()
                await self._moved.wait()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = self._peer_of(writer)
        try:
            if peer is not None and self._connections[peer.node_id] < _CONNECTIONS_PER_PEER:
                await self._serve_peer(Stream(reader, writer), peer)
        finally:
            writer.close()

    async def _serve_peer(self, stream: Stream, peer: wire.Peer) -> None:
        self._connections[peer.node_id] += 1
        try:
            async with asyncio.timeout(self._most_seconds):
                await self._answer(stream, peer)
        except (Broken, OSError, TimeoutError, ToolFailed) as error:
            log.info("move.not_taken", peer=peer.name, reason=str(error)[:300])
        except Exception:
            log.exception("move.not_taken", peer=peer.name)  # whatever one connection leads to must end no other
        finally:
            self._connections[peer.node_id] -= 1

    def _peer_of(self, writer: asyncio.StreamWriter) -> wire.Peer | None:
        tls: ssl.SSLObject | None = writer.get_extra_info("ssl_object")
        return None if tls is None else self._peers.peer_of(tls.getpeercert(binary_form=True))

    async def _answer(self, stream: Stream, peer: wire.Peer) -> None:
        async with asyncio.timeout(_FIRST_WORD_SECONDS):
            ask = await stream.receive_struct(Ask)
        await self._until_known(ask)
        try:
            duty = self._checked(ask, peer)
            lock = self._under_way.setdefault(duty.move.address, asyncio.Lock())
            await _acquired(lock)
        except Refused as error:
            log.warning("move.refused", peer=peer.name, reason=str(error))
            await stream.send_struct(Answer(problem=str(error)))
            return
        try:
            await stream.send_struct(await self._done(ask, duty, stream))
            await stream.until_closed(_LAST_WORDS_SECONDS)
        finally:
            lock.release()

    async def _until_known(self, ask: Ask) -> None:
        """Wait a moment for a move that is not known here: of what both nodes are told, one of them hears first."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._patience_seconds):
                while self._taken(ask) is None:
                    self._told.clear()
                    await self._told.wait()

    def _taken(self, ask: Ask) -> Duty | None:
        duty = self._duties.get(ask.address)
        return duty if duty is not None and duty.takes and duty.move.move_id == ask.move_id else None

    def _checked(self, ask: Ask, peer: wire.Peer) -> Duty:
        duty = self._taken(ask)
        if duty is None:
            raise Refused("no such mailbox is to be taken here")
        if duty.move.peer_node_id != peer.node_id:
            raise Refused("this mailbox is to be taken from another node")
        self._check_disk()
        return duty

    def _check_disk(self) -> None:
        if shutil.disk_usage(self._layout.mail_store).free < self._least_free_bytes:
            raise Refused("the disk of the target is too full")

    async def _done(self, ask: Ask, duty: Duty, stream: Stream) -> Answer:
        if ask.wanted == "anew":
            await asyncio.to_thread(_take_away, duty.home)
        await asyncio.to_thread(shut_home, duty.home, duty.move.system_uid)
        if ask.wanted == "census":
            return Answer(census=await census_of(self._tool, duty.account))
        await stream.send_struct(Answer())
        async with await self._tool.start(duty.account, "dsync-server", stdin=asyncio.subprocess.PIPE) as running:
            await self._converse(running, stream, duty)
            return _ended(await running.status(), await running.complaint())

    async def _converse(self, running: Running, stream: Stream, duty: Duty) -> None:
        """Let dsync speak with its other side until it has no more to say; raises `Broken` and `Refused`."""
        process = running.process
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            async with asyncio.TaskGroup() as tasks:
                beside = (
                    tasks.create_task(_listen(stream, process.stdin)),
                    tasks.create_task(self._watch(duty)),
                )
                await stream.take_from(process.stdout)
                for task in beside:
                    task.cancel()
        except ExceptionGroup as group:
            raise broken_by(group, Refused) from None

    async def _watch(self, duty: Duty) -> None:
        """End the conversation when the mailbox is to be taken no more, or finds no room."""
        while True:
            await asyncio.sleep(_WATCH_SECONDS)
            self._check_disk()
            now = self._duties.get(duty.move.address)
            if now is None or not now.takes or now.move.move_id != duty.move.move_id:
                raise Refused("the move was given up")


def _started(tasks: asyncio.TaskGroup, work: Coroutine[None, None, None]) -> None:
    tasks.create_task(work)


async def _listen(stream: Stream, sink: asyncio.StreamWriter) -> None:
    await stream.give_to(sink)
    await asyncio.sleep(_LAST_WORDS_SECONDS)
    raise Broken("dsync-server does not come to an end")


async def _acquired(lock: asyncio.Lock) -> None:
    """Wait until the former connection is over: the source may have been killed and come back."""
    try:
        async with asyncio.timeout(_WAIT_FOR_FORMER_SECONDS):
            await lock.acquire()
    except TimeoutError as error:
        raise Refused("an earlier pass is still under way") from error


def _take_away(home: Path) -> None:
    if home.is_dir() and not home.is_symlink():
        shutil.rmtree(home)


def _ended(status: int, complaint: str) -> Answer:
    if status in (0, INCOMPLETE):
        return Answer()
    return Answer(problem=complaint or f"dsync-server ended with {status}")
