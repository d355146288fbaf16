"""Shaping as pages show it: classes and rules in words, and a what-if as lines and a chart."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from control_plane.core.languages import mark
from control_plane.nodes.schemas import Node
from control_plane.shaping.schemas import Effect, EffectRow, ReplyRule, ShapingChanges, WhatIfResult
from web import charts, formats
from web.charts import ColumnChart, Stack
from web.i18n import gettext

_ACTIONS = {"slow": mark("Slow down"), "suspend": mark("Stop for a while"), "bounce": mark("Give up this mail")}
EXAMPLE = """{
  "classes": [{"name": "acme", "mx_suffixes": [".mail.acme.test"], "connections": 2, "per_minute": 30}],
  "rules": [{"name": "acme-busy", "provider": "acme", "pattern": "try again later", "threshold": 3,
             "action": "slow", "per_minute": 5, "for_seconds": 1800}],
  "without_rules": []
}"""


class RuleLine(msgspec.Struct, frozen=True, kw_only=True):
    """A rule in words."""

    name: str
    provider: str
    pattern: str
    when: str
    then: str
    is_own: bool


class EffectLine(msgspec.Struct, frozen=True, kw_only=True):
    """The effect of a rule on a class, now and as proposed."""

    row: EffectRow
    rule: str
    now: str
    proposed: str


class ReactionLine(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider's replies led to on a node, in words."""

    address: str
    provider: str
    action: str
    rule: str
    until: datetime


def reactions(node: Node) -> list[ReactionLine]:
    """List what is in force, by the addresses that it holds for."""
    addresses = {ip.id: ip.address for ip in node.ips}
    return [
        ReactionLine(
            address=addresses.get(each.ip_id, each.ip_id),
            provider=each.domain or each.provider,
            action=gettext(_ACTIONS.get(each.action, each.action)),
            rule=each.rule,
            until=each.until,
        )
        for each in node.reactions
    ]


def rule_line(rule: ReplyRule, changes: ShapingChanges) -> RuleLine:
    """Write a rule in words."""
    return RuleLine(
        name=rule.name,
        provider=rule.provider or gettext("any"),
        pattern=rule.pattern,
        when=_when(rule),
        then=_then(rule),
        is_own=rule.name in {each.name for each in changes.rules},
    )


def _when(rule: ReplyRule) -> str:
    if rule.threshold == 1:
        return gettext("at once")
    count, time = formats.number(rule.threshold), charts.duration(rule.within_seconds)
    return gettext("%(count)s within %(time)s") % {"count": count, "time": time}


def _then(rule: ReplyRule) -> str:
    parts = [gettext(_ACTIONS[rule.action])]
    if rule.per_minute is not None:
        parts.append(gettext("%(count)s a minute") % {"count": formats.number(rule.per_minute)})
    if rule.connections is not None:
        parts.append(gettext("%(count)s at once") % {"count": formats.number(rule.connections)})
    if rule.action != "bounce":
        parts.append(gettext("for %(time)s") % {"time": charts.duration(rule.for_seconds)})
    return ", ".join(parts)


def effects(result: WhatIfResult) -> list[EffectLine]:
    """Write what would have been different."""
    own_rate = gettext("the class’s own rate")
    return [
        EffectLine(row=row, rule=row.rule or own_rate, now=_effect(row.now), proposed=_effect(row.proposed))
        for row in result.rows
    ]


def _effect(effect: Effect) -> str:
    named = (
        (effect.fired, mark("%(count)s times in force")),
        (effect.suspended, mark("%(count)s stopped")),
        (effect.slowed, mark("%(count)s slowed")),
        (effect.bounced, mark("%(count)s given up")),
    )
    return ", ".join(gettext(words) % {"count": formats.number(count)} for count, words in named if count) or "–"


def chart(result: WhatIfResult) -> ColumnChart:
    """Lay out each part of the time: what would be held as now, what in addition, and what goes."""
    return charts.stacked(_stacks(result), height=96)


def _stacks(result: WhatIfResult) -> Sequence[Stack]:
    stacks = []
    for place, part in enumerate(result.slices):
        words = gettext("%(all)s attempts, held now %(now)s, as proposed %(proposed)s") % {
            "all": formats.number(part.attempts),
            "now": formats.number(part.held_now),
            "proposed": formats.number(part.held_proposed),
        }
        goes = part.attempts - part.held_proposed
        counts = ((goes, "success"), (part.held_proposed, "warning"))
        label = f"{part.start:%H:%M}" if place % 6 == 0 else ""
        stacks.append(Stack(f"{part.start:%Y-%m-%d %H:%M} UTC: {words}", counts, label))
    return stacks


def as_text(changes: ShapingChanges) -> str:
    """Write changes as one edits them; nothing for none."""
    if changes == ShapingChanges():
        return ""
    given = {name: value for name, value in msgspec.to_builtins(changes).items() if value}
    return msgspec.json.format(msgspec.json.encode(given), indent=2).decode()
