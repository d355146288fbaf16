"""An uploaded certificate stands in for those ordered for the same names, for as long as it is there and valid."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from control_plane.certificates.queries import certificates as queries
from control_plane.certificates.queries.certificates import CertificateRow
from control_plane.certificates.service import deliver
from control_plane.core.database import Transaction
from control_plane.core.runtime import Runtime


async def stand_in(tx: Transaction, runtime: Runtime, rows: Sequence[CertificateRow]) -> list[CertificateRow]:
    """Have the uploaded ones among a tenant's certificates stand in; gives all of them as they are then.

    What goes is withdrawn first, since it may lie under the same key as what comes.
    """
    now = runtime.clock.now()
    valid = [row for row in rows if row.origin == "upload" and _is_valid(row, now)]
    uploaded = {name for row in valid for name in row.names}
    after = [_placed(row, uploaded, now) for row in rows]
    changed = [(old, new) for old, new in zip(rows, after, strict=True) if new is not old]
    for old, new in changed:
        await queries.save(tx.connection, new)
        if old.is_served and not new.is_served:
            await deliver.withdraw(tx, old)
    if changed:
        back = [new for _, new in changed if new.is_served]
        await deliver.serve(tx, runtime.vault, [*back, *valid])
    return after


def _is_valid(row: CertificateRow, now: datetime) -> bool:
    return row.is_served and row.not_after is not None and row.not_after > now


def _placed(row: CertificateRow, uploaded: set[str], now: datetime) -> CertificateRow:
    if row.origin == "upload" or row.status == "revoked":
        return row
    stands_in = set(row.names) <= uploaded
    if stands_in == (row.status == "superseded"):
        return row
    if stands_in:
        return msgspec.structs.replace(row, status="superseded", next_attempt_at=None, problem=None)
    status = "pending" if row.chain is None else "issued"
    return msgspec.structs.replace(
        row, status=status, problem=None, next_attempt_at=max(now, row.renew_at or now), changed_at=now
    )
