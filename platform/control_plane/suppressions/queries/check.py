"""Which addresses are suppressed: one statement, however many are asked for (either role)."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from control_plane.core.database import Connection

_FIND = "select email, reason, is_own from find_suppressed($1, $2, $3, $4)"

_FIND_ALL = """
select asked.tenant_id, asked.stream, found.email, found.reason
from (
  select tenant_id, stream, array_agg(distinct email) as addresses,
    array_agg(distinct '@' || split_part(email, '@', -1)) as domains
  from unnest($1::uuid[], $2::text[], $3::text[]) as w (tenant_id, stream, email) group by 1, 2
) asked cross join lateral find_suppressed(asked.tenant_id, asked.stream, asked.addresses, asked.domains) found"""


class Found(msgspec.Struct, frozen=True):
    """What suppresses mail: an address or `@` and a domain, in the tenant's own list or in that of somebody above."""

    entry: str
    reason: str
    is_own: bool


class FoundFor(msgspec.Struct, frozen=True):
    """The same, and whose mail of which stream it suppresses."""

    tenant_id: UUID
    stream: str
    entry: str
    reason: str


async def find(
    connection: Connection, tenant_id: UUID, stream: str, addresses: Sequence[str], domains: Sequence[str]
) -> list[Found]:
    """Find what suppresses mail of one tenant's stream to addresses or to `@domains`."""
    rows = await connection.fetch(_FIND, tenant_id, stream, addresses, domains)
    return [Found(*row.values()) for row in rows]


async def find_all(
    connection: Connection, tenant_ids: Sequence[UUID], streams: Sequence[str], emails: Sequence[str]
) -> list[FoundFor]:
    """Find what suppresses mail of many tenants: each to an address of the same place in the lists."""
    rows = await connection.fetch(_FIND_ALL, tenant_ids, streams, emails)
    return [FoundFor(*row.values()) for row in rows]
