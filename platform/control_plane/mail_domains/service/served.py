"""What other features ask about proven domains: the names that point to us, and whose a report's address is."""

from collections.abc import Sequence
from typing import Literal, TypeAlias
from uuid import UUID

import msgspec

from control_plane.core.database import Transaction
from control_plane.core.ids import TenantId
from control_plane.mail_domains.queries import domains
from control_plane.mail_domains.queries import served as queries

ServedPurpose: TypeAlias = Literal["mail_host", "mta_sts_host", "autoconfig", "autodiscover"]


class ServedName(msgspec.Struct, frozen=True, kw_only=True):
    """A name below a proven domain that points to us, as its last check saw it."""

    tenant_id: TenantId
    domain_id: UUID
    domain: str
    name: str
    purpose: ServedPurpose


class ReportOwner(msgspec.Struct, frozen=True, kw_only=True):
    """Whose domain a report is about."""

    tenant_id: TenantId
    domain_id: UUID
    name: str


async def served_names(tx: Transaction) -> list[ServedName]:
    """List the names that point to us: the bound tenant's; in a transaction of the fleet role, everybody's."""
    return [
        ServedName(
            tenant_id=TenantId(row["tenant_id"]),
            domain_id=row["id"],
            domain=row["domain"],
            name=row["name"],
            purpose=row["purpose"],
        )
        for row in await queries.served(tx.connection)
    ]


async def tenants_holding(tx: Transaction) -> list[TenantId]:
    """List the tenants that have domains, proven or not (fleet role)."""
    return await queries.tenants_holding(tx.connection)


async def proven_names(tx: Transaction) -> dict[str, UUID]:
    """Give the bound tenant's proven domains, their ids by their names."""
    return await queries.proven_names(tx.connection)


async def proven_by_another(tx: Transaction, names: Sequence[str]) -> bool:
    """Say whether another tenant than the bound one has proven one of these names."""
    return await domains.proven_by_another(tx.connection, names)


async def find_by_report_token(tx: Transaction, token: str) -> ReportOwner | None:
    """Find the proven domain whose reports come to this token's address (fleet role)."""
    row = await queries.by_report_token(tx.connection, token) if "\0" not in token else None
    if row is None:
        return None
    return ReportOwner(tenant_id=TenantId(row["tenant_id"]), domain_id=row["id"], name=row["name"])
