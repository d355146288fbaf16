"""The set in force, made of the product's own and the operator's changes, and checked as a whole."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

import msgspec

from control_plane.core.errors import FieldError, Invalid
from control_plane.shaping import patterns
from control_plane.shaping.schemas import ProviderClass, ReplyRule, ShapingChanges, ShapingSet
from tenant_agent import wire

_DEFAULTS = Path(__file__).with_name("defaults.toml")


@cache
def defaults() -> ShapingSet:
    """Read the set that comes with the product."""
    return msgspec.toml.decode(_DEFAULTS.read_bytes(), type=ShapingSet)


def merged(changes: ShapingChanges) -> ShapingSet:
    """Lay changes over the product's set; raises `Invalid` with the path of everything that is wrong in them."""
    _refuse(_faults(changes))
    found = _lay_over(changes)
    _refuse([*_rule_faults(changes, found), *_claimed_twice(changes, found)])
    return found


def _refuse(faults: Iterable[FieldError]) -> None:
    errors = tuple(faults)
    if errors:
        raise Invalid(errors=errors)


def _lay_over(changes: ShapingChanges) -> ShapingSet:
    own_classes = {each.name: each for each in changes.classes}
    own_rules = {each.name: each for each in changes.rules}
    kept_classes = [each for each in defaults().classes if each.name not in changes.without_classes]
    kept_rules = [each for each in defaults().rules if each.name not in changes.without_rules]
    known = {each.name for each in kept_rules}
    new_rules = [each for each in changes.rules if each.name not in known]
    return ShapingSet(
        classes=tuple(({each.name: each for each in kept_classes} | own_classes).values()),
        rules=(*new_rules, *(own_rules.get(each.name, each) for each in kept_rules)),
    )


def _faults(changes: ShapingChanges) -> Iterator[FieldError]:
    """Say what is wrong with the changes by themselves."""
    yield from _named_twice("classes", [each.name for each in changes.classes])
    yield from _named_twice("rules", [each.name for each in changes.rules])
    known_classes = {each.name for each in defaults().classes}
    known_rules = {each.name for each in defaults().rules}
    for path, left_out, known, own in (
        ("without_classes", changes.without_classes, known_classes, {each.name for each in changes.classes}),
        ("without_rules", changes.without_rules, known_rules, {each.name for each in changes.rules}),
    ):
        for index, name in enumerate(left_out):
            if name not in known or name == wire.GENERIC:
                yield FieldError(f"changes.{path}[{index}]", "There is nothing of this name that can be left out.")
            elif name in own:
                yield FieldError(f"changes.{path}[{index}]", "This is both changed and left out: do one of them.")


def _rule_faults(changes: ShapingChanges, found: ShapingSet) -> Iterator[FieldError]:
    classes = {each.name for each in found.classes}
    for index, rule in enumerate(changes.rules):
        yield from _fault_of(rule, f"changes.rules[{index}]", classes)
    own = {each.name for each in changes.rules}
    for rule in found.rules:
        if rule.name not in own and rule.provider and rule.provider not in classes:
            message = f"The rule {rule.name} is about the class {rule.provider}: leave the rule out too."
            yield FieldError("changes.without_classes", message)


def _fault_of(rule: ReplyRule, path: str, classes: set[str]) -> Iterator[FieldError]:
    if rule.provider and rule.provider not in classes:
        yield FieldError(f"{path}.provider", f"There is no class {rule.provider}.")
    if rule.action == "slow" and rule.per_minute is None and rule.connections is None:
        yield FieldError(f"{path}.per_minute", "To slow down, give a rate, a number of connections, or both.")
    if rule.action != "slow" and (rule.per_minute is not None or rule.connections is not None):
        yield FieldError(f"{path}.action", "A rate and a number of connections are for `slow` only.")
    try:
        patterns.check(rule.pattern)
    except patterns.BadPattern as bad:
        yield FieldError(f"{path}.pattern", str(bad))


def _claimed_twice(changes: ShapingChanges, found: ShapingSet) -> Iterator[FieldError]:
    """Find hosts and domains that two classes have, at the changed class's field."""
    for field in ("mx_suffixes", "domains"):
        claims = Counter(name for each in found.classes for name in _names(each, field))
        for index, own in enumerate(changes.classes):
            for place, name in enumerate(_names(own, field)):
                if claims[name] > 1:
                    yield FieldError(f"changes.classes[{index}].{field}[{place}]", f"{name} is claimed twice.")


def _names(each: ProviderClass, field: str) -> Sequence[str]:
    return each.mx_suffixes if field == "mx_suffixes" else each.domains


def _named_twice(path: str, names: Sequence[str]) -> Iterable[FieldError]:
    for index, name in enumerate(names):
        if name in names[:index]:
            yield FieldError(f"changes.{path}[{index}].name", f"{name} is there twice.")
