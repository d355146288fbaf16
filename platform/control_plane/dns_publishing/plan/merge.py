"""How a record of ours goes into a set that may have others': a rule for each purpose."""

from collections.abc import Callable
from typing import TypeAlias

from control_plane.dns_publishing.plan.steps import Proposal, proposal
from control_plane.dns_publishing.published import Entry
from control_plane.mail_domains.schemas import Purpose

Values: TypeAlias = tuple[str, ...]
Rule: TypeAlias = Callable[[Values, Entry], Proposal]

_IN_PLACE = "It is there already."
_NEW = "It is added."


def alone(before: Values, entry: Entry) -> Proposal:
    """Put our record where only ours has a meaning: whatever else stands there is an older one."""
    if before == (entry.value,):
        return proposal("leave", before, _IN_PLACE)
    if not before:
        return proposal("create", (entry.value,), _NEW)
    return proposal("change", (entry.value,), "It takes the place of what stood there; only we use this name.")


def ownership(before: Values, entry: Entry) -> Proposal:
    """Add the proof; another account's claim stays."""
    if entry.value in before:
        return proposal("leave", before, _IN_PLACE)
    return proposal("create", (*before, entry.value), _NEW)


def spf(before: Values, entry: Entry) -> Proposal:
    """Add ourselves to the SPF record that is there, since there must be one only (RFC 7208 §4.5)."""
    known = [value for value in before if value.lower().split(" ")[0] == "v=spf1"]
    ours = entry.value.split(" ")[1]
    if not known:
        return proposal("create", (*before, entry.value), _NEW)
    if len(known) > 1:
        return proposal("conflict", before, "There are several SPF records: merge them into one by hand first.")
    if ours.lower() in known[0].lower().split():
        return proposal("leave", before, "Your SPF record names us already.")
    merged = _with_term(known[0], ours)
    after = tuple(merged if value == known[0] else value for value in before)
    return proposal("change", after, f"{ours} is added to your SPF record; all that it permits stays permitted.")


def dmarc(before: Values, entry: Entry) -> Proposal:
    """Keep the policy that is there, and have its reports sent here as well."""
    known = [value for value in before if value.lower().replace(" ", "").startswith("v=dmarc1")]
    if not known:
        return proposal("create", (*before, entry.value), _NEW)
    if len(known) > 1:
        return proposal("conflict", before, "There are several DMARC records, so none counts: leave one of them.")
    ours = _tag(entry.value, "rua")
    if not ours or ours.lower() in _tag(known[0], "rua").lower().replace(" ", "").split(","):
        return proposal("leave", before, "Your own policy stays as it is.")
    after = tuple(_with_reports(value, ours) if value == known[0] else value for value in before)
    return proposal("change", after, "Your policy stays; its reports are sent here as well.")


def with_consent(before: Values, entry: Entry) -> Proposal:
    """Add a record; one that stands there is replaced only if that is asked for."""
    family = entry.value.partition(";")[0].lower()
    others = tuple(v for v in before if entry.type != "TXT" or v.partition(";")[0].strip().lower() == family)
    if entry.value in before:
        return proposal("leave", before, _IN_PLACE)
    if not others:
        return proposal("create", (*before, entry.value), _NEW)
    after = (*(value for value in before if value not in others), entry.value)
    return proposal("conflict", after, "Another value stands there: it is replaced only if you want.", replaceable=True)


def receiving(before: Values, entry: Entry) -> Proposal:
    """Let mail arrive here: other hosts that take it now are never touched without being asked to."""
    hosts = [value.split(" ")[-1].lower() for value in before]
    if entry.target in hosts:
        return proposal("leave", before, "Mail arrives here already.")
    if not before:
        return proposal("create", (entry.value,), _NEW)
    where = ", ".join(hosts[:3])
    sentence = f"Mail goes to {where} now: replace it only if all mail of this domain is to arrive here from now on."
    return proposal("conflict", (entry.value,), sentence, replaceable=True)


RULES: dict[Purpose, Rule] = {
    "ownership": ownership,
    "dkim": alone,
    "spf": spf,
    "return_path": alone,
    "return_path_spf": alone,
    "dmarc": dmarc,
    "receiving": receiving,
}
"""All others: `with_consent`."""


def _with_term(record: str, term: str) -> str:
    """Put a term before the one that ends the evaluation."""
    words = record.split()
    place = next((at for at, word in enumerate(words) if _ends(word)), len(words))
    return " ".join([*words[:place], term, *words[place:]])


def _ends(word: str) -> bool:
    return word.lower().lstrip("+-~?") == "all" or word.lower().startswith("redirect=")


def _tag(record: str, name: str) -> str:
    pairs = (part.partition("=") for part in record.split(";"))
    return next((value.strip() for tag, _, value in pairs if tag.strip().lower() == name), "")


def _with_reports(record: str, address: str) -> str:
    parts = [part for part in record.split(";") if part.strip()]
    for at, part in enumerate(parts):
        tag, _, value = part.partition("=")
        if tag.strip().lower() == "rua":
            both = ",".join(filter(None, (value.strip(), address)))
            parts[at] = f"{tag}={both}"
            return ";".join(parts)
    return ";".join([*parts, f" rua={address}"])
