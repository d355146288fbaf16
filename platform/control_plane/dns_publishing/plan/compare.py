"""Compare what a domain needs with what a zone has."""

from collections.abc import Collection, Mapping, Sequence

from control_plane.dns_publishing.plan.merge import RULES, with_consent
from control_plane.dns_publishing.plan.steps import Proposal, Step, proposal
from control_plane.dns_publishing.published import TTL_SECONDS, Entry
from control_plane.dns_publishing.record_sets import Place, RecordSet, by_name, values_at

_BESIDE_ALIAS = frozenset({"RRSIG", "NSEC"})
"""What may stand beside a CNAME (RFC 4034 §3)."""


def compare(entries: Sequence[Entry], zone: Sequence[RecordSet], by_hand: Collection[str] = ()) -> list[Step]:
    """List what is to happen to each record set that we need, in our order; `by_hand`: types that cannot be written."""
    sets = by_name(zone)
    wanted: dict[Place, list[Entry]] = {}
    for entry in entries:
        wanted.setdefault((entry.name, entry.type), []).append(entry)
    return [_without_hands(_step(members, sets), by_hand) for members in wanted.values()]


def _step(members: Sequence[Entry], sets: Mapping[str, Mapping[str, RecordSet]]) -> Step:
    first = members[0]
    at_name = sets.get(first.name, {})
    before = values_at(sets, first.name, first.type)
    found = at_name.get(first.type)
    made = _proposed(members, before, at_name)
    return Step(
        type=first.type,
        name=first.name,
        purposes=tuple(dict.fromkeys(entry.purpose for entry in members)),
        action=made.action,
        before=before,
        after=made.after,
        ttl_seconds=found.ttl_seconds if found else TTL_SECONDS,
        explanation=made.explanation,
        replaceable=made.replaceable,
    )


def _proposed(members: Sequence[Entry], before: tuple[str, ...], at_name: Mapping[str, RecordSet]) -> Proposal:
    wants_alias = members[0].type == "CNAME"
    others = sorted(at_name.keys() - {members[0].type} - _BESIDE_ALIAS)
    if wants_alias and others:
        there = " and ".join(others)
        sentence = f"{there} records stand at this name, and an alias cannot stand beside them: remove them first."
        return proposal("conflict", before, sentence)
    if not wants_alias and "CNAME" in at_name:
        target = at_name["CNAME"].values[0]
        sentence = f"The name is an alias of {target}, and nothing can stand beside an alias: remove it first."
        return proposal("conflict", before, sentence)
    if wants_alias:
        return _alias(before, members[0])
    return _merged(members, before)


def _alias(before: tuple[str, ...], entry: Entry) -> Proposal:
    after = (entry.value,)
    if before == after:
        return proposal("leave", before, "It is there already.")
    if not before:
        return proposal("create", after, "It is added.")
    if entry.purpose == "dkim":
        return proposal("change", after, "It takes the place of what stood there; only we use this name.")
    sentence = f"The name leads to {before[0]} now: replace it only if nothing needs it."
    return proposal("conflict", after, sentence, replaceable=True)


def _merged(members: Sequence[Entry], before: tuple[str, ...]) -> Proposal:
    """Apply the rule of each record in turn; the gravest verdict counts for the set."""
    gravest = proposal("leave", before, "It is there already.")
    for entry in members:
        made = RULES.get(entry.purpose, with_consent)(gravest.after, entry)
        if made.action == "conflict":
            return made if len(members) == 1 else proposal("conflict", before, made.explanation)
        if made.action != "leave":
            action = "change" if gravest.action == "change" else made.action
            gravest = proposal(action, made.after, made.explanation)
        elif gravest.action == "leave":
            gravest = made
    return gravest


def _without_hands(step: Step, by_hand: Collection[str]) -> Step:
    if step.type not in by_hand or step.action == "leave":
        return step
    return Step(
        type=step.type,
        name=step.name,
        purposes=step.purposes,
        action="conflict",
        before=step.before,
        after=step.before,
        ttl_seconds=step.ttl_seconds,
        explanation=f"The provider’s interface does not let us set {step.type} records safely: enter it by hand.",
    )
