"""The DKIM keys of the bound tenant's domains."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from control_plane.core.database import Connection
from control_plane.core.tenancy import bound_tenant
from control_plane.mail_domains.dkim_life import KeyLife, Step
from control_plane.mail_domains.tables import DkimKey

_KEY = (
    DkimKey.id,
    DkimKey.domain_id,
    DkimKey.selector,
    DkimKey.algorithm,
    DkimKey.private_key,
    DkimKey.public_key,
    DkimKey.status,
    DkimKey.created_at,
    DkimKey.seen_at,
    DkimKey.activated_at,
    DkimKey.retiring_at,
    DkimKey.retired_at,
    DkimKey.compromised_at,
)


class KeyRow(KeyLife, frozen=True, kw_only=True):
    """A DKIM key as it is stored, its private half encrypted, or erased once it is retired."""

    domain_id: UUID
    private_key: bytes
    public_key: str


async def insert_keys(keys: Sequence[KeyRow]) -> None:
    """Store a domain's new keys."""
    rows = [
        DkimKey(
            id=key.id,
            tenant_id=bound_tenant(),
            domain_id=key.domain_id,
            selector=key.selector,
            algorithm=key.algorithm,
            private_key=key.private_key,
            public_key=key.public_key,
            status=key.status,
            created_at=key.created_at,
        )
        for key in keys
    ]
    if rows:
        await DkimKey.insert(*rows)


async def keys_of(domain_ids: Collection[UUID]) -> list[KeyRow]:
    """List the domains' keys, oldest first."""
    if not domain_ids:
        return []
    mine = DkimKey.tenant_id == bound_tenant()
    rows = await DkimKey.select(*_KEY).where(mine, DkimKey.domain_id.is_in(list(domain_ids))).order_by(DkimKey.id)
    return [KeyRow(**row) for row in rows]


async def activate_keys(connection: Connection, domain_id: UUID, now: datetime) -> None:
    """Let the first keys of a domain that was just proven sign; of one that was proven before, its keys go on.

    The first keys sign whether they are seen in DNS or not: there are no others, and mail without a signature waits.
    """
    await connection.execute(
        """update dkim_keys k set status = 'active', activated_at = $3
           where tenant_id = $1 and domain_id = $2 and status = 'pending'
             and not exists (select from dkim_keys o
                             where o.tenant_id = $1 and o.domain_id = $2 and o.status in ('active', 'retiring'))""",
        bound_tenant(),
        domain_id,
        now,
    )
    await connection.execute(
        "update mail_domains set dkim_look_at = $3 where tenant_id = $1 and id = $2", bound_tenant(), domain_id, now
    )


async def take(connection: Connection, step: Step, now: datetime) -> None:
    """Let keys go on in their lives; the private half of a retired one is erased."""
    await connection.execute(
        """update dkim_keys set
             seen_at = case when id = any ($3) then $2 when id = any ($4) then null else seen_at end,
             status = case when id = any ($5) then 'active' when id = any ($6) then 'retiring'
                           when id = any ($7) then 'retired' else status end,
             activated_at = case when id = any ($5) then $2 else activated_at end,
             retiring_at = case when id = any ($6) then $2 else retiring_at end,
             retired_at = case when id = any ($7) then $2 else retired_at end,
             private_key = case when id = any ($7) then ''::bytea else private_key end
           where tenant_id = $1 and id = any ($3::uuid[] || $4::uuid[] || $5::uuid[] || $6::uuid[] || $7::uuid[])""",
        bound_tenant(),
        now,
        list(step.seen),
        list(step.unseen),
        list(step.activate),
        list(step.rest),
        list(step.retire),
    )


async def mark_compromised(connection: Connection, key_ids: Sequence[UUID], now: datetime) -> None:
    """Note that others may have these keys."""
    await connection.execute(
        "update dkim_keys set compromised_at = $3 where tenant_id = $1 and id = any ($2)", bound_tenant(), key_ids, now
    )
