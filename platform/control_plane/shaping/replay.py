"""Replays attempts against a set of classes and rules: what each rule would have done, and to how much mail.

The very decisions of nodes (`wire.Reactions`) are taken, with one simplification: mail that would have waited is
counted and left out, and not tried again later.
"""

from collections import defaultdict

import msgspec

from control_plane.shaping.schemas import ShapingSet
from tenant_agent import wire

_MINUTE_MS = 60_000


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One try to deliver a mail."""

    at_ms: int
    source_ip: str
    domain: str
    mail_host: str | None
    """The host that was tried, if one was reached."""
    provider: str
    """The class that it was taken for then."""
    delivered: bool
    dsn: str | None = None
    reply: str | None = None


class Tally(msgspec.Struct):
    """What one rule did to one class."""

    fired: int = 0
    suspended: int = 0
    slowed: int = 0
    bounced: int = 0
    first_ms: int | None = None
    last_ms: int | None = None


class Replay:
    """A set at work; feed it attempts in their order."""

    def __init__(self, rules: ShapingSet) -> None:
        item = rules.as_item("what-if")
        self._classes = wire.Classes(item.classes)
        self._names = {each.name for each in item.classes}
        self._reactions = wire.Reactions(item)
        self._in_minute: dict[tuple[str, str], tuple[int, int]] = {}
        self.tallies: defaultdict[tuple[str, str], Tally] = defaultdict(Tally)
        """By class and rule; the empty rule is the class's own rate."""

    def attempt(self, attempt: Attempt) -> bool:
        """Take an attempt; says whether it would have waited."""
        provider = self._class_of(attempt)
        limits = self._reactions.limits(attempt.source_ip, provider, attempt.at_ms, domain=attempt.domain)
        if limits.suspended_until_ms is not None:
            self.tallies[provider.name, self._first(limits, "suspend")].suspended += 1
            return True
        beyond = self._beyond_rate(attempt, provider, limits)
        if not attempt.delivered:
            self._hear(attempt, provider)
        return beyond

    def _class_of(self, attempt: Attempt) -> wire.ProviderClass:
        if attempt.mail_host is None and attempt.provider in self._names:
            return self._classes.named(attempt.provider)
        return self._classes.of(attempt.domain, [attempt.mail_host] if attempt.mail_host else [])

    def _beyond_rate(self, attempt: Attempt, provider: wire.ProviderClass, limits: wire.Limits) -> bool:
        """Count the attempt in its minute; a rate below one a minute lets one go."""
        way, minute = (attempt.source_ip, provider.name), attempt.at_ms // _MINUTE_MS
        known_minute, before = self._in_minute.get(way, (minute, 0))
        count = before + 1 if known_minute == minute else 1
        self._in_minute[way] = (minute, count)
        if limits.per_minute is None or count <= max(limits.per_minute, 1):
            return False
        self.tallies[provider.name, self._first(limits, "slow")].slowed += 1
        return True

    def _first(self, limits: wire.Limits, action: str) -> str:
        """Name the rule that an attempt waits for; the class's own rate has no name."""
        rules = (self._reactions.rules.named(name) for name in limits.rules)
        return next((rule.name for rule in rules if rule is not None and rule.action == action), "")

    def _hear(self, attempt: Attempt, provider: wire.ProviderClass) -> None:
        heard = self._reactions.hear(
            attempt.source_ip, provider.name, attempt.dsn, attempt.reply, attempt.at_ms, domain=attempt.domain
        )
        if heard is None:
            return
        tally = self.tallies[provider.name, heard.rule]
        tally.fired += 1
        tally.bounced += heard.action == "bounce"
        tally.first_ms = attempt.at_ms if tally.first_ms is None else tally.first_ms
        tally.last_ms = attempt.at_ms
