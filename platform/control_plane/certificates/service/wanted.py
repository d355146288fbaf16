"""Which names are to have certificates by themselves: those whose DNS leads to us, one certificate for each name.

One name each, so that a broken one harms no other. What is not the tenant's any more is withdrawn; what is, but no
longer leads to us, is served on and not renewed; and where the tenant uploaded a certificate, that one stands in.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from control_plane.audit import service as audit
from control_plane.certificates import directories, names
from control_plane.certificates.queries import certificates as queries
from control_plane.certificates.queries import tenants
from control_plane.certificates.queries.certificates import CertificateRow, Place
from control_plane.certificates.service import deliver, own_names
from control_plane.certificates.service.means import Means
from control_plane.certificates.service.outcome import drop_order
from control_plane.certificates.service.own_names import OwnName
from control_plane.certificates.service.standing_in import stand_in
from control_plane.certificates.service.view import public_id, told
from control_plane.core.database import Transaction
from control_plane.core.ids import TenantId, new_uuid
from control_plane.core.tenancy import bound_tenant
from control_plane.mail_domains import service as mail_domains

WORK_JOB = "certificates.work"
WANT_JOB = "certificates.want"
AWAY = "The name's DNS does not lead to us any more, so the certificate is not renewed. Point it to us, or delete it."

Wanted = Mapping[str, Place]
"""Names that lead to us, and where."""


async def want(means: Means) -> None:
    """Bring the bound tenant's certificates in line with its names."""
    own = await own_names.find(means)
    retired = await own_names.retired(means)
    async with means.runtime.db.tenant_tx() as tx:
        proven = await mail_domains.proven_names(tx)
        wanted = _wanted(own, await mail_domains.served_names(tx))
        rows = await queries.every(tx.connection, lock=True)
        theirs = {row.id for row in rows if _is_theirs(row, set(proven), own, retired)}
        for row in rows:
            if row.id not in theirs:
                await _withdraw(tx, means, row)
        kept = [row for row in rows if row.id in theirs]
        if directories.urls(means.runtime.settings.acme):
            kept += await _add(tx, means, wanted, kept)
        kept = await stand_in(tx, means.runtime, kept)
        await _settle(tx, means, kept, wanted, own)


async def tenants_to_look_at(means: Means) -> list[TenantId]:
    """List the tenants that have or may want certificates by themselves."""
    async with means.runtime.db.fleet_tx() as tx:
        served = {each.tenant_id for each in await mail_domains.served_names(tx)}
        held = await tenants_holding(tx)
        return sorted({*served, *held, *await tenants.with_own_names(tx.connection)})


async def tenants_holding(tx: Transaction) -> list[TenantId]:
    """List the tenants that have certificates or order some (fleet role)."""
    return await queries.tenants_holding(tx.connection)


def _wanted(own: Mapping[str, OwnName], served: Sequence[mail_domains.ServedName]) -> Wanted:
    found: dict[str, Place] = {name: each.place for name, each in own.items() if each.leads_to_us}
    for each in served:
        found.setdefault(each.name, "node" if each.purpose == "mail_host" else "front")
    return found


def _is_theirs(row: CertificateRow, proven: set[str], own: Mapping[str, OwnName], retired: set[str]) -> bool:
    if row.origin == "served" and row.names[0] in retired:
        return False  # the operator may well have proven the domain that the nodes' names are below
    return all(name in own or names.domain_of(name, proven) is not None for name in row.names)


async def _withdraw(tx: Transaction, means: Means, row: CertificateRow) -> None:
    await drop_order(tx, means.runtime.settings, row)
    await queries.delete(tx.connection, row.id)
    await deliver.withdraw(tx, row)
    audit.record(tx, "certificates.withdraw", public_id(row), before=told(row))


async def _add(tx: Transaction, means: Means, wanted: Wanted, rows: Sequence[CertificateRow]) -> list[CertificateRow]:
    """Begin a certificate for each name that has none."""
    known = {name for row in rows if row.origin != "upload" for name in row.names}
    now = means.runtime.clock.now()
    added = []
    for name in sorted(set(wanted) - known):
        row = CertificateRow(
            id=new_uuid(),
            names=(name,),
            origin="served",
            places=(wanted[name],),
            registered_domain=names.registered_domain(name),
            next_attempt_at=now,
            changed_at=now,
            created_at=now,
        )
        if await queries.insert(tx.connection, row):
            added.append(row)
            tx.outbox.trigger(WORK_JOB, str(bound_tenant()), str(row.id))
    return added


async def _settle(
    tx: Transaction, means: Means, rows: Sequence[CertificateRow], wanted: Wanted, own: Mapping[str, OwnName]
) -> None:
    """Stop what leads elsewhere, and take up again what is back."""
    unsure = {name for name, each in own.items() if each.leads_to_us is None}
    for row in rows:
        if row.origin == "served" and row.status not in ("superseded", "revoked") and row.names[0] not in unsure:
            after = _settled(row, means.runtime.clock.now(), leads=row.names[0] in wanted)
            if after is not row:
                await queries.save(tx.connection, after)


def _settled(row: CertificateRow, now: datetime, *, leads: bool) -> CertificateRow:
    if leads and row.next_attempt_at is None:
        return msgspec.structs.replace(row, problem=None, next_attempt_at=max(now, row.renew_at or now))
    if not leads and row.next_attempt_at is not None:
        return msgspec.structs.replace(row, problem=AWAY, next_attempt_at=None)
    return row
