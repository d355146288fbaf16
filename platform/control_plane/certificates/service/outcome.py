"""How an attempt ends: with a certificate that is in force at once, or with a sentence and the time of the next one."""

from datetime import datetime

import msgspec

from control_plane.audit import service as audit
from control_plane.certificates import keys, schedule
from control_plane.certificates.problems import Problem
from control_plane.certificates.queries import certificates as queries
from control_plane.certificates.queries import orders
from control_plane.certificates.queries.certificates import CertificateRow
from control_plane.certificates.service import answers, deliver
from control_plane.certificates.service.means import Means
from control_plane.certificates.service.view import public_id, told
from control_plane.core.database import Transaction
from control_plane.core.ids import new_uuid
from control_plane.core.tenancy import bound_tenant
from control_plane.settings import Settings
from control_plane.webhooks import service as webhooks

_AUTHORITYS = ("authority", "limit", "operator")


async def issue(
    means: Means, row: CertificateRow, directory: str, chain: str, sealed_key: bytes, facts: keys.Facts
) -> None:
    """Store what was issued, put it in force and tell of it."""
    now = means.runtime.clock.now()
    async with means.runtime.db.tenant_tx() as tx:
        known = await queries.find(tx.connection, row.id, lock=True)
        if known is None:
            return
        renew_at = schedule.renewal(facts.not_before, facts.not_after, chance=means.chance())
        after = msgspec.structs.replace(
            known,
            status="superseded" if known.status == "superseded" else "issued",
            chain=chain,
            private_key=sealed_key,
            issuer=facts.issuer,
            key_type=facts.key_type,
            fingerprint=facts.fingerprint,
            not_before=facts.not_before,
            not_after=facts.not_after,
            directory=directory,
            issued_at=now,
            renew_at=renew_at,
            window_start=None,
            window_end=None,
            window_due_at=None,
            attempts=0,
            authority_failures=0,
            problem=None,
            proof_failed_at=None,
            next_attempt_at=renew_at,
            warned_days=None,
            changed_at=now,
        )
        await queries.save(tx.connection, after)
        await drop_order(tx, means.runtime.settings, after)
        if after.is_served:
            await deliver.serve(tx, means.runtime.vault, [after])
        await _tell(tx, after, "certificate.issued", now)
        audit.record(tx, "certificates.issue", public_id(after), before=told(known), after=told(after))


async def fail(means: Means, row: CertificateRow, problem: Problem, *, keeps_order: bool = False) -> None:
    """Note a failed attempt; what is served goes on being served."""
    now = means.runtime.clock.now()
    async with means.runtime.db.tenant_tx() as tx:
        known = await queries.find(tx.connection, row.id, lock=True)
        if known is None:
            return
        after = _failed(known, problem, now, means.chance())
        await queries.save(tx.connection, after)
        if not keeps_order:
            await drop_order(tx, means.runtime.settings, after)
        if _is_news(known, after, problem):
            await _tell(tx, after, "certificate.failed", now)


def _failed(row: CertificateRow, problem: Problem, now: datetime, chance: float) -> CertificateRow:
    attempts = row.attempts + 1
    pause = schedule.next_attempt(
        problem.kind, attempts, now, chance=chance, retry_after_seconds=problem.retry_after_seconds
    )
    is_over = row.not_after is None or row.not_after <= now
    has_failed = is_over and _is_serious(attempts, problem) and row.status in ("pending", "issued")
    return msgspec.structs.replace(
        row,
        attempts=attempts,
        authority_failures=row.authority_failures + (problem.kind in _AUTHORITYS),
        status="failed" if has_failed else row.status,
        problem=problem.sentence,
        proof_failed_at=now if problem.kind == "proof" else row.proof_failed_at,
        next_attempt_at=pause,
    )


def _is_serious(attempts: int, problem: Problem) -> bool:
    """Say whether it is more than a hitch; who has yet to publish a record knows that."""
    return attempts >= schedule.FAILED_AFTER and problem.kind != "name"


def _is_news(before: CertificateRow, after: CertificateRow, problem: Problem) -> bool:
    """Say whether the failure is to be told of: the first serious one."""
    newly_failed = after.status == "failed" != before.status
    return newly_failed or (_is_serious(after.attempts, problem) and after.attempts == schedule.FAILED_AFTER)


async def rest(
    means: Means, row: CertificateRow, sentence: str, until: datetime, *, counts_probe: bool = False
) -> None:
    """Leave an order as it is for a while."""
    async with means.runtime.db.tenant_tx() as tx:
        known = await queries.find(tx.connection, row.id, lock=True)
        if known is None:
            return
        await queries.save(tx.connection, msgspec.structs.replace(known, problem=sentence, next_attempt_at=until))
        if counts_probe:
            await orders.count_probe(tx.connection, row.id)


async def give_up_order(means: Means, row: CertificateRow) -> None:
    """Forget the order under way, so that the next step makes another."""
    async with means.runtime.db.tenant_tx() as tx:
        if await queries.find(tx.connection, row.id, lock=True) is not None:
            await drop_order(tx, means.runtime.settings, row)


async def drop_order(tx: Transaction, settings: Settings, row: CertificateRow) -> None:
    """Forget the order under way, and end its answers."""
    challenges = await orders.challenges_of(tx.connection, row.id)
    await orders.delete(tx.connection, row.id)
    await answers.take_down(tx, settings, challenges)


async def _tell(tx: Transaction, row: CertificateRow, kind: str, now: datetime) -> None:
    """Store an event and send it to the tenant's webhooks."""
    event_id, tenant_id = new_uuid(), bound_tenant()
    data = {"certificate_id": public_id(row), "names": row.names, "not_after": row.not_after, "problem": row.problem}
    await queries.insert_event(tx.connection, event_id, kind, now, msgspec.json.encode(data).decode())
    await webhooks.fan_out(tx, [tenant_id], [event_id], [kind])
