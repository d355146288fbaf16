"""Which route a mail takes: a pure decision, the same for mail that comes and for "what would happen to …?"."""

from collections.abc import Iterable, Sequence
from uuid import UUID

import msgspec

from control_plane.inbound_routes.globs import fits
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


def choose(rules: Iterable[Rule], recipient: str, headers: Headers) -> Verdict:
    """Look at the rules in order: the first that fits wins, of mail that a node takes because of one of them."""
    ordered = sorted(rules, key=lambda rule: (rule.priority, rule.route_id))
    considered = tuple(_consider(rule, recipient, headers) for rule in ordered)
    taken = any(each.fits and each.rule.match_type != "header" for each in considered)
    winner = next((each.rule for each in considered if each.fits), None) if taken else None
    return Verdict(winner=winner, taken=taken, considered=considered)


def plain(address: str) -> str:
    """Give an address as routes know it: in lower case, without the detail after a `+`."""
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def _consider(rule: Rule, recipient: str, headers: Headers) -> Considered:
    if not rule.enabled:
        return Considered(rule, fits=False, why="It is switched off.")
    fit, why = _by_header(rule, headers) if rule.match_type == "header" else _by_recipient(rule, recipient)
    return Considered(rule, fits=fit, why=why)


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


def _by_header(rule: Rule, headers: Headers) -> tuple[bool, str]:
    name, pattern = rule.header_name or "", rule.header_pattern or ""
    values = [value for each, value in headers if each.lower() == name]
    if not values:
        return False, f"There is no header {name}."
    fit = any(fits(pattern, value) for value in values)
    return fit, f"The header {name} {'fits' if fit else 'does not fit'} {pattern}."
