"""When authorities want their certificates renewed (RFC 9773): asked now and then, and followed."""

from datetime import datetime
from uuid import UUID

import msgspec

from control_plane.certificates import keys, schedule
from control_plane.certificates.ca import CaProblem, RenewalWindow
from control_plane.certificates.queries import certificates as queries
from control_plane.certificates.queries.certificates import CertificateRow
from control_plane.certificates.service.means import Means, ask, open_authority
from control_plane.core.ids import TenantId

_MOST = 200


async def windows_due(means: Means) -> list[tuple[TenantId, UUID]]:
    """List the certificates of all tenants whose authorities are to be asked again."""
    async with means.runtime.db.fleet_tx() as tx:
        return await queries.windows_due(tx.connection, means.runtime.clock.now(), _MOST)


async def look_up_window(means: Means, certificate_id: UUID) -> None:
    """Ask when a certificate is to be renewed, and renew it then; no answer changes nothing."""
    async with means.runtime.db.tenant_tx() as tx:
        row = await queries.find(tx.connection, certificate_id)
    if row is None or row.chain is None or row.status != "issued" or row.origin == "upload":
        return
    window, pause = await _window(means, row.directory, row.chain)
    due_at = schedule.look_again(means.runtime.clock.now(), pause)
    async with means.runtime.db.tenant_tx() as tx:
        known = await queries.find(tx.connection, certificate_id, lock=True)
        if known is not None and known.fingerprint == row.fingerprint:
            await queries.save(tx.connection, _followed(means, known, window, due_at))


async def _window(means: Means, directory: str, chain: str) -> tuple[RenewalWindow | None, int | None]:
    """Ask an authority for the window of a certificate, and when it wants to be asked again."""
    try:
        authority = await open_authority(means, directory)
        window = await ask(authority.renewal_window, keys.first_of(chain))
    except CaProblem as problem:
        return None, problem.retry_after_seconds
    return window, None if window is None else window.look_again_seconds


def _followed(means: Means, row: CertificateRow, window: RenewalWindow | None, due_at: datetime) -> CertificateRow:
    """Follow a window; the moment in it is picked once, and again only if it was moved."""
    looked = msgspec.structs.replace(row, window_due_at=due_at)
    if window is None or (window.start, window.end) == (row.window_start, row.window_end):
        return looked
    renew_at = _moment(means, row, window)
    waits = row.attempts == 0 and row.next_attempt_at is not None
    return msgspec.structs.replace(
        looked,
        window_start=window.start,
        window_end=window.end,
        renew_at=renew_at,
        next_attempt_at=renew_at if waits else row.next_attempt_at,
    )


def _moment(means: Means, row: CertificateRow, window: RenewalWindow) -> datetime:
    assert row.issued_at is not None
    assert row.not_before is not None
    assert row.not_after is not None
    soonest = max(means.runtime.clock.now(), row.issued_at + schedule.SOONEST_RENEWAL)
    picked = schedule.renewal_in(window.start, window.end, soonest, chance=means.chance())
    return min(picked, schedule.latest_renewal(row.not_before, row.not_after))
