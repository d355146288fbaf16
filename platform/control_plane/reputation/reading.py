"""What a list's answer says: listed, clean, or nothing at all. Only a list that works can call anything clean."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Literal

import msgspec

from control_plane.mail_domains.resolver import Answer
from control_plane.reputation.lists import Blocklist, Meaning, Severity

_CODES = ip_network("127.0.0.0/8")
_MAPPED = "::ffff:"
"""RFC 5782 §2.4: lists of IPv6 addresses have their test entries there."""


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What one look at one list gave."""

    state: Literal["clean", "listed", "unknown"]
    severity: Severity | None = None
    said: tuple[str, ...] = ()
    why: str = ""


def question(blocklist: Blocklist, subject: str) -> str:
    """Write the name that is asked for about a subject."""
    return f"{_label(subject) if blocklist.what == 'ip' else subject.lower()}.{blocklist.zone}"


def fits(blocklist: Blocklist, subject: str) -> bool:
    """Say whether a list knows such subjects."""
    return blocklist.what != "ip" or ip_address(subject).version in blocklist.families


def own_entries(blocklist: Blocklist, subject: str) -> tuple[str, str]:
    """Give what is always on the list and what never is, of the kind of the subject."""
    if blocklist.what == "ip" and ip_address(subject).version == 6:
        return f"{_MAPPED}{blocklist.listed_entry}", f"{_MAPPED}{blocklist.clean_entry}"
    return blocklist.listed_entry, blocklist.clean_entry


def read(blocklist: Blocklist, answer: Answer) -> Reading:
    """Read an answer, as if the list worked."""
    if answer.problem is not None:
        return Reading(state="unknown", why=f"DNS gave no answer ({answer.problem})")
    if not answer.values:
        return Reading(state="clean")
    if refused := sorted(blocklist.refusals.intersection(answer.values)):
        return Reading(state="unknown", said=tuple(refused), why="the list refuses to answer our resolver")
    if not all(_is_code(value) for value in answer.values):
        return Reading(state="unknown", said=answer.values[:3], why="somebody on the way makes answers up")
    found = list(_meanings(blocklist, answer.values))
    severity: Severity = "quarantine" if any(each.severity == "quarantine" for each in found) else "warn"
    why = "; ".join(dict.fromkeys(each.text for each in found))
    return Reading(state="listed", severity=severity, said=answer.values, why=why)


def fault(blocklist: Blocklist, listed: Answer, clean: Answer) -> str | None:
    """Say why a list cannot be believed just now, by its answers about its two test entries; None if it can."""
    first, second = read(blocklist, listed), read(blocklist, clean)
    if first.state == "unknown" or second.state == "unknown":
        return first.why if first.state == "unknown" else second.why
    if first.state == "clean":
        return "the list does not know its own test entry"
    return "the list has everything on it" if second.state == "listed" else None


def _meanings(blocklist: Blocklist, codes: Iterable[str]) -> Iterable[Meaning]:
    for code in codes:
        if blocklist.bits:
            last = int(code.rpartition(".")[2])
            hits = [meaning for bit, meaning in blocklist.bits.items() if last & bit]
            yield from hits or [_unheard(code)]
        else:
            yield blocklist.meanings.get(code) or _unheard(code)


def _unheard(code: str) -> Meaning:
    return Meaning(f"listed with the code {code}", "warn")


def _is_code(value: str) -> bool:
    try:
        return IPv4Address(value) in _CODES
    except ValueError:
        return False


def _label(address: str) -> str:
    found: IPv4Address | IPv6Address = ip_address(address)
    return found.reverse_pointer.removesuffix(".in-addr.arpa").removesuffix(".ip6.arpa")
