"""Say what senders are told of encryption on the way to us: MTA-STS (RFC 8461), reports on it (RFC 8460)."""

from control_plane.mail_domains.checkup.mta_sts_policy import (
    MtaStsPolicy,
    PolicySyntaxError,
    covers,
    parse_announcement,
    parse_policy,
)
from control_plane.mail_domains.checkup.needs import report_address
from control_plane.mail_domains.checkup.observations import Observations
from control_plane.mail_domains.checkup.tags import TagSyntaxError, has_version, parse_tags
from control_plane.mail_domains.checkup.verdict import (
    Verdict,
    missing,
    ok,
    shown,
    warning,
    without_answer,
    wrong,
)
from control_plane.mail_domains.checkup.verdicts.mx import exchangers
from control_plane.mail_domains.schemas import DnsRecord

_SHORT_AGE_SECONDS = 86_400


def judge_mta_sts(record: DnsRecord, seen: Observations) -> Verdict:
    """Judge the announcement and the policy behind it."""
    answer = seen.of(record.host, "TXT")
    if (none := without_answer(answer)) is not None:
        return none
    found = tuple(text for text in answer.values if has_version(text, "STSv1"))
    if not found:
        return missing(record) if not answer.values else wrong("Another value is published: replace it.", answer.values)
    if len(found) != 1:
        return wrong("There are several such records, so senders ignore all of them: leave only one.", found)
    try:
        policy_id = parse_announcement(found[0])
    except PolicySyntaxError as error:
        return wrong(f"Senders ignore the record, because {error}: replace it with this value.", found)
    verdict = _policy(seen, is_current=policy_id == parse_announcement(record.value))
    return Verdict(verdict.status, verdict.explanation, found)


def _policy(seen: Observations, *, is_current: bool) -> Verdict:
    """Judge what senders get over HTTPS."""
    fetched, verdict = seen.policy, ok()
    if fetched is not None and fetched.problem:
        return Verdict("unknown", f"The policy could not be fetched ({fetched.problem}): it is checked again.")
    if fetched is not None and fetched.flaw:
        return wrong(
            f"Senders get no policy, because {shown(fetched.flaw)}: point mta-sts.{seen.needs.name} to "
            f"{seen.needs.platform.site_host} as its record says; the rest is up to us."
        )
    if fetched is not None:
        try:
            verdict = _content(parse_policy(fetched.text), seen)
        except PolicySyntaxError as error:
            return wrong(f"Senders ignore the policy, because {error}: let mta-sts.{seen.needs.name} lead to us.")
    if verdict.status == "ok" and not is_current:
        return warning("The policy has changed since: publish this value, so that senders fetch it anew.")
    return verdict


def _content(policy: MtaStsPolicy, seen: Observations) -> Verdict:
    hosts = [each.host for each in exchangers(seen.of(seen.needs.name, "MX").values)]
    if policy.mode == "none":
        return warning("The policy asks senders for nothing (mode: none): set another mode when you are ready.")
    outside = [host for host in hosts if host and not covers(policy, host)]
    if outside and policy.mode == "enforce":
        return wrong(
            f"Senders refuse to deliver to {shown(outside[0], 80)}, because the policy does not name it: "
            "remove it from the MX records, or set the mode to testing."
        )
    if outside:
        return warning(
            f"The policy does not name {shown(outside[0], 80)}: remove it from the MX records before "
            "the mode becomes enforce."
        )
    if policy.max_age_seconds < _SHORT_AGE_SECONDS:
        return warning("Senders forget the policy within a day (max_age): let it be a week or more.")
    if policy.mode == "testing":
        return ok("Published: senders test the policy, and do not yet insist on it.")
    return ok("Published: senders insist on encryption.")


def judge_tls_rpt(record: DnsRecord, seen: Observations) -> Verdict:
    """Judge where senders report failures of encryption to."""
    answer = seen.of(record.host, "TXT")
    if (none := without_answer(answer)) is not None:
        return none
    found = tuple(text for text in answer.values if has_version(text, "TLSRPTv1"))
    if not found:
        return missing(record) if not answer.values else wrong("Another value is published: replace it.", answer.values)
    if len(found) != 1:
        return wrong("There are several such records, so senders ignore all of them: leave only one.", found)
    try:
        addresses = [uri.strip().lower() for uri in parse_tags(found[0]).get("rua", "").split(",")]
    except TagSyntaxError as error:
        return wrong(f"Senders ignore the record, because {error}: replace it with this value.", found)
    if not any(uri.startswith(("mailto:", "https:")) for uri in addresses):
        return wrong("The record names nobody to report to (rua=): replace it with this value.", found)
    if f"mailto:{report_address(seen.needs)}".lower() not in addresses:
        return warning("Published, but the reports do not reach us: add our address to rua=.", found)
    return ok(found=found)
