"""What customers do with certificates: look at them, order, renew, revoke and delete them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from control_plane.audit import service as audit
from control_plane.certificates import directories, keys, names, schedule
from control_plane.certificates.ca import CaProblem
from control_plane.certificates.errors import (
    CertificateExists,
    CertificateNotOrdered,
    CertificateServed,
    NoAuthority,
    NothingIssued,
    TooManyCertificates,
    TooSoon,
)
from control_plane.certificates.queries import certificates as queries
from control_plane.certificates.queries.certificates import CertificateRow
from control_plane.certificates.schemas import Certificate, Reason
from control_plane.certificates.service import deliver
from control_plane.certificates.service.allowance import take_a_turn
from control_plane.certificates.service.means import Means, ask, open_authority
from control_plane.certificates.service.outcome import drop_order
from control_plane.certificates.service.standing_in import stand_in
from control_plane.certificates.service.strangers import stranger_among
from control_plane.certificates.service.view import public_id, told, view
from control_plane.certificates.service.wanted import WANT_JOB, WORK_JOB
from control_plane.core import etag
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import FieldError, Invalid, NotFound, Unavailable
from control_plane.core.ids import new_uuid
from control_plane.core.pagination import Page
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import DomainOutOfReach, bound_tenant, reaches_domain, require_domain
from control_plane.dns_zone import service as dns_zone
from control_plane.mail_domains import service as mail_domains
from control_plane.mail_domains.names import NotADomain, above

MOST_OWN = 200
"""So many one account can have beside those that it gets by itself."""
_REASONS: dict[Reason, int] = {"key_compromise": 1, "superseded": 4, "cessation_of_operation": 5}  # RFC 5280 §5.3.1


async def get(db: Database, certificate_id: UUID) -> Certificate:
    """Give a certificate; raises `NotFound`."""
    async with db.tenant_tx() as tx:
        return view(await found(tx, certificate_id))


async def list_certificates(
    db: Database, after: UUID | None, limit: int, *, domain: str | None = None
) -> Page[Certificate]:
    """List certificates, newest first; those with a name at or below a domain, if one is given."""
    async with db.tenant_tx() as tx:
        rows = await queries.page(tx.connection, after, limit + 1, domain)
    shown = tuple([view(row) for row in rows[:limit]])
    return Page(shown, shown[-1].id if len(rows) > limit else None)


async def order(runtime: Runtime, wanted: Sequence[str]) -> Certificate:
    """Order a certificate; raises `Invalid`, `NoAuthority`, `CertificateExists`, `TooManyCertificates`."""
    if not directories.urls(runtime.settings.acme):
        raise NoAuthority
    await take_a_turn(runtime)
    async with runtime.db.tenant_tx() as tx:
        proven = set(await mail_domains.proven_names(tx))
        chosen = tuple(dict.fromkeys(_name(text, place, proven, runtime) for place, text in enumerate(wanted)))
        strange = await stranger_among(tx, chosen, proven)
        if strange is not None:
            raise _not_yours(strange, chosen.index(strange))
        await make_room(tx)
        now = runtime.clock.now()
        row = CertificateRow(
            id=new_uuid(),
            names=chosen,
            origin="asked",
            places=("node", "front"),
            registered_domain=names.registered_domain(chosen[0]),
            next_attempt_at=now,
            changed_at=now,
            created_at=now,
        )
        if await _is_taken(tx, row) or not await queries.insert(tx.connection, row):
            raise CertificateExists
        tx.outbox.trigger(WORK_JOB, str(bound_tenant()), str(row.id))
        audit.record(tx, "certificates.order", public_id(row), after=told(row))
    return view(row)


async def renew(runtime: Runtime, certificate_id: UUID) -> Certificate:
    """Have a certificate renewed, or tried for, now; raises `NotFound`, `CertificateNotOrdered`, `TooMany`."""
    await take_a_turn(runtime)
    async with runtime.db.tenant_tx() as tx:
        row = await found(tx, certificate_id, lock=True)
        require_reach(row)
        if row.origin == "upload" or row.status == "superseded":
            raise CertificateNotOrdered
        now = runtime.clock.now()
        _refuse_haste(row, now)
        after = msgspec.structs.replace(
            row, next_attempt_at=now, problem=None, status="pending" if row.status == "revoked" else row.status
        )
        await queries.save(tx.connection, after)
        tx.outbox.trigger(WORK_JOB, str(bound_tenant()), str(row.id))
        audit.record(tx, "certificates.renew", public_id(row), after={"names": row.names})
    return view(after)


async def revoke(means: Means, certificate_id: UUID, reason: Reason) -> Certificate:
    """Revoke a certificate at its authority; a new one is made at once unless its time is over.

    Raises `NotFound`, `CertificateNotOrdered`, `NothingIssued`, and `Unavailable` if the authority does not do it now.
    """
    runtime = means.runtime
    await take_a_turn(runtime)
    async with runtime.db.tenant_tx() as tx:
        row = await found(tx, certificate_id)
        require_reach(row)
    if row.origin == "upload":
        raise CertificateNotOrdered
    if row.chain is None or row.status == "revoked":
        raise NothingIssued
    try:
        authority = await open_authority(means, row.directory)
        await ask(authority.revoke, keys.first_of(row.chain), _REASONS[reason])
    except CaProblem as problem:
        said = f"{directories.name_of(row.directory)} did not revoke it just now ({problem.code}): try again."
        raise Unavailable(said) from problem
    return await _revoked(runtime, row, reason)


async def _revoked(runtime: Runtime, row: CertificateRow, reason: Reason) -> Certificate:
    async with runtime.db.tenant_tx() as tx:
        known = await found(tx, row.id, lock=True)
        if known.fingerprint != row.fingerprint:
            return view(known)  # a new one came meanwhile
        is_over = reason == "cessation_of_operation"
        after = msgspec.structs.replace(
            known,
            status="revoked" if is_over else "pending",
            next_attempt_at=None if is_over else runtime.clock.now(),
            problem=None,
        )
        await queries.save(tx.connection, after)
        if is_over and known.is_served:
            await deliver.withdraw(tx, known)
        elif not is_over:
            tx.outbox.trigger(WORK_JOB, str(bound_tenant()), str(row.id))
        audit.record(
            tx, "certificates.revoke", public_id(row), before=told(row), after=told(after) | {"reason": reason}
        )
    return view(after)


async def delete(runtime: Runtime, certificate_id: UUID, if_match: str | None = None) -> None:
    """Delete a certificate; raises `NotFound`, `PreconditionFailed`, `CertificateServed`."""
    async with runtime.db.tenant_tx() as tx:
        row = await found(tx, certificate_id, lock=True)
        require_reach(row)
        etag.check(if_match, view(row))
        if row.origin == "served" and row.next_attempt_at is not None:
            raise CertificateServed
        await drop_order(tx, runtime.settings, row)
        await queries.delete(tx.connection, row.id)
        if row.is_served:
            await deliver.withdraw(tx, row)
        await stand_in(tx, runtime, await queries.every(tx.connection, lock=True))
        tx.outbox.trigger(WANT_JOB, str(bound_tenant()))
        audit.record(tx, "certificates.delete", public_id(row), before=told(row))


async def found(tx: Transaction, certificate_id: UUID, *, lock: bool = False) -> CertificateRow:
    """Find a certificate; raises `NotFound`."""
    row = await queries.find(tx.connection, certificate_id, lock=lock)
    if row is None:
        raise NotFound
    return row


async def make_room(tx: Transaction) -> None:
    """Raise `TooManyCertificates` if there is no room for one more."""
    if await queries.count_own(tx.connection) >= MOST_OWN:
        raise TooManyCertificates


def require_reach(row: CertificateRow) -> None:
    """Raise `DomainOutOfReach` for a certificate with a name whose domain the key is not bound to."""
    for name in row.names:
        host = names.host_of(name)
        if not any(reaches_domain(each) for each in (host, *above(host))):
            raise DomainOutOfReach


def _refuse_haste(row: CertificateRow, now: datetime) -> None:
    earliest = schedule.wished(now, row.proof_failed_at)
    if earliest > now:
        seconds = int((earliest - now).total_seconds()) + 1
        raise TooSoon(retry_after_seconds=seconds)


async def _is_taken(tx: Transaction, row: CertificateRow) -> bool:
    """Say whether another one, that is not given up, has the same names or lies on the nodes under the same one."""
    rows = await queries.every(tx.connection)
    first = deliver.on_nodes(row)[:1]
    return any(each.names == row.names or (first and deliver.on_nodes(each)[:1] == first) for each in rows)


def _name(text: str, place: int, proven: set[str], runtime: Runtime) -> str:
    try:
        name = names.normalise(text)
    except NotADomain as error:
        raise Invalid(errors=(FieldError(f"names[{place}]", str(error)),)) from error
    domain = names.domain_of(name, proven)
    if domain is None:
        raise _not_yours(name, place)
    require_domain(domain)
    if names.is_wildcard(name) and not dns_zone.is_configured(runtime.settings):
        sentence = "A wildcard is proven by DNS, and your provider has no zone for that: give single names."
        raise Invalid(errors=(FieldError(f"names[{place}]", sentence),))
    return name


def _not_yours(name: str, place: int) -> Invalid:
    return Invalid(errors=(FieldError(f"names[{place}]", f"{name} is not below a proven domain of yours."),))
