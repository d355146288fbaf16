"""Certificates of customers' own: checked, kept, and served instead of those that are ordered for the same names."""

from uuid import UUID

import msgspec

from control_plane.audit import service as audit
from control_plane.certificates import upload as checks
from control_plane.certificates.errors import CertificateExists, CertificateOrdered
from control_plane.certificates.queries import certificates as queries
from control_plane.certificates.queries.certificates import CertificateRow
from control_plane.certificates.schemas import Certificate, OwnCertificate
from control_plane.certificates.service import deliver
from control_plane.certificates.service.manage import found, make_room, require_reach
from control_plane.certificates.service.standing_in import stand_in
from control_plane.certificates.service.strangers import stranger_among
from control_plane.certificates.service.view import KEY_PURPOSE, public_id, told, view
from control_plane.certificates.upload import Upload
from control_plane.core import etag
from control_plane.core.database import Transaction
from control_plane.core.ids import new_uuid
from control_plane.core.runtime import Runtime
from control_plane.core.threads import in_thread
from control_plane.mail_domains import service as mail_domains


async def add(runtime: Runtime, own: OwnCertificate) -> Certificate:
    """Take a customer's certificate; raises `Invalid`, `CertificateExists`, `TooManyCertificates`."""
    checked = await _checked(runtime, own)
    now = runtime.clock.now()
    fresh = CertificateRow(
        id=new_uuid(),
        names=checked.facts.names,
        origin="upload",
        places=("node", "front"),
        changed_at=now,
        created_at=now,
    )
    row = _filled(fresh, checked, runtime)
    require_reach(row)
    async with runtime.db.tenant_tx() as tx:
        await make_room(tx)
        if await _lies_under_the_same_key(tx, row):
            raise CertificateExists
        await queries.insert(tx.connection, row)
        await _put_in_force(tx, runtime, row)
        audit.record(tx, "certificates.upload", public_id(row), after=told(row))
    return view(row)


async def replace(
    runtime: Runtime, certificate_id: UUID, own: OwnCertificate, if_match: str | None = None
) -> Certificate:
    """Put a newer one in an uploaded certificate's place.

    Raises `NotFound`, `Invalid`, `CertificateOrdered`, `CertificateExists`, `PreconditionFailed`.
    """
    async with runtime.db.tenant_tx() as tx:
        if (await found(tx, certificate_id)).origin != "upload":
            raise CertificateOrdered
    checked = await _checked(runtime, own)
    async with runtime.db.tenant_tx() as tx:
        row = await found(tx, certificate_id, lock=True)
        require_reach(row)
        etag.check(if_match, view(row))
        after = _filled(row, checked, runtime)
        require_reach(after)
        if await _lies_under_the_same_key(tx, after):
            raise CertificateExists
        await queries.save(tx.connection, after)
        if deliver.on_nodes(row)[:1] != deliver.on_nodes(after)[:1]:
            await deliver.withdraw(tx, row)
        await _put_in_force(tx, runtime, after)
        audit.record(tx, "certificates.replace", public_id(row), before=told(row), after=told(after))
    return view(after)


async def _checked(runtime: Runtime, own: OwnCertificate) -> Upload:
    async with runtime.db.tenant_tx() as tx:
        proven = set(await mail_domains.proven_names(tx))
    checked = await in_thread(checks.check, own.chain, own.private_key, proven, runtime.clock.now())
    async with runtime.db.tenant_tx() as tx:
        strange = await stranger_among(tx, checked.facts.names, proven)
    if strange is not None:
        raise checks.not_yours(strange)
    return checked


async def _put_in_force(tx: Transaction, runtime: Runtime, row: CertificateRow) -> None:
    """Have it stand in, then publish it: the ordered one that goes may lie under its key."""
    await stand_in(tx, runtime, await queries.every(tx.connection, lock=True))
    await deliver.serve(tx, runtime.vault, [row])


async def _lies_under_the_same_key(tx: Transaction, row: CertificateRow) -> bool:
    first = deliver.on_nodes(row)[:1]
    others = [each for each in await queries.every(tx.connection) if each.origin == "upload" and each.id != row.id]
    return any(each.names == row.names or (first and deliver.on_nodes(each)[:1] == first) for each in others)


def _filled(row: CertificateRow, checked: Upload, runtime: Runtime) -> CertificateRow:
    facts = checked.facts
    return msgspec.structs.replace(
        row,
        names=facts.names,
        status="issued",
        chain=checked.chain,
        private_key=runtime.vault.encrypt(checked.private_key, purpose=KEY_PURPOSE),
        issuer=facts.issuer,
        key_type=facts.key_type,
        fingerprint=facts.fingerprint,
        not_before=facts.not_before,
        not_after=facts.not_after,
        warned_days=None,
        problem=None,
        changed_at=runtime.clock.now(),
    )
