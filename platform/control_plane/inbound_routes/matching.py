"""Which route a mail takes: a pure decision, the same for mail that comes and for "what would happen to …?"."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

import msgspec

from control_plane.inbound_routes.globs import Glob, OutOfSteps, Steps, fold
from control_plane.inbound_routes.schemas import MatchType

Headers = Sequence[tuple[str, str]]


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """What a route wants of a mail."""

    route_id: UUID
    priority: int
    match_type: MatchType
    domain: str | None = None
    address: str | None = None
    header_name: str | None = None
    header_pattern: str | None = None
    enabled: bool = True


class Considered(msgspec.Struct, frozen=True):
    """A rule that was looked at, and what came of it."""

    rule: Rule
    fits: bool
    why: str
    """One sentence."""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of a mail."""

    winner: Rule | None
    taken: bool
    """Whether nodes take mail for the recipient at all."""
    considered: tuple[Considered, ...]


def winner(rules: Iterable[Rule], recipient: str, headers: Headers) -> Rule | None:
    """Find the rule that a mail takes, and look at no more of them than that needs."""
    ordered = _ordered(rules)
    if not any(_lets_in(rule, recipient) for rule in ordered):
        return None
    trial = _Trial(recipient, headers)
    return next((rule for rule in ordered if trial.of(rule).fits), None)


def choose(rules: Iterable[Rule], recipient: str, headers: Headers) -> Verdict:
    """Look at all rules in order: the first that fits wins, of mail that a node takes because of one of them."""
    ordered, trial = _ordered(rules), _Trial(recipient, headers)
    considered = tuple(trial.of(rule) for rule in ordered)
    taken = any(_lets_in(rule, recipient) for rule in ordered)
    first = next((each.rule for each in considered if each.fits), None)
    return Verdict(winner=first if taken else None, taken=taken, considered=considered)


def plain(address: str) -> str:
    """Give an address as routes know it: in lower case, without the detail after a `+`."""
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def _ordered(rules: Iterable[Rule]) -> list[Rule]:
    return sorted(rules, key=lambda rule: (rule.priority, rule.route_id))


def _lets_in(rule: Rule, recipient: str) -> bool:
    return rule.enabled and rule.match_type != "header" and _by_recipient(rule, recipient)[0]


class _Trial:
    """One mail, before rule after rule: they share its steps, so the same rule is reached by whoever asks."""

    def __init__(self, recipient: str, headers: Headers) -> None:
        self._recipient = recipient
        self._steps = Steps()
        self._values: dict[str, list[str]] = defaultdict(list)
        self._folded: dict[str, tuple[str, ...]] = {}
        for name, value in headers:
            self._values[name.lower()].append(value)

    def of(self, rule: Rule) -> Considered:
        if not rule.enabled:
            return Considered(rule, fits=False, why="It is switched off.")
        fit, why = self._by_header(rule) if rule.match_type == "header" else _by_recipient(rule, self._recipient)
        return Considered(rule, fits=fit, why=why)

    def _by_header(self, rule: Rule) -> tuple[bool, str]:
        name, pattern = rule.header_name or "", rule.header_pattern or ""
        if name not in self._values:
            return False, f"There is no header {name}."
        if name not in self._folded:
            self._folded[name] = tuple(dict.fromkeys(map(fold, self._values[name])))
        try:
            glob = Glob(pattern, self._steps)
            fit = any(map(glob.fits, self._folded[name]))
        except OutOfSteps:
            return False, f"The header {name} was not looked at to the end: there is too much to compare."
        return fit, f"The header {name} {'fits' if fit else 'does not fit'} {pattern}."


def _by_recipient(rule: Rule, recipient: str) -> tuple[bool, str]:
    domain = recipient.lower().rpartition("@")[2]
    match rule.match_type:
        case "address":
            fit = plain(recipient) == rule.address
            return fit, f"The recipient is {'' if fit else 'not '}{rule.address}."
        case "domain":
            fit = domain == rule.domain
            return fit, f"The recipient is {'' if fit else 'not '}at {rule.domain}."
        case _:
            fit = domain.endswith(f".{rule.domain}")
            return fit, f"The recipient is {'' if fit else 'not '}at a name below {rule.domain}."
