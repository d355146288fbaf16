"""Warns people of certificates that end before anything has renewed them: 14, 7, 3 and 1 days before."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from control_plane.certificates import schedule
from control_plane.certificates.queries import certificates as queries
from control_plane.certificates.queries.certificates import CertificateRow
from control_plane.certificates.service.view import public_id
from control_plane.core.database import Transaction
from control_plane.core.ids import TenantId
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import bound_tenant
from control_plane.notices import service as notices
from control_plane.notices.schemas import CertificateEnding

_MOST = 500


async def ending(runtime: Runtime) -> list[tuple[TenantId, UUID]]:
    """List the certificates of all tenants that end soon."""
    before = runtime.clock.now() + timedelta(days=max(schedule.WARNINGS))
    async with runtime.db.fleet_tx() as tx:
        return await queries.ending(tx.connection, before, _MOST)


async def warn(runtime: Runtime, certificate_id: UUID) -> None:
    """Write to the owners and admins of the bound tenant, if there is something new to say."""
    now = runtime.clock.now()
    async with runtime.db.tenant_tx() as tx:
        row = await queries.find(tx.connection, certificate_id, lock=True)
        if row is None or not row.is_served or row.not_after is None or not _needs_people(row, now):
            return
        days = schedule.warning(row.not_after, now, row.warned_days)
        if days is not None:
            await queries.save(tx.connection, msgspec.structs.replace(row, warned_days=days))
            await _write(tx, row, row.not_after, days)


def _needs_people(row: CertificateRow, now: datetime) -> bool:
    """Say whether it does not just renew itself: it is an own one, is not renewed any more, or renewing it fails."""
    if row.origin == "upload" or row.next_attempt_at is None or row.problem is not None:
        return True
    return row.renew_at is not None and row.renew_at + timedelta(days=1) < now


async def _write(tx: Transaction, row: CertificateRow, not_after: datetime, days: int) -> None:
    notice = CertificateEnding(
        path=f"/certificates/{public_id(row)}", name=row.names[0], days=days, problem=row.problem or ""
    )
    for address in await queries.contacts(tx.connection):
        await notices.write(tx, address, notice, about=bound_tenant(), expires_at=not_after)
