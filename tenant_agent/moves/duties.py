"""What the desired state asks of this node for mailboxes that move."""

import re
from collections.abc import Iterable
from pathlib import Path

import msgspec

from tenant_agent import identifiers, wire
from tenant_agent.identifiers import Unfit
from tenant_agent.projections.homes import home_of

_MOVE_ID = re.compile(r"[a-z0-9_]{1,64}\Z")
_NODE_ID = re.compile(r"[a-z0-9_]{1,64}\Z")


class Account(msgspec.Struct, frozen=True):
    """Whose mail it is, and where."""

    address: str
    uid: int
    home: Path


class Duty(msgspec.Struct, frozen=True):
    """One mailbox that moves, as far as this node is concerned."""

    move: wire.MoveItem
    home: Path
    is_kept_here: bool
    """Whether the mailbox's own item names this node."""

    @property
    def account(self) -> Account:
        """Whose mail it is, and where."""
        return Account(self.move.address, self.move.system_uid, self.home)

    @property
    def pushes(self) -> bool:
        """Whether a pass is to be made from here; what is kept elsewhere by now has left."""
        return self.move.role == "source" and self.is_kept_here

    @property
    def takes(self) -> bool:
        """Whether a copy is taken here; the mailbox itself never is overwritten."""
        return self.move.role == "target" and not self.is_kept_here


def check_move(item: wire.MoveItem) -> None:
    """Check a move before it names a directory or a command's argument; raises `Unfit`."""
    identifiers.address(item.address)
    identifiers.system_uid(item.system_uid)
    if not _MOVE_ID.match(item.move_id) or not _NODE_ID.match(item.peer_node_id):
        raise Unfit("the move or its other node is not named by an id")
    if item.number < 1:
        raise Unfit("passes are counted from 1")


def duty_of(move: wire.MoveItem, mailbox: wire.MailboxItem | None, *, node_id: str, mail_store: Path) -> Duty | None:
    """Say what a move asks of this node; nothing, if the address is another's by now."""
    if mailbox is None or mailbox.system_uid != move.system_uid:
        return None
    return Duty(
        move=move,
        home=home_of(mail_store, move.system_uid, move.address),
        is_kept_here=mailbox.node_id == node_id,
    )


def closed(moves: Iterable[wire.MoveItem]) -> frozenset[str]:
    """Name the mailboxes that take neither logins nor mail, for their last pass is made."""
    return frozenset(move.address for move in moves if move.role == "source" and move.phase == "final")
