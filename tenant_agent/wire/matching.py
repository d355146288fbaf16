"""What shaping means, decided purely: whose servers a destination has, what a reply leads to, and for how long.

Nodes act by it, and the control plane replays past attempts with it, so that a what-if says what nodes would do.
"""

import re
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple, TypeVar

import msgspec

from tenant_agent.wire.frames import Reaction
from tenant_agent.wire.sending import GENERIC, ProviderClass, ReplyRule, ShapingItem

_T = TypeVar("_T")

_MOST_COUNTED: Final = 10_000
_MOST_IN_FORCE: Final = 1_000
"""Of how many ways it is known how they are treated: who chooses recipients could make up domains without end."""

MOST_REPLY_CHARACTERS: Final = 500
"""What of a reply is searched: nobody can make a node search for long by answering at length."""


class Classes:
    """Finds the class of a destination; without a class `generic` there is one of the defaults."""

    def __init__(self, classes: Iterable[ProviderClass]) -> None:
        self._by_name = {GENERIC: ProviderClass(name=GENERIC)} | {each.name: each for each in classes}
        self._domains = {domain: each for each in self._by_name.values() for domain in each.domains}
        self._suffixes = {suffix: each for each in self._by_name.values() for suffix in each.mx_suffixes}

    def named(self, name: str) -> ProviderClass:
        """Give a class by its name, `generic` for one that is not known."""
        return self._by_name.get(name) or self._by_name[GENERIC]

    def of(self, domain: str, mx_hosts: Sequence[str] = ()) -> ProviderClass:
        """Find the class of a recipient's domain: by its name, else by the first of its mail hosts that has one.

        The hosts are given in the order in which they are tried; case and a dot at the end do not matter.
        """
        named = self._domains.get(domain.lower().rstrip("."))
        if named is not None:
            return named
        return next(filter(None, map(self._of_host, mx_hosts)), self._by_name[GENERIC])

    def _of_host(self, host: str) -> ProviderClass | None:
        """Find the class whose suffix fits best: the host itself, else the longest that begins with a dot."""
        name = host.lower().rstrip(".")
        while True:
            found = self._suffixes.get(name)
            if found is not None:
                return found
            _, dot, rest = name.removeprefix(".").partition(".")
            if not dot:
                return None
            name = f".{rest}"


class ReplyRules:
    """Finds the rule that a reply meets: the first in their order."""

    def __init__(self, rules: Iterable[ReplyRule]) -> None:
        self._rules = [(rule, re.compile(rule.pattern, re.IGNORECASE)) for rule in rules]
        self._by_name = {rule.name: rule for rule, _ in self._rules}

    def named(self, name: str) -> ReplyRule | None:
        """Give a rule by its name."""
        return self._by_name.get(name)

    def first(self, provider: str, dsn: str | None, reply: str | None) -> ReplyRule | None:
        """Find the first rule for a class that the reply of a failed attempt meets."""
        said = said_by(dsn, reply)
        for rule, pattern in self._rules:
            if rule.provider in ("", provider) and pattern.search(said):
                return rule
        return None


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What one address may do to one class now; `rules` are those that changed it."""

    suspended_until_ms: int | None = None
    per_minute: float | None
    connections: int
    rules: tuple[str, ...] = ()


class Reactions:
    """Counts replies towards the rules' thresholds, each address and class apart, and knows what is in force.

    `generic` is many providers, and anybody may be one of them: there, each recipients' domain is apart.

    Begun again with other rules, what is in force goes on where its rule is still there:
    `Reactions(item, before.in_force(now_ms))`.
    """

    def __init__(self, item: ShapingItem, in_force: Iterable[Reaction] = ()) -> None:
        self.rules = ReplyRules(item.rules)
        self._seen: dict[_Way, dict[str, deque[int]]] = {}
        self._in_force: dict[_Way, dict[str, Reaction]] = {}
        for each in in_force:
            if self.rules.named(each.rule):
                self._in_force.setdefault(_way(each.ip_id, each.provider, each.domain), {})[each.rule] = each

    def hear(
        self, ip_id: str, provider: str, dsn: str | None, reply: str | None, at_ms: int, *, domain: str = ""
    ) -> Reaction | None:
        """Count the reply of a failed attempt; gives what its rule now leads to, if its threshold is reached.

        Reached again while it lasts, it lasts longer. `bounce` concerns this one delivery and does not last.
        """
        rule, way = self.rules.first(provider, dsn, reply), _way(ip_id, provider, domain)
        if rule is None or not self._reached(rule, way, at_ms):
            return None
        lasting = 0 if rule.action == "bounce" else rule.for_seconds * 1000
        reaction = Reaction(
            ip_id=ip_id,
            provider=provider,
            rule=rule.name,
            action=rule.action,
            until_ms=at_ms + lasting,
            domain=way.domain,
        )
        if lasting:
            _keep(self._in_force, way, _MOST_IN_FORCE)[rule.name] = reaction
        return reaction

    def in_force(self, now_ms: int) -> tuple[Reaction, ...]:
        """List what is in force, and forget what has ended."""
        lasting = {
            way: {name: each for name, each in found.items() if each.until_ms > now_ms}
            for way, found in self._in_force.items()
        }
        self._in_force = {way: found for way, found in lasting.items() if found}
        return tuple(each for found in self._in_force.values() for each in found.values())

    def limits(self, ip_id: str, provider: ProviderClass, now_ms: int, *, domain: str = "") -> Limits:
        """Say what an address may do to a class now: the class's own limits, and the strictest of what is in force."""
        found = [
            (each, rule)
            for each in self._in_force.get(_way(ip_id, provider.name, domain), {}).values()
            if each.until_ms > now_ms
            if (rule := self.rules.named(each.rule))
        ]
        rates = [rule.per_minute for _, rule in found if rule.action == "slow" and rule.per_minute is not None]
        return Limits(
            suspended_until_ms=max((each.until_ms for each, _ in found if each.action == "suspend"), default=None),
            per_minute=min([*rates, *([] if provider.per_minute is None else [provider.per_minute])], default=None),
            connections=min(
                [provider.connections, *(r.connections for _, r in found if r.action == "slow" and r.connections)]
            ),
            rules=tuple(rule.name for _, rule in found),
        )

    def _reached(self, rule: ReplyRule, way: "_Way", at_ms: int) -> bool:
        by_rule = _keep(self._seen, way, _MOST_COUNTED)
        seen = by_rule.setdefault(rule.name, deque(maxlen=rule.threshold))
        seen.append(at_ms)
        if len(seen) < rule.threshold or at_ms - seen[0] > rule.within_seconds * 1000:
            return False
        del by_rule[rule.name]
        return True


class _Way(NamedTuple):
    """From an address to a class, or to one domain of those that have none."""

    ip_id: str
    provider: str
    domain: str


def _way(ip_id: str, provider: str, domain: str) -> _Way:
    return _Way(ip_id, provider, domain if provider == GENERIC else "")


def _keep(ways: dict[_Way, dict[str, _T]], way: _Way, most: int) -> dict[str, _T]:
    """Give what is known of a way; of all others those that were longest not asked for make room."""
    found = ways[way] = ways.pop(way, {})
    while len(ways) > most:
        del ways[next(iter(ways))]
    return found


def said_by(dsn: str | None, reply: str | None) -> str:
    """Write what rules' patterns are searched for in: status code and reply, as in `4.7.0 421 4.7.0 [TS04] …`."""
    return f"{dsn or ''} {reply or ''}".strip()[:MOST_REPLY_CHARACTERS]
