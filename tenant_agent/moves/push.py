"""The source's side: passes, in which dsync makes the target's copy of a mailbox what the mailbox is.

dsync speaks through the pipes of a command that it starts. That command is two processes of `cat`, which carry the
dialogue to a socket of the agent; from there it goes over TLS to the target's agent. No daemon takes part in it.
"""

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import structlog

from tenant_agent import wire
from tenant_agent.moves.census import Census, Size, census_of, differences, size_of
from tenant_agent.moves.duties import Duty
from tenant_agent.moves.stream import Broken, Stream, broken_by
from tenant_agent.moves.talk import Answer, Ask, Wanted
from tenant_agent.moves.tool import INCOMPLETE, Running, Tool
from tenant_agent.peers import PeerBook

log = structlog.get_logger(__name__)

_CONNECT_SECONDS = 10.0
_TRIES = 3


class PassFailed(Exception):
    """The copy is not what the mailbox is; the message says why, for the operator."""


class _NotTaken(PassFailed):
    """The target refuses, or is not there: to ask again at once is of no use."""


class Differ(PassFailed):
    """dsync thinks that the copy is complete, and it is not."""


class Pusher:
    """Makes passes of mailboxes that this node keeps."""

    def __init__(self, tool: Tool, peers: PeerBook, port: int) -> None:
        self._tool = tool
        self._peers = peers
        self._port = port

    async def copy(self, duty: Duty, *, anew: bool = False) -> Size:
        """Bring the target's copy up to date while the mailbox is in use; raises `PassFailed` and `ToolFailed`.

        A copy that dsync cannot bring up to date is made anew: nobody has seen it yet.
        """
        ways: list[Wanted] = ["anew"] if anew else ["update", "update", "anew"]
        while True:
            try:
                await self._sync(duty, ways.pop(0))
                return await size_of(self._tool, duty.account)
            except PassFailed as failure:
                if not ways or isinstance(failure, _NotTaken):
                    raise
                log.warning("move.pass_repeated", address=duty.move.address, reason=str(failure))

    async def finish(self, duty: Duty) -> Census:
        """Make a copy that agrees with the mailbox, which nobody uses now; raises `PassFailed` and `ToolFailed`."""
        different = ""
        for _ in range(_TRIES):
            await self._sync(duty, "update")
            here, there = await census_of(self._tool, duty.account), await self._census_there(duty)
            different = differences(here, there)
            if not different:
                return here
            log.warning("move.copies_differ", address=duty.move.address, parts=different)
        raise Differ(f"the copy differs from the mailbox in its {different}")

    async def _census_there(self, duty: Duty) -> Census:
        async with self._asked(duty, "census") as (_, answer):
            if answer.census is None:
                raise PassFailed("the target does not say what it has")
            return answer.census

    async def _sync(self, duty: Duty, wanted: Wanted) -> None:
        """Run dsync once."""
        async with self._asked(duty, wanted) as (stream, _):
            ours, theirs = socket.socketpair()
            command = ("/bin/bash", "-c", f"cat <&{theirs.fileno()} & exec cat >&{theirs.fileno()}")
            with theirs:
                async with _opened(ours) as (reader, writer):
                    pass_fds = (theirs.fileno(),)
                    running = await self._tool.start(duty.account, "backup", "-f", *command, pass_fds=pass_fds)
                    theirs.close()  # or there is no end of file when the tool is gone
                    async with running:
                        await _converse(running, stream, reader, writer)
                        await _judge(running, await stream.receive_struct(Answer))

    @asynccontextmanager
    async def _asked(self, duty: Duty, wanted: Wanted) -> AsyncGenerator[tuple[Stream, Answer]]:
        """Call the target; raises `PassFailed` if it does not answer, or refuses."""
        peer = self._peers.peer(duty.move.peer_node_id)
        if peer is None:
            raise _NotTaken("the target is not known here as another node of the fleet")
        stream = await self._connected(peer)
        try:
            await stream.send_struct(Ask(duty.move.move_id, duty.move.address, wanted))
            answer = await stream.receive_struct(Answer)
            if answer.problem is not None:
                raise _NotTaken(f"{peer.name} does not take it: {answer.problem}")
            yield stream, answer
        except Broken as error:
            raise PassFailed(str(error)) from error
        finally:
            stream.close()

    async def _connected(self, peer: wire.Peer) -> Stream:
        try:
            async with asyncio.timeout(_CONNECT_SECONDS):
                return Stream(
                    *await asyncio.open_connection(
                        peer.service_address, self._port, ssl=self._peers.client_context(peer)
                    )
                )
        except (OSError, TimeoutError) as error:
            raise _NotTaken(f"{peer.name} does not answer: {str(error) or 'it took too long'}") from error


@asynccontextmanager
async def _opened(ours: socket.socket) -> AsyncGenerator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    try:
        reader, writer = await asyncio.open_unix_connection(sock=ours)
    except BaseException:
        ours.close()
        raise
    try:
        yield reader, writer
    finally:
        writer.close()


async def _converse(
    running: Running, stream: Stream, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Carry the dialogue until dsync has ended on both sides; raises `Broken`."""
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(stream.take_from(reader))
            tasks.create_task(stream.give_to(writer))
            await running.status()
            running.end()  # the processes of `cat` too, if dsync died before them
    except ExceptionGroup as group:
        raise broken_by(group) from None


async def _judge(running: Running, answer: Answer) -> None:
    """Changes that were left for the next time are no failure: the mailbox is in use."""
    status = await running.status()
    if status not in (0, INCOMPLETE) or answer.problem is not None:
        said = [await running.complaint(), f"target: {answer.problem}" if answer.problem else ""]
        raise PassFailed("; ".join(filter(None, said)) or f"dsync ended with {status}")
