"""Change what a key is called and bound to, and end it."""

from uuid import UUID

import msgspec

from control_plane.accounts.key_errors import KeyBeyondYou, KeyTooOldForSmtp
from control_plane.accounts.key_rights import Bounds, bound_faults, may_give, mode_faults, parse_bounds, time_faults
from control_plane.accounts.key_schemas import ApiKey, ApiKeyChange
from control_plane.accounts.queries import keys as queries
from control_plane.accounts.queries.keys import KeyRow
from control_plane.accounts.service.keys import smtp
from control_plane.accounts.service.keys.make import name_faults, refuse, require_own
from control_plane.accounts.service.keys.read import found
from control_plane.accounts.service.keys.view import PREFIX, bounds_of, told, view
from control_plane.audit import service as audit
from control_plane.core import etag
from control_plane.core.auth import Subject
from control_plane.core.clock import Clock
from control_plane.core.database import Database
from control_plane.core.ids import encode


async def change_key(
    db: Database, clock: Clock, maker: Subject, key_id: UUID, wanted: ApiKeyChange, if_match: str | None = None
) -> ApiKey:
    """Change a key's name or bounds.

    Raises `NotFound`, `PreconditionFailed`, `KeyBeyondYou`, `Invalid`, `KeyTooOldForSmtp`.
    """
    async with db.tenant_tx() as tx:
        row = await found(tx, key_id, lock=True)
        etag.check(if_match, view(row))
        require_rights(maker, row)
        changed = _changed(clock, maker, row, wanted)
        if changed.allowed_domains != row.allowed_domains:
            await require_own(tx, changed.allowed_domains)
        await queries.save(tx, changed)
        await smtp.publish(tx, changed, before=row)
        audit.record(tx, "api-keys.change", encode(PREFIX, row.id), before=told(row), after=told(changed))
    return view(changed)


async def revoke_key(db: Database, clock: Clock, key_id: UUID, if_match: str | None = None) -> None:
    """End a key, and all access tokens that were made for it; raises `NotFound`, `PreconditionFailed`."""
    async with db.tenant_tx() as tx:
        row = await found(tx, key_id, lock=True)
        etag.check(if_match, view(row))
        await queries.revoke(tx, row.id, clock.now())
        await smtp.withdraw(tx, row)
        audit.record(tx, "api-keys.revoke", encode(PREFIX, row.id), before=told(row))


def require_rights(maker: Subject, row: KeyRow) -> None:
    """Raise `KeyBeyondYou`: nobody gets the secret of a key, or loosens one, that may do more than they."""
    faults = [*bound_faults(maker, bounds_of(row)), *mode_faults(maker, row.mode)]
    if faults or not all(may_give(maker, scope) for scope in row.scopes):
        raise KeyBeyondYou


def _changed(clock: Clock, maker: Subject, row: KeyRow, wanted: ApiKeyChange) -> KeyRow:
    given = {name: value for name, value in msgspec.structs.asdict(wanted).items() if value is not msgspec.UNSET}
    bounds, errors = parse_bounds(
        given.get("allowed_domains", row.allowed_domains),
        given.get("allowed_networks", tuple(map(str, row.allowed_networks))),
        given.get("requests_per_minute", row.requests_per_minute),
        given.get("expires_at", row.expires_at),
    )
    if "name" in given:
        errors += name_faults(given["name"])
    if "expires_at" in given:
        errors += time_faults(clock.now(), bounds)
    refuse(errors or list(bound_faults(maker, bounds)))
    changed = msgspec.structs.replace(
        _with(row, given.get("name", row.name).strip(), bounds), smtp=given.get("smtp", row.smtp)
    )
    refuse(smtp.faults(changed))
    if changed.smtp and changed.smtp_hash is None:
        raise KeyTooOldForSmtp
    return changed


def _with(row: KeyRow, name: str, bounds: Bounds) -> KeyRow:
    return msgspec.structs.replace(
        row,
        name=name,
        expires_at=bounds.expires_at,
        allowed_domains=bounds.domains,
        allowed_networks=bounds.networks,
        requests_per_minute=bounds.requests_per_minute,
    )
