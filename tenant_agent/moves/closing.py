"""Closes a mailbox for its last pass, and opens it again: its owner and its mail wait outside for so long.

Its rows say so first: logins are told that it is unavailable just now, and Postfix keeps its mail. What was already
under way when they came into force must end, too, before the last copy is made: a delivery that had begun, and sessions
that are open. Then the home is shut, which holds whatever comes late.
"""

import asyncio
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import msgspec
import structlog

from tenant_agent import wire
from tenant_agent.drivers.commands import run
from tenant_agent.layout import Layout
from tenant_agent.moves.duties import Duty
from tenant_agent.projections.homes import home_of, homes_in, is_shut, open_home, shut_home
from tenant_agent.state import ItemId, State

log = structlog.get_logger(__name__)

_LOOK_SECONDS = 0.05
_DELIVERIES_SECONDS = 3.0
"""A tenant that gets so much mail that there is no moment without it is closed all the same: late mail is deferred."""
_SESSIONS_SECONDS = 10.0
_PROC = Path("/proc")
_T = TypeVar("_T")


class NotClosed(Exception):
    """Somebody is still in the mailbox."""


class Doors:
    """Opens and closes the mailboxes of this node."""

    def __init__(self, layout: Layout, node_id: str) -> None:
        self._layout = layout
        self._node_id = node_id

    async def close(self, duty: Duty) -> None:
        """Have nobody in the mailbox any more; raises `NotClosed`."""
        await _until_no_delivery(duty.move.system_uid)
        await asyncio.to_thread(shut_home, duty.home, duty.move.system_uid)
        try:
            async with asyncio.timeout(_SESSIONS_SECONDS):
                while await self._has_sessions(duty.move.address):
                    await self._doveadm("kick", duty.move.address)
                    await asyncio.sleep(_LOOK_SECONDS)
        except TimeoutError as error:
            raise NotClosed("the sessions of the mailbox do not end") from error

    def reopen(self, addresses: Iterable[str] | None = None) -> None:
        """Open, of these mailboxes or of all, those that this node keeps and that are not to be closed."""
        state = State(self._layout.state_database)
        try:
            homes = homes_in(self._layout.mail_store) if addresses is None else self._homes_of(addresses, state)
            for home in filter(is_shut, homes):
                uid, address = int(home.parent.parent.name), f"{home.name}@{home.parent.name}"
                if self._is_to_be_open(address, uid, state):
                    open_home(home, uid)
                    log.info("mailbox.open_again", address=address)
        finally:
            state.close()

    def _homes_of(self, addresses: Iterable[str], state: State) -> Iterator[Path]:
        for address in addresses:
            mailbox = _read(state, "mailbox", address, wire.MailboxItem)
            if mailbox is not None:
                yield home_of(self._layout.mail_store, mailbox.system_uid, address)

    def _is_to_be_open(self, address: str, uid: int, state: State) -> bool:
        mailbox = _read(state, "mailbox", address, wire.MailboxItem)
        move = _read(state, "move", address, wire.MoveItem)
        is_here = mailbox is not None and (mailbox.node_id, mailbox.system_uid) == (self._node_id, uid)
        return is_here and not (move is not None and move.role == "source" and move.phase == "final")

    async def _has_sessions(self, address: str) -> bool:
        status, output = await self._doveadm("who", "-1", address)
        return status == 0 and any(line.startswith(f"{address} ") for line in output.splitlines())

    async def _doveadm(self, *arguments: str) -> tuple[int, str]:
        return await run("doveadm", "-O", "-o", f"base_dir={self._layout.dovecot_run}", *arguments)


async def _until_no_delivery(uid: int) -> None:
    """Wait for a moment in which Dovecot stores no mail for the tenant: one cut off half-way might come twice."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + _DELIVERIES_SECONDS
    while loop.time() < deadline and _is_delivering(uid):  # noqa: ASYNC110 (nothing tells when one ends)
        await asyncio.sleep(_LOOK_SECONDS)


def _is_delivering(uid: int) -> bool:
    """Say whether an LMTP process works with the tenant's rights, as it does while it stores a mail."""
    return any(_effective_uid(process) == uid for process in _PROC.glob("[0-9]*") if _is_lmtp(process))


def _is_lmtp(process: Path) -> bool:
    try:
        return (process / "comm").read_text() == "lmtp\n"
    except OSError:
        return False


def _effective_uid(process: Path) -> int | None:
    try:
        lines = (process / "status").read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[2]) for line in lines if line.startswith("Uid:")), None)


def _read(state: State, kind: str, address: str, of: type[_T]) -> _T | None:
    stored = state.item(ItemId(kind, address))
    try:
        return None if stored is None else msgspec.msgpack.decode(stored.payload, type=of)
    except msgspec.MsgspecError:
        return None
