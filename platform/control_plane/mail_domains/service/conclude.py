"""Write down what a check found, in one transaction: the step in the domain's life, and all that follows from it."""

import random
from datetime import datetime

import asyncpg
import msgspec

from control_plane.audit import service as audit
from control_plane.core.database import Transaction
from control_plane.core.ids import encode, new_uuid
from control_plane.mail_domains import findings, names, schedule
from control_plane.mail_domains.errors import DomainTaken
from control_plane.mail_domains.life import Life, Step, proof_of, served, step
from control_plane.mail_domains.queries import dkim_keys, domains, history
from control_plane.mail_domains.queries.domains import CheckResult, DomainRow
from control_plane.mail_domains.schemas import DnsRecord
from control_plane.mail_domains.service import items, sending, tell
from control_plane.mail_domains.service.dkim_falling_back import fall_back
from control_plane.mail_domains.service.looking import Checker
from control_plane.mail_domains.service.platform_domains import show_records
from control_plane.mail_domains.service.view import PREFIX, findings_decoder


async def conclude(tx: Transaction, means: Checker, row: DomainRow, judged: list[DnsRecord]) -> bool:
    """Write it down for a domain whose row is locked; False if it was proven, but is another tenant's.

    Raises `DomainTaken` if another tenant proves it at this very moment.
    """
    proof, now = proof_of(judged, is_ours=row.is_ours), means.clock.now()
    is_taken = proof == "seen" and row.proven_at is None and await is_anothers(tx, row.name)
    taken = step(row.life, judged, "unknown" if is_taken else proof, now)
    result = CheckResult(
        life=taken.life,
        checked_at=now,
        next_check_at=next_check(means, taken.life, judged),
        findings=judged,
        served=served(row.served, judged),
    )
    try:
        await domains.save_check(row.id, result)
    except asyncpg.UniqueViolationError as error:
        raise DomainTaken from error
    await _note(tx, row, result)
    await _follow(tx, means, row, taken)
    if row.proven_at is not None:
        await fall_back(tx, row, judged, now)
    if row.is_ours:
        await show_records(tx, means.settings, row)
    if tuple(result.served) != row.served or taken.is_newly_proven or taken.is_lost:
        tell.certificates(tx)
    tell.signal(tx, row)
    return not is_taken


async def is_anothers(tx: Transaction, name: str) -> bool:
    """Say whether another tenant has proven this domain or one that it lies in, or a name below it that we need."""
    return await domains.proven_by_another(tx.connection, [name, *names.above(name), *names.needed_below(name)])


def next_check(means: Checker, life: Life, judged: list[DnsRecord]) -> datetime | None:
    """Give the time of a domain's next check."""
    silent = any(record.status == "unknown" for record in judged)
    chance = random.random()  # noqa: S311 it spreads load
    return schedule.next_check(life, means.clock.now(), chance=chance, silent=silent)


async def _note(tx: Transaction, row: DomainRow, result: CheckResult) -> None:
    """Keep what is new for the history, and in the audit log what that made of the domain."""
    changes = findings.changes(findings_decoder.decode(row.findings), result.findings)
    status = result.life.status
    if changes or status != row.status:
        told = msgspec.json.encode(changes).decode()
        await history.insert_check(tx.connection, new_uuid(), row.id, status, told)
    if status != row.status:
        before, after = {"status": row.status}, {"status": status}
        audit.record(tx, "domains.verify", encode(PREFIX, row.id), before=before, after=after)


async def _follow(tx: Transaction, means: Checker, row: DomainRow, taken: Step) -> None:
    """Put a domain in force or take it off the nodes, and tell of it."""
    if taken.is_newly_proven:
        await dkim_keys.activate_keys(tx.connection, row.id, means.clock.now())
        await items.come_into_force(tx, means.vault, row)
    if taken.is_lost:
        await items.lose_force(tx, row)
        sending.forget(row.name)
    if taken.life.status != row.status and taken.life.status != "pending":
        await tell.of_change(tx, row, taken.life.status, means.clock.now())
    if taken.news is not None:
        await tell.people(tx, row, taken)
