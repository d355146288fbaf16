"""Say whether the domain's logo can be shown (BIMI, draft-brand-indicators-for-message-identification)."""

from urllib.parse import urlsplit

from control_plane.mail_domains.checkup.dmarc_record import DmarcSyntaxError, is_dmarc, parse_dmarc
from control_plane.mail_domains.checkup.observations import Observations
from control_plane.mail_domains.checkup.tags import TagSyntaxError, has_version, parse_tags
from control_plane.mail_domains.checkup.verdict import Verdict, missing, ok, warning, without_answer, wrong
from control_plane.mail_domains.schemas import DnsRecord


def judge_bimi(record: DnsRecord, seen: Observations) -> Verdict:
    """Judge the record of a logo."""
    answer = seen.of(record.host, "TXT")
    if (none := without_answer(answer)) is not None:
        return none
    found = tuple(text for text in answer.values if has_version(text, "BIMI1"))
    if not found:
        return missing(record, "No logo (BIMI) is published: nothing need be done.")
    if len(found) != 1:
        return wrong("There are several BIMI records, so none is used: leave only one.", found)
    try:
        verdict = _judged(parse_tags(found[0]), seen)
    except TagSyntaxError as error:
        return wrong(f"The BIMI record cannot be read, because {error}: correct it.", found)
    return Verdict(verdict.status, verdict.explanation, found)


def _judged(tags: dict[str, str], seen: Observations) -> Verdict:
    logo, evidence = tags.get("l", ""), tags.get("a", "")
    if not logo and not evidence:
        return ok("The domain says that it has no logo.")
    if not _is_https(logo) or not logo.lower().partition("?")[0].endswith(".svg"):
        return wrong("The logo (l=) has to be an SVG file at an https address: correct it.")
    if evidence and not _is_https(evidence):
        return wrong("The certificate of the logo (a=) has to be at an https address: correct it.")
    if not _is_enforced(seen):
        return warning(
            "The logo is shown only when the DMARC policy is quarantine or reject for all mail: make the "
            "policy stricter when the reports say that it is safe."
        )
    if not evidence:
        return warning("Published, but many mail programs show a logo only with a certificate for it (a=).")
    return ok()


def _is_https(text: str) -> bool:
    try:
        url = urlsplit(text)
    except ValueError:
        return False
    return url.scheme == "https" and bool(url.hostname)


def _is_enforced(seen: Observations) -> bool:
    texts = [text for text in seen.of(f"_dmarc.{seen.needs.name}", "TXT").values if is_dmarc(text)]
    try:
        return bool(texts) and (policy := parse_dmarc(texts[0])).policy != "none" and policy.percent == 100
    except DmarcSyntaxError:
        return False
