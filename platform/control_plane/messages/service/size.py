"""How large a message may be: what its tenant's plan says, and never more than can be sent."""

import sys

from control_plane.core.database import Database
from control_plane.core.errors import FieldError, Invalid, Refused
from control_plane.core.ids import TenantId
from control_plane.core.tenancy import bound_tenant
from control_plane.core.ttl_cache import TtlCache
from control_plane.messages.compose import Composed
from control_plane.messages.faults import CONTENT_MAX_BYTES
from control_plane.messages.queries.size import most_bytes
from control_plane.messages.raw import RAW_MAX_BYTES
from control_plane.plans.schemas import MESSAGE_LEAST_BYTES

RAW_BYTES = RAW_MAX_BYTES + MESSAGE_LEAST_BYTES
"""So large a message that came whole may be, with what we note beside it, unless its plan says less."""
_COMPOSED_BYTES = CONTENT_MAX_BYTES + MESSAGE_LEAST_BYTES

_most: TtlCache[TenantId, int] = TtlCache(fresh_seconds=10)


async def within_plan(
    db: Database, batch: list[Composed | Refused], *, most: int = _COMPOSED_BYTES
) -> list[Composed | Refused]:
    """Refuse what is larger than the bound tenant's plan allows; nothing is asked for what every plan allows.

    `most`: how large it may be if the plan sets no limit.
    """
    sizes = [_size(each) for each in batch]
    if max(sizes, default=0) <= MESSAGE_LEAST_BYTES:
        return batch
    most = min(most, await _most_bytes(db))
    return [each if size <= most else _too_large(most) for each, size in zip(batch, sizes, strict=True)]


def _size(message: Composed | Refused) -> int:
    if isinstance(message, Refused):
        return 0
    return len(message.content) + sum(file.size for file in message.files)


async def _most_bytes(db: Database) -> int:
    tenant_id = bound_tenant()
    most = _most.get(tenant_id)
    if most is None:
        async with db.fleet_tx() as tx:
            found = await most_bytes(tx.connection, tenant_id)
        most = sys.maxsize if found is None else found
        _most.put(tenant_id, most)
    return most


def _too_large(most: int) -> Invalid:
    message = f"Your plan allows messages of at most {most // 1024:,} KiB."
    return Invalid(errors=(FieldError("attachments", message),))
