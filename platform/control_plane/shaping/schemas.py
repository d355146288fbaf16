"""What provider classes and reply rules look like to operators, and what they may change of them."""

from datetime import datetime
from typing import Annotated, Literal, TypeAlias

import msgspec

from control_plane.core.body import Body
from tenant_agent import wire

ClassName: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]([a-z0-9-]{0,18}[a-z0-9])?$(?!\n)")]
RuleName: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]([a-z0-9-]{0,58}[a-z0-9])?$(?!\n)")]
_HOST = r"([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$(?!\n)"
Suffix: TypeAlias = Annotated[str, msgspec.Meta(max_length=253, pattern=rf"^\.?{_HOST}")]
Domain: TypeAlias = Annotated[str, msgspec.Meta(max_length=253, pattern=rf"^{_HOST}")]
PerMinute: TypeAlias = Annotated[float, msgspec.Meta(ge=0.01, le=1_000_000)]
Connections: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=500)]
Seconds: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=604_800)]

_MOST_CLASSES, _MOST_RULES, _MOST_NAMES = 200, 300, 200


class ProviderClass(Body, frozen=True, kw_only=True):
    """Destinations that belong together, and what each sending address may do there."""

    name: ClassName
    mx_suffixes: Annotated[tuple[Suffix, ...], msgspec.Meta(max_length=_MOST_NAMES)] = ()
    """Mail hosts, as in `.google.com`; with a leading dot anything below, without it that very host."""
    domains: Annotated[tuple[Domain, ...], msgspec.Meta(max_length=_MOST_NAMES)] = ()
    """Recipient domains that belong to it wherever their mail goes."""
    connections: Connections = 10
    messages_per_connection: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 100
    per_minute: PerMinute | None = None
    tls: Literal["may", "encrypt"] = "may"


class ReplyRule(Body, frozen=True, kw_only=True):
    """What a kind of reply leads to, for the address that got it and the provider's class."""

    name: RuleName
    provider: Annotated[str, msgspec.Meta(pattern=r"^([a-z0-9]([a-z0-9-]{0,18}[a-z0-9])?)?$(?!\n)")] = ""
    """A class; empty: whatever gives this reply."""
    pattern: Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
    """A regular expression, searched for in status code and reply; case does not matter."""
    threshold: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 1
    within_seconds: Seconds = 3600
    action: Literal["slow", "suspend", "bounce"]
    per_minute: PerMinute | None = None
    connections: Connections | None = None
    for_seconds: Seconds = 1800


class ShapingChanges(Body, frozen=True, kw_only=True):
    """What is to be other than in the set that comes with the product: each class and rule as a whole, by its name."""

    classes: Annotated[tuple[ProviderClass, ...], msgspec.Meta(max_length=_MOST_CLASSES)] = ()
    rules: Annotated[tuple[ReplyRule, ...], msgspec.Meta(max_length=_MOST_RULES)] = ()
    """New ones are tried before the product's, in this order."""
    without_classes: Annotated[tuple[ClassName, ...], msgspec.Meta(max_length=_MOST_CLASSES)] = ()
    without_rules: Annotated[tuple[RuleName, ...], msgspec.Meta(max_length=_MOST_RULES)] = ()


class ShapingSet(msgspec.Struct, frozen=True, kw_only=True):
    """All classes, and all rules in the order in which they are tried."""

    classes: tuple[ProviderClass, ...]
    rules: tuple[ReplyRule, ...]

    def as_item(self, release: str) -> wire.ShapingItem:
        """Describe it to a node."""
        return wire.ShapingItem(
            release=release,
            classes=tuple(wire.ProviderClass(**msgspec.structs.asdict(each)) for each in self.classes),
            rules=tuple(wire.ReplyRule(**msgspec.structs.asdict(each)) for each in self.rules),
        )


class ShapingRules(msgspec.Struct, frozen=True, kw_only=True):
    """What is in force, and the changes that it is made of."""

    version: int
    """0: the set that comes with the product, unchanged."""
    changes: ShapingChanges
    classes: tuple[ProviderClass, ...]
    rules: tuple[ReplyRule, ...]


class NewShapingRules(Body, frozen=True, kw_only=True):
    """Changes in place of those before."""

    changes: ShapingChanges
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
    """For those who ask later."""
    at_once: bool = True
    """Put it in force on the whole fleet at once. Without, it is only saved: `POST /v1/rollouts` brings it to nodes."""


class ShapingVersion(msgspec.Struct, frozen=True, kw_only=True):
    """Changes as they were saved."""

    id: str
    version: int
    changes: ShapingChanges
    reason: str
    author: str
    created_at: datetime


class WhatIf(Body, frozen=True, kw_only=True):
    """A proposed set of changes, and the time whose attempts are replayed against it; without one, yesterday (UTC)."""

    changes: ShapingChanges
    since: datetime | None = None
    until: datetime | None = None


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule, or a class's own rate, would have done."""

    fired: int = 0
    """How often its threshold was reached."""
    suspended: int = 0
    """Attempts that would have waited."""
    slowed: int = 0
    """Attempts beyond the rate of their minute."""
    bounced: int = 0
    """Deliveries that would have been given up."""
    first_at: datetime | None = None
    last_at: datetime | None = None


class EffectRow(msgspec.Struct, frozen=True, kw_only=True):
    """The effect on one class of one rule, as things are and as they would be."""

    provider: str
    rule: str
    """Empty: the class's own rate."""
    now: Effect
    proposed: Effect


class Slice(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the time: what went out, and what of it would have been slowed or suspended."""

    start: datetime
    attempts: int
    held_now: int
    held_proposed: int


class WhatIfResult(msgspec.Struct, frozen=True, kw_only=True):
    """How the attempts of a time would have gone under the proposed set, beside how they went."""

    since: datetime
    until: datetime
    attempts: int
    complete: bool
    """False: there were more attempts than are replayed at once; what is counted ends where they stop."""
    rows: tuple[EffectRow, ...]
    slices: tuple[Slice, ...]
