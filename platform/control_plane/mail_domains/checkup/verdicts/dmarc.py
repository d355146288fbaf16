"""Say whether the DMARC policy suits how we send, and whether the reports on it reach us (RFC 7489)."""

from control_plane.mail_domains.checkup.dmarc_record import DmarcRecord, DmarcSyntaxError, is_dmarc, parse_dmarc
from control_plane.mail_domains.checkup.needs import Needs, report_address
from control_plane.mail_domains.checkup.observations import Observations
from control_plane.mail_domains.checkup.organisation import organisational_domain
from control_plane.mail_domains.checkup.verdict import OURS, Verdict, missing, ok, warning, without_answer, wrong
from control_plane.mail_domains.schemas import DnsRecord

_SMALL_REPORT_OCTETS = 1 << 20


def authorisation_host(needs: Needs) -> str:
    """Name where our report domain says that it takes reports on this domain (§7.1)."""
    return f"{needs.name}._report._dmarc.{needs.platform.reports_domain}"


def inherited_host(needs: Needs) -> str | None:
    """Name where the policy stands that applies where the domain has none of its own (§6.6.3)."""
    organisation = organisational_domain(needs.name)
    return None if organisation == needs.name else f"_dmarc.{organisation}"


def judge_dmarc(record: DnsRecord, seen: Observations) -> Verdict:
    """Judge the policy; any policy will do as long as our mail passes it."""
    answer = seen.of(record.host, "TXT")
    if (none := without_answer(answer)) is not None:
        return none
    found = tuple(text for text in answer.values if is_dmarc(text))
    if not found:
        return _absent(record, seen, answer.values)
    if len(found) != 1:
        return wrong("There are several DMARC records, so receivers ignore all of them: leave only one.", found)
    try:
        policy = parse_dmarc(found[0])
    except DmarcSyntaxError as error:
        return wrong(f"Receivers ignore the record, because {error}: correct it.", found)
    verdict = _judged(policy, seen)
    return Verdict(verdict.status, verdict.explanation, found)


def _absent(record: DnsRecord, seen: Observations, values: tuple[str, ...]) -> Verdict:
    """Judge where the domain itself has no policy: that of the organisation's domain applies."""
    for text in values:
        if "dmarc1" in text.lower():
            return wrong(
                "Receivers do not see the record as DMARC: it has to begin with “v=DMARC1;”, in capitals and "
                "without quotation marks.",
                (text,),
            )
    host = inherited_host(seen.needs)
    if host is None:
        return missing(record)
    above = seen.of(host, "TXT")
    if above.problem is not None:
        return Verdict(
            "unknown", "DNS did not tell whether a policy is inherited: nothing need be done, it is checked again."
        )
    inherited = tuple(text for text in above.values if is_dmarc(text))
    if len(inherited) != 1:
        return missing(record)
    return warning(
        f"The policy of {host.removeprefix('_dmarc.')} applies, and its reports do not reach us: publish "
        "this record to have a policy of your own.",
        inherited,
    )


def _judged(policy: DmarcRecord, seen: Observations) -> Verdict:
    if policy.passed_over:
        return warning(f"Receivers pass over a part of the record, because {policy.passed_over[0]}: correct it.")
    if policy.spf_alignment == "s":
        return warning(
            "aspf=s asks for the very same domain, but bounces come back to bounce."
            f"{seen.needs.name}: take aspf=s out, so that SPF counts as well as DKIM."
        )
    address = report_address(seen.needs)
    if address is None:
        return ok()
    ours = next((each for each in policy.reports if each.address.lower() == address.lower()), None)
    if ours is None:
        return warning(f"The policy is in force, but its reports do not reach us: add mailto:{address} to rua=.")
    if ours.most_octets is not None and ours.most_octets < _SMALL_REPORT_OCTETS:
        return warning(f"Large reports do not reach us, because of the limit behind mailto:{address}: take it out.")
    return _authorised(seen)


def _authorised(seen: Observations) -> Verdict:
    """Judge what stands in our zone: without it, reports on strangers' domains are not sent to us."""
    answer = seen.of(authorisation_host(seen.needs), "TXT")
    if answer.problem is None and not any(is_dmarc(text) for text in answer.values):
        return warning(f"Published, but our report domain does not say that it takes these reports: {OURS}.")
    return ok()
