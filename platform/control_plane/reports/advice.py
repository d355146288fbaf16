"""When a stricter policy is safe, and what stands in its way: pure decisions over the last thirty days."""

from collections.abc import Mapping, Sequence

import msgspec

from control_plane.core.languages import mark
from control_plane.reports.schemas import Advice, DmarcCounts, DmarcSource, Kind, TlsSessions

_LEAST_DAYS = 14
_LEAST_MESSAGES = 100
_LEAST_SESSIONS = 100
_SHARE_NEEDED = 0.99
_TLS_SHARE_NEEDED = 0.999
_REGULAR_DAYS = 5
_REGULAR_SHARE = 0.01
"""Somebody who is seen on so many days, with such a share, and who signs, is rather a service than an impostor."""
_LEGITIMATE: tuple[Kind, ...] = ("ours", "service", "forwarded")


class DmarcFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a domain."""

    record: str
    """As it stands in DNS, or as it should."""
    policy: str
    """As the last report found it; empty without one."""
    percent: int
    days: int
    """How many were reported on."""
    totals: Mapping[Kind, DmarcCounts]
    sources: Sequence[DmarcSource]


def dmarc_advice(facts: DmarcFacts) -> Advice:
    """Say what to do about the DMARC policy."""
    if facts.policy == "reject" and facts.percent == 100:
        return Advice(step="done", sentence=mark("The policy is as strict as can be: nothing need be done."))
    own = sum((facts.totals.get(kind, DmarcCounts()) for kind in _LEGITIMATE), DmarcCounts())
    if not facts.policy or facts.days < _LEAST_DAYS or own.messages < _LEAST_MESSAGES:
        return _wait(facts, own)
    return _obstacle(facts, own) or _tighten(facts, own)


def stricter(record: str, policy: str, percent: int) -> str:
    """Write a DMARC record with another policy and everything else as it was."""
    kept = [tag.strip() for tag in record.split(";") if tag.strip()]
    others = [tag for tag in kept if tag.partition("=")[0].strip().lower() not in ("v", "p", "pct")]
    share = [f"pct={percent}"] if percent < 100 else []
    return "; ".join(["v=DMARC1", f"p={policy}", *share, *others])


def _wait(facts: DmarcFacts, own: DmarcCounts) -> Advice:
    return Advice(
        step="wait",
        sentence=mark(
            "Reports on %(messages)s of your messages from %(days)s days have arrived. "
            "%(least_messages)s messages on %(least_days)s days are enough to judge by: wait for more."
        ),
        values={
            "messages": str(own.messages),
            "days": str(facts.days),
            "least_messages": str(_LEAST_MESSAGES),
            "least_days": str(_LEAST_DAYS),
        },
    )


def _obstacle(facts: DmarcFacts, own: DmarcCounts) -> Advice | None:
    """Name the first thing that stands in the way."""
    if own.passed < own.messages * _SHARE_NEEDED:
        worst = max((each for each in facts.sources if each.kind in _LEGITIMATE), key=_failed, default=None)
        return Advice(
            step="fix",
            sentence=mark(
                "%(share)s %% of your mail passes, and a stricter policy would lose the rest. "
                "Most of what fails comes from %(source)s: see to it that it is signed for your domain."
            ),
            values={"share": _percent(own), "source": worst.source_ip if worst and _failed(worst) else "–"},
        )
    stranger = next((each for each in facts.sources if _is_regular(each, own)), None)
    if stranger is None:
        return None
    return Advice(
        step="fix",
        sentence=mark(
            "%(source)s, which signs as %(name)s, sends as you on %(days)s days and does not pass. If it is a service "
            "of yours, let it sign for your domain first; if it is not, a stricter policy will stop it."
        ),
        values={
            "source": stranger.source_ip,
            "name": stranger.dkim_domain or stranger.spf_domain,
            "days": str(stranger.days),
        },
    )


def _tighten(facts: DmarcFacts, own: DmarcCounts) -> Advice:
    policy, percent = _next(facts.policy, facts.percent)
    return Advice(
        step="tighten",
        sentence=mark(
            "%(share)s %% of your %(messages)s messages of the last 30 days pass: the next step is safe. "
            "Publish this record in place of the present one."
        ),
        values={"share": _percent(own), "messages": str(own.messages)},
        record=stricter(facts.record, policy, percent),
    )


def _next(policy: str, percent: int) -> tuple[str, int]:
    """Give the policy that follows: a quarter of what fails is put aside, then all of it, then it is refused."""
    if policy == "none":
        return "quarantine", 25
    return (policy, 100) if percent < 100 else ("reject", 100)


def _is_regular(source: DmarcSource, own: DmarcCounts) -> bool:
    is_named = bool(source.dkim_domain or source.spf_domain)
    often = source.days >= _REGULAR_DAYS and source.counts.messages >= own.messages * _REGULAR_SHARE
    return source.kind == "foreign" and is_named and often


def _failed(source: DmarcSource) -> int:
    return source.counts.failed


def _percent(counts: DmarcCounts) -> str:
    """Round down: what is not all must not be shown as all."""
    return f"{int(1000 * counts.passed / counts.messages) / 10:g}"


def tls_advice(mode: str, sessions: Sequence[TlsSessions]) -> Advice:
    """Say what to do about the MTA-STS policy; `mode` is the one that the last report found."""
    if mode == "enforce":
        return Advice(step="done", sentence=mark("MTA-STS is enforced: nothing need be done."))
    failures = [each for each in sessions if each.kind == "sts" and each.result]
    failed, total = sum(each.sessions for each in failures), sum(each.sessions for each in sessions)
    if total < _LEAST_SESSIONS:
        return Advice(
            step="wait",
            sentence=mark(
                "Reports on %(sessions)s connections have arrived; %(least)s are enough to judge by: wait for more."
            ),
            values={"sessions": str(total), "least": str(_LEAST_SESSIONS)},
        )
    if mode != "testing":
        return Advice(
            step="fix",
            sentence=mark(
                "Others find no MTA-STS policy: publish its records, and connections to you cannot be downgraded."
            ),
        )
    if failed > total * (1 - _TLS_SHARE_NEEDED):
        worst = max(failures, key=lambda each: each.sessions)
        return Advice(
            step="fix",
            sentence=mark(
                "%(failed)s of %(sessions)s connections failed, most of them for %(result)s at %(mx)s: "
                "put this right before MTA-STS is enforced."
            ),
            values={"failed": str(failed), "sessions": str(total), "result": worst.result, "mx": worst.mx or "–"},
        )
    return Advice(
        step="tighten",
        sentence=mark("%(sessions)s connections of the last 30 days kept to the policy: set MTA-STS to “enforce”."),
        values={"sessions": str(total)},
    )
