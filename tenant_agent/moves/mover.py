"""Makes the passes that are asked for, each once in a life of the agent, and tells how each has ended.

Nothing is kept beside the desired state and the homes themselves. An agent that was killed in a pass makes it again:
dsync goes on from what is there.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress

import msgspec
import structlog

from tenant_agent import wire
from tenant_agent.clock import SystemClock
from tenant_agent.layout import Layout
from tenant_agent.link import LinkDown
from tenant_agent.moves.closing import Doors, NotClosed
from tenant_agent.moves.duties import Duty
from tenant_agent.moves.push import Differ, PassFailed, Pusher
from tenant_agent.moves.receive import Receiver
from tenant_agent.moves.tool import Tool, ToolFailed
from tenant_agent.moves.waiting_mail import WaitingMail
from tenant_agent.peers import PeerBook

log = structlog.get_logger(__name__)

AT_ONCE = 2
"""Passes that a node makes at a time: each reads a whole mailbox."""
COPY_SECONDS, FINAL_SECONDS = 6 * 3600.0, 180.0
_LONGEST_PROBLEM = 500

Send = Callable[[wire.FromAgent], Awaitable[None]]


class _Pass(msgspec.Struct, frozen=True):
    """A pass that is under way or was made."""

    duty: Duty
    task: "asyncio.Task[None]"


class Mover:
    """Both ends of moves, as far as this node has a part in them."""

    def __init__(self, layout: Layout, node_id: str, peers: PeerBook, send: Send) -> None:
        self.waiting_mail = WaitingMail(layout, SystemClock())
        self._send = send
        self._doors = Doors(layout, node_id)
        self._pusher = Pusher(Tool(layout), peers, layout.ports.moves)
        self._receiver = Receiver(layout, peers, most_seconds=COPY_SECONDS)
        self._duties: Mapping[str, Duty] = {}
        self._passes: dict[str, _Pass] = {}
        self._ended: dict[str, wire.Moved] = {}
        self._differing: set[str] = set()
        self._turns, self._last_turns = asyncio.Semaphore(AT_ONCE), asyncio.Semaphore(AT_ONCE)
        self._told = asyncio.Event()

    def set_duties(self, duties: Mapping[str, Duty]) -> None:
        """Do from now on what these ask for; what they say of mailboxes is in force at the daemons."""
        self._duties = duties
        self._receiver.set_duties(duties)
        self._told.set()

    def set_node(self, node: wire.NodeItem) -> None:
        """Take mailboxes if that is what the node is for."""
        self._receiver.listen_on(node.service_address if "mailbox" in node.roles else None)

    async def until_listening(self) -> None:
        """Wait until other nodes can call."""
        await self._receiver.is_listening.wait()

    def has_ended(self, address: str) -> bool:
        """Say whether the pass that is asked for was made."""
        return address in self._ended

    async def connected(self) -> None:
        """Say again how passes ended: nobody may have heard it."""
        for moved in tuple(self._ended.values()):
            await self._send(moved)

    async def run(self) -> None:
        """Work until cancelled."""
        await asyncio.to_thread(self._doors.reopen)  # what a former life may have left shut
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._receiver.run())
            tasks.create_task(self.waiting_mail.run())
            while True:
                await self._told.wait()
                self._told.clear()
                await self._follow(self._duties, tasks)

    async def _follow(self, duties: Mapping[str, Duty], tasks: asyncio.TaskGroup) -> None:
        over = [each for address, each in self._passes.items() if duties.get(address) != each.duty]
        for each in over:
            await self._end(each)
        for address, duty in duties.items():
            if duty.pushes and address not in self._passes:
                self._passes[address] = _Pass(duty, tasks.create_task(self._make(duty)))
        self._differing &= {duty.move.move_id for duty in duties.values()}

    async def _end(self, over: _Pass) -> None:
        """Break a pass off, if it is under way; after a last one the mailbox is open here again, or elsewhere."""
        over.task.cancel()
        await asyncio.wait([over.task])
        move = over.duty.move
        del self._passes[move.address]
        self._ended.pop(move.address, None)
        if move.phase == "final":
            await asyncio.to_thread(self._doors.reopen, [move.address])

    async def _make(self, duty: Duty) -> None:
        move = duty.move
        async with self._last_turns if move.phase == "final" else self._turns:
            moved = await self._outcome(duty)
        log.info("move.pass_ended", address=move.address, phase=move.phase, number=move.number, problem=moved.problem)
        self._ended[move.address] = moved
        with suppress(LinkDown):
            await self._send(moved)

    async def _outcome(self, duty: Duty) -> wire.Moved:
        move = duty.move
        moved = wire.Moved(move_id=move.move_id, address=move.address, phase=move.phase, number=move.number)
        try:
            async with asyncio.timeout(FINAL_SECONDS if move.phase == "final" else COPY_SECONDS):
                return await (self._finish(duty, moved) if move.phase == "final" else self._copy(duty, moved))
        except Differ as error:
            self._differing.add(move.move_id)
            return _failed(moved, error)
        except (PassFailed, ToolFailed, NotClosed, OSError, TimeoutError) as error:
            return _failed(moved, error)
        except Exception as error:
            log.exception("move.pass_failed", address=move.address)  # it must end no other pass, nor the agent
            return _failed(moved, error)

    async def _copy(self, duty: Duty, moved: wire.Moved) -> wire.Moved:
        size = await self._pusher.copy(duty, anew=duty.move.move_id in self._differing)
        self._differing.discard(duty.move.move_id)
        return msgspec.structs.replace(moved, messages=size.messages, size_bytes=size.size_bytes)

    async def _finish(self, duty: Duty, moved: wire.Moved) -> wire.Moved:
        await self._doors.close(duty)
        census = await self._pusher.finish(duty)
        return msgspec.structs.replace(moved, messages=census.messages, size_bytes=census.size_bytes, agrees=True)


def _failed(moved: wire.Moved, error: Exception) -> wire.Moved:
    problem = str(error) or ("it took too long" if isinstance(error, TimeoutError) else type(error).__name__)
    return msgspec.structs.replace(moved, problem=problem[:_LONGEST_PROBLEM])
