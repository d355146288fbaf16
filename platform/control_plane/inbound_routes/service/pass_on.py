"""Pass a mail on as its route says, to a mailbox or to an address: accepted once, in the transaction that routes it."""

from datetime import datetime, timedelta

import msgspec

from control_plane.core.database import Transaction
from control_plane.core.errors import Refused
from control_plane.core.ids import decode
from control_plane.core.runtime import Runtime
from control_plane.deliveries import service as deliveries
from control_plane.inbound_routes import passing
from control_plane.inbound_routes.items import is_below
from control_plane.inbound_routes.queries import passed
from control_plane.inbound_routes.queries import routes as queries
from control_plane.inbound_routes.queries.passed import PassedRow
from control_plane.inbound_routes.queries.routes import RouteRow
from control_plane.inbound_routes.reading import Letter
from control_plane.inbound_routes.schemas import MessageStatus
from control_plane.inbound_routes.service import consent, shape
from control_plane.mail_domains import service as mail_domains
from control_plane.messages import service as messages
from control_plane.suppressions import service as suppressions

FIRST_LOOK = timedelta(seconds=10)
_NO_MAILBOX = "Its route's mailbox is not there any more."
_SUPPRESSED = "Mail to this address came back for good ({reason}): lift its suppression first."
_NOT_OWN = "The domain of this address is not yours any more: its owner has to agree first."
_FAILED = "It could not be passed on: {why}"
_STATUSES: dict[str, MessageStatus] = {"mailbox": "delivered", "forward": "forwarded"}


class Came(msgspec.Struct, frozen=True, kw_only=True):
    """A mail that came in, as it was handed up and as it was read."""

    recipient: str
    sender: str
    """The return path; empty for the null sender."""
    raw: bytes
    letter: Letter


class Outcome(msgspec.Struct, frozen=True):
    """What became of a mail, and why if that is not what its route says."""

    status: MessageStatus
    note: str | None = None


async def pass_on(
    tx: Transaction, runtime: Runtime, route: RouteRow, came: Came, *, whatever_it_is: bool = False
) -> Outcome:
    """Pass it on, in a `joined_tx`; what must not be is held. `whatever_it_is`: somebody has looked at it."""
    why = passing.circle(came.recipient, came.letter.headers)
    if why is None and route.action_type == "forward":
        why = await _why_not(tx, route, came, whatever_it_is=whatever_it_is)
    elif why is None and not await queries.has_mailbox(tx.connection, route.mailbox or ""):
        why = _NO_MAILBOX
    if why is not None:
        return Outcome("held", why)
    try:
        await _accept(tx, runtime, route, came)
    except Refused as refused:
        return Outcome("held", _FAILED.format(why=_words(refused)))
    return Outcome(_STATUSES[route.action_type])


async def _why_not(tx: Transaction, route: RouteRow, came: Came, *, whatever_it_is: bool) -> str | None:
    email = route.target_email or ""
    why = passing.target(route.target_status or "waiting")
    if why is None and not whatever_it_is:
        why = passing.spam(came.letter.checks)
    if why is not None:
        return why
    note = await _why_paused(tx, route, email)
    if note is not None:
        await consent.pause(tx, route.target_id, note)
    return note


async def _why_paused(tx: Transaction, route: RouteRow, email: str) -> str | None:
    if route.target_is_own and not is_below(email.rpartition("@")[2], await mail_domains.proven_names(tx)):
        return _NOT_OWN
    reason = (await suppressions.check(tx, "transactional", [email])).get(email.lower())
    return None if reason is None else _SUPPRESSED.format(reason=reason.replace("_", " "))


async def _accept(tx: Transaction, runtime: Runtime, route: RouteRow, came: Came) -> None:
    letter = came.letter
    author = letter.sender[0].email if letter.sender else ""
    own = await shape.owner_of(tx, came.recipient.rpartition("@")[2].lower())
    mail = messages.Passed(
        author=author or came.recipient,
        domain=own.name,
        recipient=route.mailbox or route.target_email or "",
        subject=letter.subject,
        message_id=letter.message_id,
        above=passing.above(came.recipient, came.sender, author, letter.checks),
        raw=came.raw,
    )
    is_free = route.action_type == "mailbox"
    accepted = await messages.pass_on(runtime.db, runtime.clock, mail, runtime.blobs, is_free=is_free)
    await _watch(tx, route, came, accepted.recipients[0].delivery_id, runtime.clock.now())


async def _watch(tx: Transaction, route: RouteRow, came: Came, delivery_id: str, now: datetime) -> None:
    row = PassedRow(
        delivery_id=decode(deliveries.PREFIX, delivery_id),
        target_id=route.target_id,
        recipient=came.recipient,
        sender=passing.who_hears(came.sender, came.letter.checks),
        passed_at=now,
    )
    await passed.watch(tx.connection, row, now + FIRST_LOOK)


def _words(refused: Refused) -> str:
    return refused.errors[0].message if refused.errors else refused.detail
