"""How many bounces and complaints are too many; said only when there is enough mail to say it.

SES reviews at 5 % bounces and pauses at 10 %, at 0.1 % and 0.5 % complaints; Gmail asks for less than 0.3 %.
"""

from collections.abc import Iterable
from typing import Literal

import msgspec

NO_FEEDBACK = frozenset({"google"})
"""Providers that send no complaints: their mail says nothing about how many there are."""

_LEAST_MAILS = 100


class Limit(msgspec.Struct, frozen=True):
    """From which share on something is wrong, and how many cases there must be at least."""

    warn: float
    quarantine: float
    least_to_warn: int
    least_to_quarantine: int


BOUNCES = Limit(0.05, 0.10, 5, 10)
COMPLAINTS = Limit(0.001, 0.003, 3, 5)


class Fared(msgspec.Struct, frozen=True, kw_only=True):
    """How mail of an address fared at one class of providers."""

    provider: str
    sent: int = 0
    delivered: int = 0
    deferred: int = 0
    bounced: int = 0
    complained: int = 0


class Advice(msgspec.Struct, frozen=True, kw_only=True):
    """What the rates suggest; a person decides."""

    action: Literal["watch", "quarantine"]
    what: Literal["bounces", "complaints"]
    rate: float
    """A share of 1."""
    provider: str
    """Where it is so; empty: all together."""


def bounce_rate(fared: Fared) -> float:
    """Give the share that was refused for good of what others decided on."""
    decided = fared.delivered + fared.bounced
    return fared.bounced / decided if decided else 0.0


def complaint_rate(fared: Fared) -> float:
    """Give the share of what arrived that somebody marked as spam."""
    return fared.complained / fared.delivered if fared.delivered else 0.0


def deferral_rate(fared: Fared) -> float:
    """Give the share of attempts that were put off."""
    tried = fared.delivered + fared.bounced + fared.deferred
    return fared.deferred / tried if tried else 0.0


def advise(by_provider: Iterable[Fared]) -> tuple[Advice, ...]:
    """Say what is wrong, the worst first: of all mail together, and of a provider's where it is worse."""
    parts = list(by_provider)
    everything = total(parts)
    heard = total(part for part in parts if part.provider not in NO_FEEDBACK)
    found = [*_of(everything, "bounces", ""), *_of(heard, "complaints", "")]
    said = {(each.what, each.action) for each in found}
    for part in parts:
        of_part = _of(part, "bounces", part.provider)
        if part.provider not in NO_FEEDBACK:
            of_part += _of(part, "complaints", part.provider)
        found += [each for each in of_part if (each.what, each.action) not in said]
    return tuple(sorted(found, key=lambda each: (each.action != "quarantine", each.provider != "", -each.rate)))


def total(parts: Iterable[Fared]) -> Fared:
    """Add up."""
    listed = list(parts)
    names = ("sent", "delivered", "deferred", "bounced", "complained")
    return Fared(provider="", **{name: sum(getattr(part, name) for part in listed) for name in names})


def _of(fared: Fared, what: Literal["bounces", "complaints"], provider: str) -> list[Advice]:
    limit, rate, cases = (
        (BOUNCES, bounce_rate(fared), fared.bounced)
        if what == "bounces"
        else (COMPLAINTS, complaint_rate(fared), fared.complained)
    )
    if fared.delivered + fared.bounced < _LEAST_MAILS:
        return []
    if rate >= limit.quarantine and cases >= limit.least_to_quarantine:
        return [Advice(action="quarantine", what=what, rate=rate, provider=provider)]
    if rate >= limit.warn and cases >= limit.least_to_warn:
        return [Advice(action="watch", what=what, rate=rate, provider=provider)]
    return []
