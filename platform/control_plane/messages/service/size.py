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
from control_plane.plans.schemas import MESSAGE_LEAST_BYTES

_COMPOSED_BYTES = CONTENT_MAX_BYTES + MESSAGE_LEAST_BYTES

_most: TtlCache[TenantId, int] = TtlCache(fresh_seconds=10)


async def within_plan(db: Database, batch: list[Composed | Refused]) -> list[Composed | Refused]:
    """Refuse what is larger than the bound tenant's plan allows; nothing is asked for what every plan allows."""
    sizes = [_size(each) for each in batch]
    if max(sizes, default=0) <= MESSAGE_LEAST_BYTES:
        return batch
    most = min(_COMPOSED_BYTES, await _most_bytes(db))
    return [each if size <= most else _too_large(most) for each, size in zip(batch, sizes, strict=True)]


async def whole_within_plan(db: Database, mail: Composed, size: int) -> Composed | Invalid:
    """Refuse a mail that came whole if it is larger than the plan allows; `size`: as it was written, as nodes count."""
    if size <= MESSAGE_LEAST_BYTES or size <= (most := await _most_bytes(db)):
        return mail
    return _too_large(most)


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
