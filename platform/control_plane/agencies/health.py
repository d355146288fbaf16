"""How a client does, judged by what is known of it: the worst comes first. Thresholds ask for evidence."""

from datetime import datetime

from control_plane.agencies.schemas import DomainCounts, Facts, Health
from control_plane.analytics.schemas import Counts, Fared

LEVELS = ("bad", "warning", "info", "good")
"""The worst first."""

_LEAST_DECIDED = 100
"""Below so many deliveries, a rate says nothing."""
_LEAST_BOUNCES, _LEAST_COMPLAINTS = 5, 3
_BOUNCES_BAD, _BOUNCES_WARNING = 0.10, 0.05
"""Where Amazon SES pauses an account, and where it reviews one."""
_COMPLAINTS_BAD, _COMPLAINTS_WARNING = 0.003, 0.001
"""Gmail and Yahoo ask bulk senders to stay below 0.3 %, and to aim at 0.1 %."""
_LIMIT_NEAR = 0.8

_WELL = Health("good", "none")


def judge(facts: Facts, fared: Fared, domains: DomainCounts, quota: float | None) -> Health:
    """Give a client's health."""
    findings = (
        _standing(facts.status, facts.closing_at),
        *(_complaints(counts) for counts in (fared.day, fared.month)),
        *(_bounces(counts) for counts in (fared.day, fared.month)),
        _limit(quota),
        _domains(domains, fared.month.deliveries),
    )
    found = [health for health in findings if health is not None]
    return min(found, key=lambda health: LEVELS.index(health.level), default=_WELL)


def _standing(status: str, closing_at: datetime | None) -> Health | None:
    if closing_at is not None:
        return Health("bad", "closing")
    return None if status == "active" else Health("bad", "suspended")


def _complaints(counts: Counts) -> Health | None:
    if counts.arrived < _LEAST_DECIDED or counts.complained < _LEAST_COMPLAINTS:
        return None
    return _rated(counts.complaint_rate, _COMPLAINTS_BAD, _COMPLAINTS_WARNING, Health("bad", "complaints"))


def _bounces(counts: Counts) -> Health | None:
    if counts.arrived + counts.bounced < _LEAST_DECIDED or counts.bounced < _LEAST_BOUNCES:
        return None
    return _rated(counts.bounce_rate, _BOUNCES_BAD, _BOUNCES_WARNING, Health("bad", "bounces"))


def _rated(rate: float, bad: float, warning: float, worst: Health) -> Health | None:
    if rate >= bad:
        return worst
    return Health("warning", worst.concern) if rate >= warning else None


def _limit(quota: float | None) -> Health | None:
    if quota is None or quota < _LIMIT_NEAR:
        return None
    return Health("bad", "limit") if quota >= 1 else Health("warning", "limit_near")


def _domains(domains: DomainCounts, deliveries: int) -> Health | None:
    if domains.attention or domains.failed:
        return Health("warning", "domains")
    if not domains.verified:
        return Health("info", "setup")
    return None if deliveries else Health("info", "quiet")
