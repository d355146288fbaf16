"""What the desired state says about how mail leaves this node, and what of it is fit to be followed."""

import re
from collections.abc import Iterable
from typing import Final

import msgspec

from tenant_agent import identifiers, wire
from tenant_agent.identifiers import Unfit
from tenant_agent.transports import PLAIN

KINDS: Final = frozenset({"shaping", "warmup", "relay"})
"""The kinds of items that say something about it."""

_NAME = re.compile(r"(?=.{1,20}\Z)[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_SUFFIX = re.compile(r"\.?[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?\Z")
_MOST_CONNECTIONS = 500
_MOST_MESSAGES = 100_000
_MOST_CLASSES, _MOST_RULES = 100, 500
_LONGEST_PATTERN = 500
_LONGEST_SECONDS = 7 * 86_400


class Sending(msgspec.Struct, frozen=True, kw_only=True):
    """All of it; what is unfit is left out, and of shaping the last that was fit stays."""

    shaping: wire.ShapingItem = PLAIN
    warmups: tuple[wire.WarmupItem, ...] = ()
    relays: tuple[wire.RelayItem, ...] = ()


def gathered(items: Iterable[wire.Item | None], shaping: wire.ShapingItem) -> Sending:
    """Sort items by their kind."""
    known = list(items)
    return Sending(
        shaping=shaping,
        warmups=tuple(item for item in known if isinstance(item, wire.WarmupItem)),
        relays=tuple(item for item in known if isinstance(item, wire.RelayItem)),
    )


def check_shaping(item: wire.ShapingItem) -> None:
    """Check classes and rules before they reach a configuration file or a mail; raises `Unfit`."""
    if len(item.classes) > _MOST_CLASSES or len(item.rules) > _MOST_RULES:
        raise Unfit("there are too many classes or rules")
    names = [each.name for each in item.classes]
    if len(set(names)) < len(names):
        raise Unfit("two classes have one name")
    for provider in item.classes:
        _check_class(provider)
    for rule in item.rules:
        _check_rule(rule, frozenset(names) | {wire.GENERIC})


def check_warmup(item: wire.WarmupItem) -> None:
    """Check the caps of an address; raises `Unfit`."""
    identifiers.ip_address(item.address)
    for provider, cap in item.caps.items():
        _class_name(provider)
        if min(cap.per_day, cap.per_hour) < 0:
            raise Unfit(f"the cap for {provider} is negative")
    if wire.GENERIC not in item.caps:
        raise Unfit("no cap is given for all other providers")


def _check_class(provider: wire.ProviderClass) -> None:
    name = _class_name(provider.name)
    for suffix in (*provider.mx_suffixes, *provider.domains):
        if _SUFFIX.match(suffix) is None:
            raise Unfit(f"{name}: {suffix[:80]!r} is not a host's name in lower-case A-labels")
    _between(f"{name}: connections", provider.connections, 1, _MOST_CONNECTIONS)
    _between(f"{name}: messages per connection", provider.messages_per_connection, 1, _MOST_MESSAGES)
    if provider.per_minute is not None:
        _between(f"{name}: messages per minute", provider.per_minute, 0.01, _MOST_MESSAGES)


def _check_rule(rule: wire.ReplyRule, classes: frozenset[str]) -> None:
    if rule.provider and rule.provider not in classes:
        raise Unfit(f"rule {rule.name[:80]!r} is for the class {rule.provider[:40]!r}, which there is not")
    if len(rule.pattern) > _LONGEST_PATTERN:
        raise Unfit(f"the pattern of rule {rule.name[:80]!r} is too long")
    try:
        re.compile(rule.pattern, re.IGNORECASE)
    except (re.error, RecursionError, OverflowError) as error:
        raise Unfit(f"the pattern of rule {rule.name[:80]!r} cannot be read: {error}") from error
    _between(f"rule {rule.name[:80]!r}: threshold", rule.threshold, 1, _MOST_MESSAGES)
    _between(f"rule {rule.name[:80]!r}: seconds", rule.within_seconds, 1, _LONGEST_SECONDS)
    _between(f"rule {rule.name[:80]!r}: seconds", rule.for_seconds, 1, _LONGEST_SECONDS)
    if rule.per_minute is not None:
        _between(f"rule {rule.name[:80]!r}: messages per minute", rule.per_minute, 0.01, _MOST_MESSAGES)
    if rule.connections is not None:
        _between(f"rule {rule.name[:80]!r}: connections", rule.connections, 1, _MOST_CONNECTIONS)


def _class_name(name: str) -> str:
    if _NAME.match(name) is None:
        raise Unfit(f"{name[:40]!r} is not the name of a class: at most 20 letters, digits and single hyphens")
    return name


def _between(what: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:
        raise Unfit(f"{what}: {value} is not between {least} and {most}")
