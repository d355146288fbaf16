"""When authorities want their certificates renewed (RFC 9773): asked now and then, and followed."""

from datetime import timedelta
from uuid import UUID

import msgspec

from control_plane.certificates import keys, schedule
from control_plane.certificates.ca import CaProblem, RenewalWindow
from control_plane.certificates.queries import certificates as queries
from control_plane.certificates.queries.certificates import CertificateRow
from control_plane.certificates.service.means import Means, ask, open_authority
from control_plane.core.ids import TenantId

_LOOK_EVERY = timedelta(hours=6)
_MOST = 200


async def windows_due(means: Means) -> list[tuple[TenantId, UUID]]:
    """List the certificates of all tenants whose authorities are to be asked again."""
    before = means.runtime.clock.now() - _LOOK_EVERY
    async with means.runtime.db.fleet_tx() as tx:
        return await queries.windows_due(tx.connection, before, _MOST)


async def look_up_window(means: Means, certificate_id: UUID) -> None:
    """Ask when a certificate is to be renewed, and renew it then; no answer changes nothing."""
    async with means.runtime.db.tenant_tx() as tx:
        row = await queries.find(tx.connection, certificate_id)
    if row is None or row.chain is None or row.status != "issued" or row.origin == "upload":
        return
    try:
        authority = await open_authority(means, row.directory)
        window = await ask(authority.renewal_window, keys.first_of(row.chain))
    except CaProblem:
        window = None
    async with means.runtime.db.tenant_tx() as tx:
        known = await queries.find(tx.connection, certificate_id, lock=True)
        if known is not None and known.fingerprint == row.fingerprint:
            await queries.save(tx.connection, _followed(means, known, window))


def _followed(means: Means, row: CertificateRow, window: RenewalWindow | None) -> CertificateRow:
    """Follow a window; the moment in it is picked once, and again only if it was moved."""
    now = means.runtime.clock.now()
    looked = msgspec.structs.replace(row, window_checked_at=now)
    if window is None or (window.start, window.end) == (row.window_start, row.window_end):
        return looked
    renew_at = schedule.renewal_in(window.start, window.end, now, chance=means.chance())
    waits = row.attempts == 0 and row.next_attempt_at is not None
    return msgspec.structs.replace(
        looked,
        window_start=window.start,
        window_end=window.end,
        renew_at=renew_at,
        next_attempt_at=renew_at if waits else row.next_attempt_at,
    )
