"""DMARC aggregate reports (RFC 7489 §7.2 and appendix C), as senders really write them."""

import hashlib
from datetime import datetime

import msgspec

from control_plane.reports.reading import words
from control_plane.reports.reading.refusal import Unreadable
from control_plane.reports.reading.xml import Element, children_of_root

_MOST_RECORDS = 50_000
_MOST_RESULTS = 20
_MOST_ERRORS = 10
_DISPOSITIONS = ("none", "quarantine", "reject")
_POLICIES = ("none", "quarantine", "reject")


class PublishedPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """The policy that the reporter found in DNS."""

    domain: str
    policy: str = "none"
    subdomains: str = ""
    """Empty: the same."""
    percent: int = 100
    dkim_alignment: str = "r"
    spf_alignment: str = "r"


class DmarcRecord(msgspec.Struct, frozen=True, kw_only=True):
    """So many messages from one address that all fared the same."""

    source_ip: str
    messages: int
    disposition: str
    dkim_aligned: bool
    spf_aligned: bool
    header_from: str
    envelope_from: str = ""
    dkim: tuple[tuple[str, str], ...] = ()
    """Domain and selector of each signature that was good."""
    spf: str = ""
    """The domain that SPF passed for; empty if it passed for none."""
    reasons: tuple[str, ...] = ()
    """Why the reporter did not follow the policy, such as `forwarded` and `mailing_list`."""


class ReadDmarc(msgspec.Struct, frozen=True, kw_only=True):
    """A report."""

    reporter: str
    contact: str
    report_id: str
    begins_at: datetime
    ends_at: datetime
    policy: PublishedPolicy
    records: tuple[DmarcRecord, ...]
    left_out: int = 0
    """Records that make no sense."""
    errors: tuple[str, ...] = ()
    """What the reporter says went wrong."""


def read_dmarc(data: bytes, now: datetime) -> ReadDmarc:
    """Read a report; raises `Unreadable`."""
    metadata, policy, records, left_out = Element(""), Element(""), list[DmarcRecord](), 0
    for element in children_of_root(data, "feedback"):
        if element.name == "report_metadata":
            metadata = element
        elif element.name == "policy_published":
            policy = element
        elif element.name == "record":
            record = _record(element)
            records += [record] if record else []
            left_out += record is None
            if len(records) + left_out > _MOST_RECORDS:
                raise Unreadable("The report has more than 50,000 records.")
    return _report(data, now, metadata, _policy(policy), tuple(records), left_out)


def _report(
    data: bytes,
    now: datetime,
    metadata: Element,
    policy: PublishedPolicy,
    records: tuple[DmarcRecord, ...],
    left_out: int,
) -> ReadDmarc:
    period = metadata.first("date_range")
    begins_at, ends_at = sorted((words.moment(period.say("begin"), now), words.moment(period.say("end"), now)))
    contact = words.line(metadata.say("email"))
    return ReadDmarc(
        reporter=words.line(metadata.say("org_name"), 200) or contact.rpartition("@")[2] or "unknown",
        contact=contact,
        report_id=words.line(metadata.say("report_id"), 250) or hashlib.sha256(data).hexdigest(),
        begins_at=begins_at,
        ends_at=ends_at,
        policy=policy,
        records=records,
        left_out=left_out,
        errors=tuple(words.line(each.text, 500) for each in metadata.all("error")[:_MOST_ERRORS]),
    )


def _policy(element: Element) -> PublishedPolicy:
    domain = words.domain(element.say("domain"))
    if not domain:
        raise Unreadable("The report does not say which domain it is about.")
    percent = words.count(element.say("pct"))
    return PublishedPolicy(
        domain=domain,
        policy=_one_of(_POLICIES, element.say("p")) or "none",
        subdomains=_one_of(_POLICIES, element.say("sp")),
        percent=100 if percent is None else min(percent, 100),
        dkim_alignment=_one_of(("r", "s"), element.say("adkim")) or "r",
        spf_alignment=_one_of(("r", "s"), element.say("aspf")) or "r",
    )


def _record(element: Element) -> DmarcRecord | None:
    """Read a record; None if it does not say where how much came from."""
    row, results = element.first("row"), element.first("auth_results")
    names = element.first("identifiers", "identities")
    source_ip, messages = words.address(row.say("source_ip")), words.count(row.say("count"))
    if source_ip is None or not messages:
        return None
    evaluated = row.first("policy_evaluated")
    spf = next((words.domain(each.say("domain")) for each in results.all("spf")[:_MOST_RESULTS] if _passed(each)), "")
    return DmarcRecord(
        source_ip=source_ip,
        messages=messages,
        disposition=_one_of(_DISPOSITIONS, evaluated.say("disposition")) or "none",
        dkim_aligned=evaluated.say("dkim").lower() == "pass",
        spf_aligned=evaluated.say("spf").lower() == "pass",
        header_from=words.domain(names.say("header_from")),
        envelope_from=words.domain(names.say("envelope_from").rpartition("@")[2]),
        dkim=_signatures(results),
        spf=spf,
        reasons=tuple(words.line(each.say("type"), 40).lower() for each in evaluated.all("reason")[:_MOST_RESULTS]),
    )


def _signatures(results: Element) -> tuple[tuple[str, str], ...]:
    good = (each for each in results.all("dkim")[:_MOST_RESULTS] if _passed(each))
    found = ((words.domain(each.say("domain")), words.line(each.say("selector"), 63).lower()) for each in good)
    return tuple((domain, selector) for domain, selector in found if domain)


def _passed(result: Element) -> bool:
    return result.say("result").lower() == "pass"


def _one_of(known: tuple[str, ...], text: str) -> str:
    return text.lower() if text.lower() in known else ""
