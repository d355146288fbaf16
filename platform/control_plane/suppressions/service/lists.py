"""Show a tenant's list, and answer whether an address is on it."""

from uuid import UUID

import msgspec

from control_plane.core import ids
from control_plane.core.clock import in_utc
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import FieldError, Invalid, NotFound
from control_plane.core.pagination import Page, cursor
from control_plane.core.tenancy import bound_tenant
from control_plane.ip_pools.schemas import Stream
from control_plane.mail_domains import names
from control_plane.messages.addresses import BadAddress
from control_plane.suppressions.addresses import domain_entry, read
from control_plane.suppressions.queries import check as checks
from control_plane.suppressions.queries import lists as queries
from control_plane.suppressions.queries.rows import SuppressionRow
from control_plane.suppressions.schemas import STRICTNESS, Answer, Filters, Suppression
from control_plane.suppressions.service.view import PREFIX, view

_MOST_OF_AN_ADDRESS = 100
_STREAMS: tuple[Stream, ...] = ("transactional", "broadcast")


async def listing(db: Database, filters: Filters, limit: int, after: str | None) -> Page[Suppression]:
    """Give a page of the bound tenant's list, newest first; raises `Invalid` for a filter that makes no sense."""
    wanted, last = _tidy(filters), cursor(PREFIX, after)
    async with db.tenant_tx() as tx:
        rows = await queries.page(tx.connection, bound_tenant(), wanted, limit + 1, last)
    data = tuple(map(view, rows[:limit]))
    return Page(data, data[-1].id if len(rows) > limit else None)


async def find(db: Database, suppression_id: str) -> Suppression:
    """Give an entry, also one that has ended; raises `NotFound`."""
    async with db.tenant_tx() as tx:
        return view(await found(tx, ids.decode(PREFIX, suppression_id)))


async def found(tx: Transaction, suppression_id: UUID, *, lock: bool = False) -> SuppressionRow:
    """Find the bound tenant's entry; raises `NotFound`."""
    row = await queries.find(tx.connection, bound_tenant(), suppression_id, lock=lock)
    if row is None:
        raise NotFound
    return row


async def of_addresses(db: Database, emails: list[str]) -> tuple[Suppression, ...]:
    """Give all that was ever entered for stored addresses, newest first."""
    async with db.tenant_tx() as tx:
        rows = await queries.history(tx.connection, bound_tenant(), emails, _MOST_OF_AN_ADDRESS)
    return tuple(map(view, rows))


async def asked_about(db: Database, text: str) -> Answer:
    """Answer whether mail to an address is held back, and why; raises `Invalid`."""
    email = address(text)
    addresses, domains = ([], [email]) if email.startswith("@") else ([email], [domain_entry(email)])
    async with db.tenant_tx() as tx:
        rows = await queries.history(tx.connection, bound_tenant(), [*addresses, *domains], _MOST_OF_AN_ADDRESS)
        found = [await checks.find(tx.connection, bound_tenant(), each, addresses, domains) for each in _STREAMS]
    above = {each.reason for some in found for each in some if not each.is_own}
    return Answer(email=email, own=tuple(map(view, rows)), above=tuple(each for each in STRICTNESS if each in above))


def address(text: str, field: str = "email") -> str:
    """Read an address or a domain entry; raises `Invalid`."""
    try:
        return read(text)
    except BadAddress as error:
        raise Invalid(errors=(FieldError(field, str(error)),)) from error


def _tidy(filters: Filters) -> Filters:
    return msgspec.structs.replace(
        filters,
        email=None if filters.email is None else address(filters.email),
        domain=None if filters.domain is None else _domain(filters.domain),
        since=filters.since and in_utc(filters.since),
        until=filters.until and in_utc(filters.until),
    )


def _domain(text: str) -> str:
    try:
        return names.normalise(text)
    except names.NotADomain as error:
        raise Invalid(errors=(FieldError("domain", str(error)),)) from error
