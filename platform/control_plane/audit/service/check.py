"""Check the newest part of a tenant's own log, as far as can be done while somebody looks at it."""

import msgspec

from control_plane.audit import queries
from control_plane.audit.chain import Entry, Head, fault_of
from control_plane.core.database import Database
from control_plane.core.tenancy import bound_tenant

_MOST = 500


class Check(msgspec.Struct, frozen=True):
    """What was found: the entries from one number to another are sound, or one is not."""

    first: int = 0
    last: int = 0
    broken_at: int | None = None


async def check_newest(db: Database) -> Check:
    """Compute the chain of the bound tenant's newest entries anew; `fleetpost audit verify` does so for all of them."""
    async with db.tenant_tx() as tx:
        head = await queries.head(tx, bound_tenant())
        entries = await queries.following(tx, max(head.seq - _MOST, 0), _MOST)
    return _check(entries, head)


def _check(entries: list[Entry], head: Head) -> Check:
    if not entries:
        return Check(broken_at=head.seq or None)
    first, last = entries[0], entries[-1]
    before_first = Head(first.seq - 1, first.previous_hash)
    reached = [before_first, *(Head(entry.seq, entry.hash) for entry in entries)]
    faulty = (entry.seq for entry, before in zip(entries, reached, strict=False) if fault_of(entry, before))
    broken_at = next(faulty, None if reached[-1] == head else last.seq)
    return Check(first.seq, last.seq, broken_at)
