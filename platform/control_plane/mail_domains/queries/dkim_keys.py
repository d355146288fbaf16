"""The DKIM keys of the bound tenant's domains."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from control_plane.core.tenancy import bound_tenant
from control_plane.mail_domains.dkim import Algorithm
from control_plane.mail_domains.tables import DkimKey

_KEY = (
    DkimKey.id,
    DkimKey.domain_id,
    DkimKey.selector,
    DkimKey.algorithm,
    DkimKey.private_key,
    DkimKey.public_key,
    DkimKey.status,
)


class KeyRow(msgspec.Struct, frozen=True, kw_only=True):
    """A DKIM key as it is stored, its private half encrypted."""

    id: UUID
    domain_id: UUID
    selector: str
    algorithm: Algorithm
    private_key: bytes
    public_key: str
    status: str


async def insert_keys(keys: Sequence[KeyRow], now: datetime) -> None:
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
            created_at=now,
        )
        for key in keys
    ]
    await DkimKey.insert(*rows)


async def keys_of(domain_ids: Collection[UUID]) -> list[KeyRow]:
    """List the domains' keys, oldest first."""
    if not domain_ids:
        return []
    mine = DkimKey.tenant_id == bound_tenant()
    rows = await DkimKey.select(*_KEY).where(mine, DkimKey.domain_id.is_in(list(domain_ids))).order_by(DkimKey.id)
    return [KeyRow(**row) for row in rows]


async def activate_keys(domain_id: UUID) -> None:
    """Let a domain's waiting keys sign."""
    waiting = DkimKey.status == "pending"
    await DkimKey.update({DkimKey.status: "active"}).where(
        DkimKey.tenant_id == bound_tenant(), DkimKey.domain_id == domain_id, waiting
    )
