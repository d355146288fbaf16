"""The life of a domain: claimed, proven, sound or degraded, lost again. Pure: what a check found leads to what is next.

    pending ──proof──▶ verified ◀──▶ degraded ──proof gone for a week──▶ failed ──proof──▶ verified, degraded
       └──no proof in a month──▶ failed: the claim has expired, and begins anew when the domain is added again

What DNS did not say, because a server was slow or broken, is never taken for an absence, nor for a presence.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

import msgspec

from control_plane.mail_domains.checkup import Standing, standing
from control_plane.mail_domains.schemas import DnsRecord, DomainStatus, Purpose

Proof: TypeAlias = Literal["seen", "absent", "unknown"]
Told: TypeAlias = Literal["verified", "degraded", "unproven", "failed", "expiring", "expired"]
"""What a domain's people are written about; `unproven`: its proof is gone, and it will be lost."""
News: TypeAlias = Literal["verified", "recovered", "degraded", "unproven", "failed", "expiring", "expired"]
"""What a letter says."""

CLAIM_LASTS = timedelta(days=30)
WARN_BEFORE = timedelta(days=5)
LOST_AFTER = timedelta(days=7)
_TELL_AFTER = timedelta(hours=1)
"""A hiccup shorter than this mails nobody."""
_LEAST_CHECKS = 3
"""So many checks in a row must have missed a proof before it is taken for gone, however long ago the first was."""
_POINTING: frozenset[Purpose] = frozenset({"mail_host", "mta_sts_host", "autoconfig", "autodiscover"})


class Life(msgspec.Struct, frozen=True, kw_only=True):
    """Where a domain is in its life, as it is stored."""

    status: DomainStatus
    created_at: datetime
    """When it was claimed."""
    proven_at: datetime | None = None
    proof_missing_since: datetime | None = None
    """Of a proven domain, or of one that was lost."""
    flawed_since: datetime | None = None
    checks_failed: int = 0
    """So many in a row did not find the proof."""
    told: Told | None = None

    @property
    def has_expired(self) -> bool:
        """Say whether this is a claim that was not proven in time; its token is of no use any more."""
        return self.status == "failed" and self.proof_missing_since is None

    def is_as(self, other: "Life") -> bool:
        """Say whether nothing is otherwise but how often it was checked."""
        return msgspec.structs.replace(self, checks_failed=other.checks_failed) == other


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What follows from a check."""

    life: Life
    is_newly_proven: bool
    is_lost: bool
    news: News | None
    """What to write to the domain's people."""


def proof_of(judged: Iterable[DnsRecord], *, is_ours: bool) -> Proof:
    """Say what a check found out about the proof of ownership."""
    if is_ours:
        return "seen"
    found = {record.status for record in judged if record.purpose == "ownership"}
    if found & {"ok", "warning"}:
        return "seen"
    return "absent" if found & {"missing", "wrong"} else "unknown"


def step(before: Life, judged: Collection[DnsRecord], proof: Proof, now: datetime) -> Step:
    """Take the step that a check's findings lead to."""
    proven = _prove(before, proof, now)
    status = _status(before, proven, standing(judged), now)
    flawed_since = (before.flawed_since or now) if status == "degraded" else None
    after = msgspec.structs.replace(proven, status=status, flawed_since=flawed_since)
    told, news = _tell(after, now)
    return Step(
        life=msgspec.structs.replace(after, told=told),
        is_newly_proven=before.proven_at is None and after.proven_at is not None,
        is_lost=before.proven_at is not None and after.proven_at is None,
        news=news,
    )


def served(before: Collection[str], judged: Iterable[DnsRecord]) -> list[str]:
    """List the purposes of the names that point to us; what DNS did not say of one leaves it as it was."""
    kept = set(before)
    for record in judged:
        if record.purpose in _POINTING and record.status != "unknown":
            (kept.add if record.status in ("ok", "warning") else kept.discard)(record.purpose)
    return sorted(kept)


def _prove(before: Life, proof: Proof, now: datetime) -> Life:
    """Follow the proof: seen, gone for the first time, or gone for too long."""
    if proof == "seen":
        return msgspec.structs.replace(
            before, proven_at=before.proven_at or now, proof_missing_since=None, checks_failed=0
        )
    if before.proven_at is None or proof == "unknown":
        return msgspec.structs.replace(before, checks_failed=before.checks_failed + (before.proven_at is None))
    since, failed = before.proof_missing_since or now, before.checks_failed + 1
    is_gone = now - since >= LOST_AFTER and failed >= _LEAST_CHECKS
    return msgspec.structs.replace(
        before, proven_at=None if is_gone else before.proven_at, proof_missing_since=since, checks_failed=failed
    )


def _status(before: Life, proven: Life, found: Standing, now: datetime) -> DomainStatus:
    if proven.proven_at is None:
        is_over = proven.proof_missing_since is not None or now - proven.created_at >= CLAIM_LASTS
        return "failed" if is_over else "pending"
    if found == "unknown":
        return before.status if before.status in ("verified", "degraded") else "degraded"
    return "verified" if found == "sound" and proven.proof_missing_since is None else "degraded"


def _tell(life: Life, now: datetime) -> tuple[Told | None, News | None]:
    """Say what the domain's people know from now on, and what letter tells them."""
    due = _news_due(life, now)
    if due is None or due == life.told:
        return life.told, None
    if due == "verified" and life.told in ("degraded", "unproven", "failed"):
        return due, "recovered"
    return due, None if (life.told, due) == ("unproven", "degraded") else due


def _news_due(life: Life, now: datetime) -> Told | None:
    """Say what is worth a letter as things stand."""
    match life.status:
        case "verified":
            return "verified"
        case "failed":
            return "expired" if life.has_expired else "failed"
        case "pending":
            return "expiring" if now - life.created_at >= CLAIM_LASTS - WARN_BEFORE else None
        case "degraded":
            return _flaw_due(life, now)


def _flaw_due(life: Life, now: datetime) -> Told | None:
    if life.proof_missing_since is not None and now - life.proof_missing_since >= _TELL_AFTER:
        return "unproven"
    return "degraded" if life.flawed_since is not None and now - life.flawed_since >= _TELL_AFTER else None
