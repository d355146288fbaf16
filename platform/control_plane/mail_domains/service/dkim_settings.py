"""A domain's DKIM keys as the API shows them, and how they are to be published and replaced."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from control_plane.audit import service as audit
from control_plane.core import etag
from control_plane.core.database import Database
from control_plane.core.errors import FieldError, Invalid, NotFound
from control_plane.core.ids import encode
from control_plane.core.tenancy import require_domain
from control_plane.dns_zone import service as dns_zone
from control_plane.mail_domains.checkup.needs import DkimMode
from control_plane.mail_domains.dkim_life import KEPT, at_rest, next_rotation
from control_plane.mail_domains.dkim_schemas import DkimChange, DkimKey, DkimKeys
from control_plane.mail_domains.errors import RotationUnderWay
from control_plane.mail_domains.queries import dkim_keys, dkim_rotation
from control_plane.mail_domains.queries.dkim_keys import KeyRow
from control_plane.mail_domains.queries.dkim_rotation import RotationRow
from control_plane.mail_domains.service.dkim_keeping import Keeper
from control_plane.mail_domains.service.dkim_making import show
from control_plane.mail_domains.service.dkim_rotating import rotate
from control_plane.mail_domains.service.view import PREFIX
from control_plane.settings import Settings

_RETIRED_SHOWN = 4


async def dkim_keys_of(db: Database, settings: Settings, domain_id: UUID) -> DkimKeys:
    """Give a domain's keys; raises `NotFound`."""
    async with db.tenant_tx() as tx:
        row = await dkim_rotation.find(tx.connection, domain_id)
        if row is None:
            raise NotFound
        return view_keys(row, await dkim_keys.keys_of([domain_id]), settings)


async def change_dkim(means: Keeper, domain_id: UUID, change: DkimChange, if_match: str | None = None) -> DkimKeys:
    """Say how keys are published and replaced; to delegate them begins a rotation, if none is under way.

    Raises `NotFound`, `PreconditionFailed`, `Invalid` where there is no zone to delegate to.
    """
    if change.mode == "cname" and not dns_zone.is_configured(means.settings):
        message = "This installation has no DNS zone of its own to delegate to: publish the keys as TXT records."
        raise Invalid(errors=(FieldError("mode", message),))
    async with means.db.tenant_tx() as tx:
        row = await dkim_rotation.find(tx.connection, domain_id, lock=True)
        if row is None:
            raise NotFound
        require_domain(row.name)
        keys = await dkim_keys.keys_of([domain_id])
        etag.check(if_match, view_keys(row, keys, means.settings))
        mode, days = _wanted(row, change)
        at = row.rotate_at if days == row.rotate_days else next_rotation(means.clock.now(), days)
        await dkim_rotation.set_mode(tx.connection, domain_id, mode, days, at)
        await show(tx, means.settings, domain_id, keys)
        before, after = {"mode": row.mode, "rotate_days": row.rotate_days}, {"mode": mode, "rotate_days": days}
        audit.record(tx, "domains.change_dkim", encode(PREFIX, domain_id), before=before, after=after)
    if row.is_proven and (row.mode, mode) == ("txt", "cname"):
        await _rotate_if_possible(means, domain_id)
    return await dkim_keys_of(means.db, means.settings, domain_id)


async def _rotate_if_possible(means: Keeper, domain_id: UUID) -> None:
    try:
        await rotate(means, domain_id)
    except RotationUnderWay:
        return  # the next one will be delegated


def _wanted(row: RotationRow, change: DkimChange) -> tuple[DkimMode, int | None]:
    mode = row.mode if change.mode is msgspec.UNSET else change.mode
    return mode, row.rotate_days if change.rotate_days is msgspec.UNSET else change.rotate_days


def view_keys(row: RotationRow, keys: Sequence[KeyRow], settings: Settings) -> DkimKeys:
    """Show the living keys and the last that were retired, newest first."""
    newest = sorted(keys, key=lambda key: key.id, reverse=True)
    retired = [key for key in newest if key.status == "retired"][:_RETIRED_SHOWN]
    return DkimKeys(
        mode=row.mode,
        can_use_cname=dns_zone.is_configured(settings),
        rotate_days=row.rotate_days,
        next_rotation_at=row.rotate_at,
        can_rotate=row.is_proven and bool(at_rest(keys)),
        keys=[_view(row, key) for key in (*(key for key in newest if key.status != "retired"), *retired)],
    )


def _view(row: RotationRow, key: KeyRow) -> DkimKey:
    return DkimKey(
        selector=key.selector,
        algorithm=key.algorithm,
        status=key.status,
        public_key=key.public_key,
        host=f"{key.selector}._domainkey.{row.name}",
        created_at=key.created_at,
        seen_at=key.seen_at,
        activated_at=key.activated_at,
        retiring_at=key.retiring_at,
        record_until=key.retiring_at + KEPT if key.status == "retiring" and key.retiring_at is not None else None,
        retired_at=key.retired_at,
        compromised_at=key.compromised_at,
    )
