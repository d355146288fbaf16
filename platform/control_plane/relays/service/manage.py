"""Make relays, show and change them, take them away."""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from msgspec import UNSET

from control_plane.audit import service as audit
from control_plane.core import etag
from control_plane.core.auth import Subject
from control_plane.core.clock import Clock
from control_plane.core.crypto import Vault
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import FieldError, Invalid, NotFound
from control_plane.core.http import Network
from control_plane.core.ids import encode, new_uuid
from control_plane.core.pagination import Page
from control_plane.core.tenancy import require_all_domains
from control_plane.relays.errors import TooManyRelays
from control_plane.relays.presets import PRESETS, tls_of
from control_plane.relays.queries import relays as queries
from control_plane.relays.queries.relays import RelayRow
from control_plane.relays.schemas import CreatedRelay, NewRelay, Relay, RelayChange, RelayScope
from control_plane.relays.service import fit
from control_plane.relays.service.events_address import HOOK_KEY_PURPOSE, events_url, new_secret
from control_plane.relays.service.health import health_of
from control_plane.relays.service.publish import PASSWORD_PURPOSE, put_in_force, withdraw
from control_plane.relays.service.view import PREFIX, told, view
from control_plane.settings import Settings

_MOST = 50
_TAKEN_OVER = ("name", "port", "tls", "mode", "weight", "status")


async def create(
    db: Database, vault: Vault, settings: Settings, clock: Clock, subject: Subject, new: NewRelay
) -> CreatedRelay:
    """Make a relay; raises `Invalid`, `TooManyRelays`, `Forbidden` when one for all is made by a tenant."""
    require_all_domains()
    if new.for_all:
        subject.require("fleet:write")
    secret = new_secret()
    row = _new_row(vault, clock, new, secret.hash)
    fit.check_words(row.name, row.username, new.password)
    await fit.check_server(row, settings.egress_allow)
    async with db.tenant_tx() as tx:
        await fit.check_scope(tx, row)
        if not await queries.insert(tx.connection, row, _MOST):
            raise TooManyRelays
        await put_in_force(tx, vault, [row])
        audit.record(tx, "relays.create", encode(PREFIX, row.id), after=told(row))
    shown = msgspec.structs.asdict(view(row))
    return CreatedRelay(**shown, events_url=events_url(settings, row.id, secret.text))


async def get(db: Database, relay_id: UUID) -> Relay:
    """Give a relay; raises `NotFound`."""
    async with db.tenant_tx() as tx:
        row = await _found(tx, relay_id)
    return view(row, (await health_of(db, [row])).get(row.id))


async def list_relays(db: Database, after: UUID | None, limit: int) -> Page[Relay]:
    """List relays, newest first."""
    async with db.tenant_tx() as tx:
        rows = await queries.page(tx.connection, after, limit + 1)
    health = await health_of(db, rows[:limit])
    shown = tuple([view(row, health.get(row.id)) for row in rows[:limit]])
    return Page(shown, shown[-1].id if len(rows) > limit else None)


async def change(
    db: Database,
    vault: Vault,
    allowed: Sequence[Network],
    subject: Subject,
    relay_id: UUID,
    wanted: RelayChange,
    if_match: str | None = None,
) -> Relay:
    """Change a relay; raises `NotFound`, `Invalid`, `PreconditionFailed`.

    A server and the login for it go together: whoever names another server gives the password again, so that nobody
    who may not see a password can have it sent to a server of theirs.
    """
    require_all_domains()
    async with db.tenant_tx() as tx:
        before = await _found(tx, relay_id)
    _check_login_is_given(before, wanted)
    await fit.check_server(_changed(vault, before, wanted), allowed)  # asks DNS: outside of the transaction
    async with db.tenant_tx() as tx:
        row = await _found(tx, relay_id, lock=True)
        _check_mine(subject, row)
        etag.check(if_match, view(row))
        _check_login_is_given(row, wanted)
        changed = _changed(vault, row, wanted)
        fit.check_words(changed.name, changed.username, wanted.password if wanted.password is not UNSET else None)
        await fit.check_scope(tx, changed)
        await queries.save(tx.connection, changed)
        await put_in_force(tx, vault, [changed])
        audit.record(tx, "relays.change", encode(PREFIX, row.id), before=told(row), after=told(changed))
    return view(changed, (await health_of(db, [changed])).get(changed.id))


async def delete(db: Database, subject: Subject, relay_id: UUID, if_match: str | None = None) -> None:
    """Remove a relay and take it off the nodes; raises `NotFound`, `PreconditionFailed`."""
    require_all_domains()
    async with db.tenant_tx() as tx:
        row = await _found(tx, relay_id, lock=True)
        _check_mine(subject, row)
        etag.check(if_match, view(row))
        await queries.delete(tx.connection, row.id)
        await withdraw(tx, row)
        audit.record(tx, "relays.delete", encode(PREFIX, row.id), before=told(row))


async def _found(tx: Transaction, relay_id: UUID, *, lock: bool = False) -> RelayRow:
    row = await queries.find(tx.connection, relay_id, lock=lock)
    if row is None:
        raise NotFound
    return row


def _check_mine(subject: Subject, row: RelayRow) -> None:
    if row.for_all:
        subject.require("fleet:write")


def _check_login_is_given(row: RelayRow, wanted: RelayChange) -> None:
    is_elsewhere = (wanted.host or row.host, wanted.port or row.port) != (row.host, row.port)
    if is_elsewhere and wanted.password is UNSET:
        raise Invalid(errors=(FieldError("password", "Give the password again: it would go to another server."),))


def _new_row(vault: Vault, clock: Clock, new: NewRelay, hook_hash: bytes) -> RelayRow:
    preset = PRESETS[new.kind]
    port = new.port if new.port is not None else preset.port
    row = RelayRow(
        id=new_uuid(),
        for_all=new.for_all,
        name=new.name,
        kind=new.kind,
        host=fit.tidy(new.host) or preset.host_in(""),
        port=port,
        tls=new.tls or tls_of(port),
        username=new.username or preset.username,
        password=vault.encrypt(new.password.encode(), purpose=PASSWORD_PURPOSE),
        mode=new.mode,
        weight=new.weight,
        domains=(),
        streams=(),
        destinations=(),
        hook_hash=hook_hash,
        hook_key=_sealed_key(vault, new.events_key),
        created_at=clock.now(),
    )
    return _scoped(row, new.scope)


def _changed(vault: Vault, row: RelayRow, wanted: RelayChange) -> RelayRow:
    given: dict[str, object] = {
        name: getattr(wanted, name) for name in _TAKEN_OVER if getattr(wanted, name) is not UNSET
    }
    if wanted.host is not UNSET:
        given["host"] = fit.tidy(wanted.host)
    if wanted.port is not UNSET and wanted.tls is UNSET:
        given["tls"] = tls_of(wanted.port)
    if wanted.username is not UNSET:
        given["username"] = wanted.username or PRESETS[row.kind].username
    if wanted.password is not UNSET:
        given["password"] = vault.encrypt(wanted.password.encode(), purpose=PASSWORD_PURPOSE)
    if wanted.events_key is not UNSET:
        given["hook_key"] = _sealed_key(vault, wanted.events_key)
    changed = msgspec.structs.replace(row, version=row.version + 1, **given)
    return changed if wanted.scope is UNSET else _scoped(changed, wanted.scope)


def _scoped(row: RelayRow, scope: RelayScope) -> RelayRow:
    return msgspec.structs.replace(
        row,
        domains=tuple(dict.fromkeys(map(fit.tidy, scope.domains))),
        streams=tuple(dict.fromkeys(scope.streams)),
        destinations=tuple(dict.fromkeys(map(fit.tidy, scope.destinations))),
    )


def _sealed_key(vault: Vault, key: str) -> bytes | None:
    return vault.encrypt(key.strip().encode(), purpose=HOOK_KEY_PURPOSE) if key.strip() else None
