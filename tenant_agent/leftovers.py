"""Mail whose mailbox is gone: kept for a week, in case that was a mistake, and then removed from the disk.

A home `<uid>/<domain>/<local part>` belongs to a mailbox as long as the desired state has one of this address for this
tenant, wherever its mail is stored, or one that cannot be read; and it is kept as long as an item `home` names it. A
mailbox that is made again within the week has its mail again. What a mailbox leaves behind that has moved to another
node, or did not come in the end, is a home that is shut: it is nobody's once the move is over.
"""

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path

import msgspec
import structlog

from tenant_agent import wire
from tenant_agent.clock import Clock
from tenant_agent.files import replace_text
from tenant_agent.projections.homes import homes_in, is_shut
from tenant_agent.state import State, StoredItem

log = structlog.get_logger(__name__)

KEPT_SECONDS = 7 * 24 * 3600
LOOK_SECONDS = 3600.0


class Known(msgspec.Struct, frozen=True):
    """Whose mail is to be kept, by the desired state."""

    mailboxes: Mapping[str, int | None]
    """Address → the uid that its mail belongs to; none if the item cannot be read."""
    homes: frozenset[str]
    """Keys of the items `home`."""
    elsewhere: frozenset[str] = frozenset()
    """Mailboxes that other nodes keep and that are not on their way."""


def known(items: Iterable[StoredItem], node_id: str) -> Known:
    """Read whose mail is to be kept on this node."""
    mailboxes: dict[str, int | None] = {}
    homes, elsewhere, moving = set[str](), set[str](), set[str]()
    for stored in items:
        if stored.id.kind == "mailbox":
            mailbox = _mailbox(stored)
            mailboxes[stored.id.key] = None if mailbox is None else mailbox.system_uid
            if mailbox is not None and mailbox.node_id != node_id:
                elsewhere.add(stored.id.key)
        elif stored.id.kind == "home":
            homes.add(stored.id.key)
        elif stored.id.kind == "move":
            moving.add(stored.id.key)
    return Known(mailboxes, frozenset(homes), frozenset(elsewhere - moving))


class Leftovers:
    """Looks through the mail store now and then. What it saw is kept in a file: address of the home → since when."""

    def __init__(
        self,
        mail_store: Path,
        state_database: Path,
        memory: Path,
        clock: Clock,
        *,
        node_id: str,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._mail_store = mail_store
        self._state_database = state_database
        self._memory = memory
        self._clock = clock
        self._node_id = node_id
        self._sleep = sleep

    async def run(self) -> None:
        """Look until cancelled, in a thread: removing much mail takes its time."""
        while True:
            try:
                await asyncio.to_thread(self.look)
            except OSError as error:
                log.warning("homes.not_looked_through", reason=str(error), next_step="it is tried again by itself")
            await self._sleep(LOOK_SECONDS)

    def look(self) -> None:
        """Note homes that have become nobody's, and remove those that have been for a week."""
        kept = self._known()
        if kept is None:
            return  # a node that knows nothing yet must not take that for an order
        now, noted = self._clock.now_ms(), self._recall()
        gone = [home for home in homes_in(self._mail_store) if not _is_kept(home, kept)]
        since = {name: noted.get(name, now) for name in map(self._name, gone)}
        due = [home for home in gone if now - since[self._name(home)] >= KEPT_SECONDS * 1000]
        for home in due:
            shutil.rmtree(home)
            del since[self._name(home)]
            log.info("homes.removed", home=self._name(home))
        if since != noted:
            replace_text(self._memory, msgspec.json.encode(since).decode(), mode=0o600)

    def _known(self) -> Known | None:
        state = State(self._state_database)
        try:
            return known(state.items(), self._node_id) if state.applied_generation else None
        finally:
            state.close()

    def _recall(self) -> dict[str, int]:
        try:
            return msgspec.json.decode(self._memory.read_bytes(), type=dict[str, int])
        except (FileNotFoundError, msgspec.MsgspecError):
            return {}  # at worst they are kept for another week

    def _name(self, home: Path) -> str:
        return str(home.relative_to(self._mail_store))


def _is_kept(home: Path, kept: Known) -> bool:
    address, uid = f"{home.name}@{home.parent.name}", int(home.parent.parent.name)
    is_a_mailbox = address in kept.mailboxes and kept.mailboxes[address] in (None, uid)
    was_left = address in kept.elsewhere and is_shut(home)
    return (is_a_mailbox and not was_left) or wire.home_key(uid, address) in kept.homes


def _mailbox(stored: StoredItem) -> wire.MailboxItem | None:
    try:
        return msgspec.msgpack.decode(stored.payload, type=wire.MailboxItem)
    except msgspec.MsgspecError:
        return None
