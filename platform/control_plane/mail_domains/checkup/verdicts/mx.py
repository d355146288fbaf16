"""Say where mail for a name goes (RFC 5321 §5.1, RFC 7505, RFC 2181 §10.3)."""

from ipaddress import ip_address

import msgspec

from control_plane.mail_domains.checkup.observations import Observations
from control_plane.mail_domains.checkup.verdict import Verdict, missing, ok, shown, warning, without_answer, wrong
from control_plane.mail_domains.schemas import DnsRecord

MOST_EXCHANGERS = 5
"""So many hosts of others are looked at."""


class Exchanger(msgspec.Struct, frozen=True, order=True):
    """One MX record; the lowest preference is tried first."""

    preference: int
    host: str


def exchangers(values: tuple[str, ...]) -> list[Exchanger]:
    """Read MX records, the preferred first."""
    found = [value.partition(" ") for value in values]
    return sorted(
        Exchanger(int(preference), host.lower().removesuffix("."))
        for preference, _, host in found
        if preference.isdecimal()
    )


def judge_mx(record: DnsRecord, seen: Observations) -> Verdict:
    """Judge an MX record by the hosts it names; the preference is the customer's choice."""
    answer = seen.of(record.host, "MX")
    if (none := without_answer(answer)) is not None:
        return none
    hosts, ours = exchangers(answer.values), record.value.partition(" ")[2].lower()
    if not hosts:
        return missing(record)
    verdict = _judged(hosts, ours, seen)
    return Verdict(verdict.status, verdict.explanation, answer.values)


def _judged(hosts: list[Exchanger], ours: str, seen: Observations) -> Verdict:
    if any(not each.host for each in hosts):
        return wrong(f"The name says that it takes no mail (a null MX): replace that with {ours} to receive it here.")
    own = next((each for each in hosts if each.host == ours), None)
    if own is None:
        return _elsewhere(hosts, ours, seen)
    others = [each for each in hosts if each.host != ours]
    if not others:
        return ok()
    first = others[0]
    if first.preference < own.preference:
        return wrong(
            f"Mail goes to {shown(first.host, 80)} first, because its number {first.preference} is lower than "
            f"our {own.preference}: remove it, or give it a higher number."
        )
    if first.preference == own.preference:
        return warning(
            f"A part of the mail goes to {shown(first.host, 80)}, because it has the same number as ours: "
            "remove it if that is not meant."
        )
    return warning(
        f"Mail that cannot be delivered here at once goes to {shown(first.host, 80)}: remove it if that is not meant."
    )


def _elsewhere(hosts: list[Exchanger], ours: str, seen: Observations) -> Verdict:
    first = hosts[0].host
    if _is_address(first):
        return wrong(f"The MX record holds an address, and senders look for a host's name: point it to {ours}.")
    if any(ours in seen.of(each.host, "A").aliases for each in hosts[:MOST_EXCHANGERS]):
        return warning(
            f"The MX record leads here by an alias, which not all senders follow: point it to {ours} itself."
        )
    return wrong(f"Mail goes to {shown(first, 80)}: point the MX record to {ours} to receive it here.")


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
