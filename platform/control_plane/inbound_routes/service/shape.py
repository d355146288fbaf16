"""From what was asked for to a route: every rule of it, and whose domain it is about."""

import re
from uuid import UUID

import msgspec

from control_plane.core.database import Transaction
from control_plane.core.errors import FieldError, Invalid
from control_plane.core.ids import MalformedId, decode
from control_plane.core.tenancy import DomainOutOfReach, reaches_domain, require_all_domains
from control_plane.core.text import NOT_ONE_LINE, is_one_line
from control_plane.inbound_routes.globs import MOST_PATTERN
from control_plane.inbound_routes.matching import plain, winner
from control_plane.inbound_routes.queries import routes as queries
from control_plane.inbound_routes.queries.routes import RouteRow
from control_plane.inbound_routes.schemas import Action, Match
from control_plane.inbound_routes.service.consent import Asking, target_for
from control_plane.inbound_routes.service.view import WEBHOOK_PREFIX, rule_of
from control_plane.mail_domains import names
from control_plane.mail_domains import service as mail_domains
from control_plane.mail_domains.schemas import SendingDomain
from control_plane.mailboxes import addresses

_HEADER_NAME = re.compile(r"[!-9;-~]{1,76}")
_ACTION_FIELDS = {"webhook": "webhook_id", "mailbox": "mailbox", "forward": "to"}
_USED = {"address": ("address",), "domain": ("domain",), "subdomains": ("domain",), "header": ("name", "pattern")}


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which mail a route wants, as it is stored."""

    domain: str | None = None
    address: str | None = None
    header_name: str | None = None
    header_pattern: str | None = None


async def with_match(tx: Transaction, row: RouteRow, match: Match) -> RouteRow:
    """Give the route with another match; raises `Invalid`, and `DomainOutOfReach` for a key bound to some domains."""
    wanted = _read(match)
    if wanted.domain is None:
        require_all_domains()
    else:
        await owner_of(tx, wanted.domain, f"match.{'address' if wanted.address else 'domain'}")
    return msgspec.structs.replace(row, match_type=match.type, **msgspec.structs.asdict(wanted))


async def with_action(tx: Transaction, asking: Asking, row: RouteRow, action: Action) -> RouteRow:
    """Give the route with another action; raises `Invalid`, and what asking an address's owner raises."""
    _check_fields(action)
    changed = msgspec.structs.replace(row, action_type=action.type, webhook_id=None, mailbox=None, target_id=None)
    match action.type:
        case "webhook":
            return msgspec.structs.replace(changed, webhook_id=await _webhook(tx, action.webhook_id or ""))
        case "mailbox":
            return msgspec.structs.replace(changed, mailbox=await _mailbox(tx, action.mailbox or ""))
        case "forward":
            return await _forwarding(tx, asking, changed, action.to or "")
        case _:
            return changed


def _check_fields(action: Action) -> None:
    used = _ACTION_FIELDS.get(action.type)
    for name in _ACTION_FIELDS.values():
        if (getattr(action, name) is not None) != (name == used):
            told = "Give this" if name == used else "Leave this out"
            raise _invalid(f"action.{name}", f"{told} for an action of the type {action.type}.")


async def _webhook(tx: Transaction, text: str) -> UUID:
    try:
        webhook_id = decode(WEBHOOK_PREFIX, text)
    except MalformedId:
        webhook_id = None
    if webhook_id is None or not await queries.has_webhook(tx.connection, webhook_id):
        raise _invalid("action.webhook_id", "There is no such active webhook of yours: make one first.")
    return webhook_id


async def _mailbox(tx: Transaction, text: str) -> str:
    try:
        address = str(addresses.parse(text))
    except addresses.NotAnAddress as error:
        raise _invalid("action.mailbox", str(error)) from error
    if not await queries.has_mailbox(tx.connection, address):
        raise _invalid("action.mailbox", "There is no such mailbox of yours: make one first.")
    return address


async def _forwarding(tx: Transaction, asking: Asking, row: RouteRow, text: str) -> RouteRow:
    target = await target_for(tx, asking, text)
    changed = msgspec.structs.replace(
        row,
        target_id=target.id,
        target_email=target.email,
        target_status=target.status,
        target_note=target.note,
    )
    others = [each for each in await queries.everyone(tx.connection) if each.id != row.id]
    taker = winner(map(rule_of, (*others, changed)), target.email, ())
    forwards = {each.id for each in (*others, changed) if each.action_type == "forward"}
    if taker and taker.route_id in forwards and not await queries.has_mailbox(tx.connection, plain(target.email)):
        raise _invalid("action.to", "Mail to this address is forwarded itself: it would go in a circle.")
    return changed


async def owner_of(tx: Transaction, domain: str, path: str = "match.domain") -> SendingDomain:
    """Find the bound tenant's proven domain that a name is or lies in; raises `Invalid`."""
    candidates = [domain, *names.above(domain)]
    found = await mail_domains.sending_domains(tx, candidates)
    own = next((each for name in candidates if isinstance(each := found[name], SendingDomain)), None)
    if own is None:
        raise _invalid(path, f"{domain} is neither a proven domain of yours nor in one: add it and prove it first.")
    between = candidates[: candidates.index(own.name)]
    if between and await mail_domains.proven_by_another(tx, between):
        raise _invalid(path, f"{domain} is somebody else's domain.")
    return own


def require_reach(domain: str) -> None:
    """Raise `DomainOutOfReach` for a key that is bound to other domains than those a name is or lies in."""
    if not any(reaches_domain(name) for name in (domain, *names.above(domain))):
        raise DomainOutOfReach


def check_name(name: str | msgspec.UnsetType) -> None:
    """Raise `Invalid` for a name that is not one line."""
    if name is not msgspec.UNSET and not is_one_line(name):
        raise _invalid("name", NOT_ONE_LINE)


def _read(match: Match) -> Wanted:
    given = {name for name in ("address", "domain", "name", "pattern") if getattr(match, name) is not None}
    used = set(_USED[match.type])
    for name in sorted(given ^ used):
        told = "Give this" if name in used else "Leave this out"
        raise _invalid(f"match.{name}", f"{told} for a match of the type {match.type}.")
    if match.type == "header":
        return _header(match.name or "", match.pattern or "")
    if match.type == "address":
        return _address(match.address or "")
    try:
        return Wanted(domain=names.normalise(match.domain or ""))
    except names.NotADomain as error:
        raise _invalid("match.domain", str(error)) from error


def _address(text: str) -> Wanted:
    try:
        address = addresses.parse(text)
    except addresses.NotAnAddress as error:
        raise _invalid("match.address", str(error)) from error
    return Wanted(domain=address.domain, address=str(address))


def _header(name: str, pattern: str) -> Wanted:
    if not _HEADER_NAME.fullmatch(name):
        raise _invalid("match.name", "A header's name is 1 to 76 printable ASCII characters without a colon.")
    if not pattern or len(pattern) > MOST_PATTERN or not is_one_line(pattern):
        raise _invalid("match.pattern", f"A pattern is one line of 1 to {MOST_PATTERN} characters.")
    return Wanted(header_name=name.lower(), header_pattern=pattern)


def _invalid(path: str, message: str) -> Invalid:
    return Invalid(errors=(FieldError(path, message),))
