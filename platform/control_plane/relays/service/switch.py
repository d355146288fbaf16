"""Switch a domain to a relay and back: one call, in force on the nodes when it is answered."""

from uuid import UUID

import msgspec

from control_plane.audit import service as audit
from control_plane.core.crypto import Vault
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import FieldError, Invalid, NotFound
from control_plane.core.ids import MalformedId, decode, encode
from control_plane.core.tenancy import require_domain
from control_plane.relays.errors import RelayPaused
from control_plane.relays.queries import relays as queries
from control_plane.relays.queries.relays import RelayRow
from control_plane.relays.schemas import DomainRelay, DomainSwitch
from control_plane.relays.service.publish import put_in_force
from control_plane.relays.service.view import PREFIX

_DOMAIN = "dom"


async def relay_of(db: Database, domain_id: UUID) -> DomainRelay:
    """Say which relay a domain was switched to; raises `NotFound`."""
    async with db.tenant_tx() as tx:
        name = await _name(tx, domain_id)
        rows = await queries.all_rows(tx.connection)
    found = next((row for row in rows if name in row.always_for), None)
    return _view(domain_id, name, found)


async def switch(db: Database, vault: Vault, domain_id: UUID, wanted: DomainSwitch) -> DomainRelay:
    """Let a domain's mail leave by a relay, or by none; raises `NotFound`, `Invalid`, `RelayPaused`."""
    relay_id = _relay_id(wanted)
    async with db.tenant_tx() as tx:
        name = await _name(tx, domain_id)
        require_domain(name)
        rows = await queries.all_rows(tx.connection, lock=True)
        target = next((row for row in rows if row.id == relay_id), None)
        if relay_id is not None and (target is None or target.for_all):
            raise Invalid(errors=(FieldError("relay_id", "There is no such relay of yours."),))
        if target is not None and target.status == "paused":
            raise RelayPaused
        changed = [_switched(row, name, is_target=row is target) for row in rows]
        differing = [after for before, after in zip(rows, changed, strict=True) if before is not after]
        for row in differing:
            await queries.save(tx.connection, row)
        await put_in_force(tx, vault, differing)
        if differing:
            before = next((row for row in rows if name in row.always_for), None)
            audit.record(tx, "relays.switch", name, before=_named(before), after=_named(target))
    return _view(domain_id, name, target)


def _switched(row: RelayRow, name: str, *, is_target: bool) -> RelayRow:
    """Give the relay with the domain or without it; the same one, if nothing changes."""
    if (name in row.always_for) == is_target:
        return row
    others = tuple(each for each in row.always_for if each != name)
    switched = (*others, name) if is_target else others
    return msgspec.structs.replace(row, always_for=switched, version=row.version + 1)


async def _name(tx: Transaction, domain_id: UUID) -> str:
    name = await queries.domain_name(tx.connection, domain_id)
    if name is None:
        raise NotFound
    return name


def _relay_id(wanted: DomainSwitch) -> UUID | None:
    try:
        return None if wanted.relay_id is None else decode(PREFIX, wanted.relay_id)
    except MalformedId as error:
        raise Invalid(errors=(FieldError("relay_id", "There is no such relay of yours."),)) from error


def _named(row: RelayRow | None) -> dict[str, object]:
    return {"relay": None if row is None else row.name}


def _view(domain_id: UUID, name: str, row: RelayRow | None) -> DomainRelay:
    relay_id = None if row is None else encode(PREFIX, row.id)
    return DomainRelay(domain_id=encode(_DOMAIN, domain_id), domain=name, relay_id=relay_id)
