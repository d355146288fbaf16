"""Ask for moves: by mailbox, domain, tenant or node, each mailbox becoming a move that waits for its turn."""

from uuid import UUID

from control_plane.audit import service as audit
from control_plane.core.clock import Clock
from control_plane.core.database import Transaction
from control_plane.core.errors import FieldError, Invalid
from control_plane.core.ids import MalformedId, decode, encode, new_uuid
from control_plane.core.languages import mark
from control_plane.moves import fleet
from control_plane.moves.errors import MailboxMoves, NoMoveTarget, NothingToMove
from control_plane.moves.queries import batches as queries
from control_plane.moves.queries import fleet as nodes_of
from control_plane.moves.queries.batches import Wanted
from control_plane.moves.schemas import KINDS, MoveBatch, MoveKind, NewMoves
from control_plane.moves.service import read, steps
from control_plane.nodes.service import life as node_life

_ONE_OF = mark("Name what is to move in one of these ways: mailbox, domain, tenant or node.")
_NO_SUCH_NODE = mark("There is no such node: give its name or its id.")
_UNKNOWN: dict[MoveKind, str] = {
    "mailbox": mark("There is no such mailbox: give its address or its id."),
    "domain": mark("There is no such domain."),
    "tenant": mark("There is no such tenant: give its id or its slug."),
    "node": _NO_SUCH_NODE,
}
_NO_NODE = UUID(int=0)


async def request(tx: Transaction, clock: Clock, new: NewMoves) -> MoveBatch:
    """Ask for moves (fleet role); raises `Invalid`, `NothingToMove`, `MailboxMoves`, `NoMoveTarget`.

    A node whose mailboxes are to leave is drained first.
    """
    kind, text = _named(new)
    wanted = await _found(tx, kind, text)
    if wanted is None:
        raise Invalid(errors=(FieldError(kind, _UNKNOWN[kind]),))
    if kind == "node" and wanted.id is not None:
        await node_life.drain(tx, wanted.id, clock)
    target_id = await _target(tx, new.to, wanted.id if kind == "node" else None)
    batch_id = new_uuid(int(clock.now().timestamp() * 1000))
    await queries.insert(tx.connection, batch_id, kind, wanted.name, target_id, clock.now())
    found, made = await queries.insert_moves(tx.connection, batch_id, kind, wanted, target_id, clock.now())
    _check(kind, found, made)
    told = {"kind": kind, "name": wanted.name, "to": new.to, "mailboxes": made}
    audit.record_for_fleet(tx, "moves.request", encode(steps.BATCH_PREFIX, batch_id), after=told)
    tx.outbox.trigger(steps.DRIVE_JOB)
    return await read.batch(tx, clock, batch_id)


def _named(new: NewMoves) -> tuple[MoveKind, str]:
    given: list[tuple[MoveKind, str]] = [(kind, text) for kind in KINDS if (text := getattr(new, kind)) is not None]
    if len(given) != 1:
        raise Invalid(errors=(FieldError(given[1][0] if given else "mailbox", _ONE_OF),))
    [(kind, text)] = given
    text = text.strip()
    if "\0" in text:
        raise Invalid(errors=(FieldError(kind, _UNKNOWN[kind]),))
    return kind, text


async def _found(tx: Transaction, kind: MoveKind, text: str) -> Wanted | None:
    match kind:
        case "mailbox":
            return await queries.find_mailbox(tx.connection, text.lower(), _id("mbx", text))
        case "domain":
            return await queries.find_domain(tx.connection, text.lower().removesuffix("."))
        case "tenant":
            return await queries.find_tenant(tx.connection, text, _id("ten", text))
        case "node":
            named = await nodes_of.named(tx.connection, text, _id("nod", text))
            return None if named is None else Wanted(named.name, None, named.id)


async def _target(tx: Transaction, to: str | None, source_id: UUID | None) -> UUID | None:
    known = await steps.whole_fleet(tx)
    if to is None:
        if not fleet.could_ever(known, source_id or _NO_NODE):
            raise NoMoveTarget
        return None
    named = None if "\0" in to else await nodes_of.named(tx.connection, to.strip(), _id("nod", to.strip()))
    if named is None:
        raise Invalid(errors=(FieldError("to", _NO_SUCH_NODE),))
    if named.id == source_id:
        raise Invalid(errors=(FieldError("to", "This is the node that they are to leave."),))
    if never := fleet.never_fits(known.nodes[named.id]):
        raise Invalid(errors=(FieldError("to", never),))
    return named.id


def _check(kind: MoveKind, found: int, made: int) -> None:
    """Refuse what moves nothing; a node may be empty already, which is what was wanted."""
    if made or kind == "node":
        return
    raise MailboxMoves if kind == "mailbox" and found else NothingToMove


def _id(prefix: str, text: str) -> UUID | None:
    try:
        return decode(prefix, text)
    except MalformedId:
        return None
