"""Mail whose mailbox is gone: kept for a week, in case that was a mistake, and then removed from the disk.

A home `<uid>/<domain>/<local part>` belongs to a mailbox as long as the desired state has one of this address for this
tenant, wherever its mail is stored, or one that cannot be read; and it is kept as long as an item `home` names it. A
mailbox that is made again within the week has its mail again.
"""

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from pathlib import Path

import msgspec
import structlog

from tenant_agent import wire
from tenant_agent.clock import Clock
from tenant_agent.files import replace_text
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


def known(items: Iterable[StoredItem]) -> Known:
    """Read whose mail is to be kept."""
    mailboxes: dict[str, int | None] = {}
    homes: set[str] = set()
    for stored in items:
        if stored.id.kind == "mailbox":
            mailboxes[stored.id.key] = _uid(stored)
        elif stored.id.kind == "home":
            homes.add(stored.id.key)
    return Known(mailboxes, frozenset(homes))


class Leftovers:
    """Looks through the mail store now and then. What it saw is kept in a file: address of the home → since when."""

    def __init__(
        self,
        mail_store: Path,
        state_database: Path,
        memory: Path,
        clock: Clock,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._mail_store = mail_store
        self._state_database = state_database
        self._memory = memory
        self._clock = clock
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
        gone = [home for home in _homes(self._mail_store) if not _is_kept(home, kept)]
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
            return known(state.items()) if state.applied_generation else None
        finally:
            state.close()

    def _recall(self) -> dict[str, int]:
        try:
            return msgspec.json.decode(self._memory.read_bytes(), type=dict[str, int])
        except (FileNotFoundError, msgspec.MsgspecError):
            return {}  # at worst they are kept for another week

    def _name(self, home: Path) -> str:
        return str(home.relative_to(self._mail_store))


def _homes(mail_store: Path) -> Iterator[Path]:
    """Give every `<uid>/<domain>/<local part>`; links are nobody's home."""
    for tenant in mail_store.iterdir():
        if tenant.name.isdecimal():
            yield from (home for home in tenant.glob("*/*") if home.is_dir() and not _leads_away(home))


def _leads_away(home: Path) -> bool:
    return any(path.is_symlink() for path in (home, *home.parents[:2]))


def _is_kept(home: Path, kept: Known) -> bool:
    address, uid = f"{home.name}@{home.parent.name}", int(home.parent.parent.name)
    is_a_mailbox = address in kept.mailboxes and kept.mailboxes[address] in (None, uid)
    return is_a_mailbox or wire.home_key(uid, address) in kept.homes


def _uid(stored: StoredItem) -> int | None:
    try:
        return msgspec.msgpack.decode(stored.payload, type=wire.MailboxItem).system_uid
    except msgspec.MsgspecError:
        return None
