"""Ask which addresses are suppressed."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypeAlias
from uuid import UUID

from control_plane.core.database import Transaction
from control_plane.core.tenancy import bound_tenant
from control_plane.suppressions.addresses import domain_entry
from control_plane.suppressions.queries import check as queries
from control_plane.suppressions.schemas import STRICTNESS

Mail: TypeAlias = tuple[UUID, str]
"""A tenant's mail of one stream."""
_STRICTNESS: tuple[str, ...] = STRICTNESS


async def check(tx: Transaction, stream: str, emails: Collection[str]) -> dict[str, str]:
    """Say which addresses the bound tenant's mail of a stream may not go to: each in lower case, and the reason.

    Its own list counts, and those of its agency and of the platform. Addresses are normalised, in any case.
    """
    addresses = {email.lower() for email in emails}
    domains = {domain_entry(email) for email in addresses}
    if not addresses:
        return {}
    found = await queries.find(tx.connection, bound_tenant(), stream, list(addresses), list(domains))
    return _by_address(addresses, [(each.entry, each.reason) for each in found])


async def check_all(tx: Transaction, wanted: Mapping[Mail, Iterable[str]]) -> dict[Mail, dict[str, str]]:
    """Do the same for mail of several tenants at once (fleet role)."""
    asked = [(tenant_id, stream, email.lower()) for (tenant_id, stream), emails in wanted.items() for email in emails]
    if not asked:
        return {}
    tenants, streams, addresses = zip(*asked, strict=True)
    entries: dict[Mail, list[tuple[str, str]]] = defaultdict(list)
    for each in await queries.find_all(tx.connection, tenants, streams, addresses):
        entries[each.tenant_id, each.stream].append((each.entry, each.reason))
    return {mail: _by_address({email.lower() for email in wanted[mail]}, found) for mail, found in entries.items()}


def _by_address(emails: Iterable[str], found: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Give each address its strictest reason."""
    if not found:
        return {}
    reasons = dict(sorted(found, key=lambda each: _STRICTNESS.index(each[1])))  # the last one stays
    by_address = ((email, reasons.get(email) or reasons.get(domain_entry(email))) for email in emails)
    return {email: reason for email, reason in by_address if reason}
