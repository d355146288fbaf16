"""Say what the zone as a whole allows: its signatures (RFC 4035), and who may issue certificates (RFC 8659)."""

import re

from control_plane.mail_domains.checkup.observations import Observations
from control_plane.mail_domains.checkup.verdict import Verdict, missing, ok, shown, warning, without_answer, wrong
from control_plane.mail_domains.schemas import DnsRecord

_CAA = re.compile(r'(\d+) ([A-Za-z0-9]+) "?(.*?)"?', re.DOTALL)
_CRITICAL = 128
_KNOWN_TAGS = frozenset({"issue", "issuewild", "iodef", "issuemail", "contactemail", "contactphone", "issuevmc"})


def judge_dnssec(record: DnsRecord, seen: Observations) -> Verdict:
    """Judge whether the domain's answers are signed, and whether the signatures hold."""
    if seen.is_bogus:
        return wrong(
            "The zone's DNSSEC signatures do not hold, so that many receivers see no records at all: renew the "
            "signatures, or remove the DS record at your registrar."
        )
    answer, keys = seen.of(record.host, "SOA"), seen.of(record.host, "DS")
    if (none := without_answer(answer)) is not None:
        return none
    if answer.authenticated:
        return ok("The zone is signed (DNSSEC), and its signatures hold.", keys.values)
    if keys.values:
        return Verdict(
            "unknown", "The zone is signed (DNSSEC), but our resolver does not check signatures.", keys.values
        )
    return missing(record, "The zone is not signed (DNSSEC): nothing need be done, though your DNS host may offer it.")


def climb(name: str) -> list[str]:
    """List the names whose CAA records may apply, the nearest first (RFC 8659 §3)."""
    labels = name.split(".")
    return [".".join(labels[start:]) for start in range(len(labels))][:8]


def judge_caa(record: DnsRecord, seen: Observations) -> Verdict:
    """Judge whether our certificate authorities may issue for the domain."""
    for name in climb(record.host):
        answer = seen.of(name, "CAA")
        if (none := without_answer(answer)) is not None:
            return none
        if answer.values:
            return _allowed(answer.values, name, seen.needs.platform.ca_identities)
    return ok("Every certificate authority may issue for this domain, ours among them: nothing need be done.")


def _allowed(values: tuple[str, ...], name: str, ours: tuple[str, ...]) -> Verdict:
    properties = [(int(found[1]), found[2].lower(), found[3]) for found in map(_CAA.fullmatch, values) if found]
    if any(flags & _CRITICAL and tag not in _KNOWN_TAGS for flags, tag, _ in properties):
        return wrong("A CAA record is marked as critical that no authority understands: remove it.", values)
    issue = [_issuer(value) for _, tag, value in properties if tag == "issue"]
    wild = [_issuer(value) for _, tag, value in properties if tag == "issuewild"] or issue
    if issue and not set(issue) & set(ours):
        return wrong(
            f"The CAA records of {shown(name, 80)} keep our certificate authority from issuing: add "
            f'0 issue "{ours[0]}" to them.',
            values,
        )
    if wild and not set(wild) & set(ours):
        return warning(
            f'Our certificate authority may issue, but not for wildcards: add 0 issuewild "{ours[0]}" if you need one.',
            values,
        )
    return ok("Our certificate authority may issue for this domain.", values)


def _issuer(value: str) -> str:
    """Read who may issue; parameters such as `accounturi` come behind a semicolon."""
    return value.partition(";")[0].strip().lower()
