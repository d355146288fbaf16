"""Say what a domain's SPF record does for us."""

from control_plane.mail_domains.checkup.observations import Observations
from control_plane.mail_domains.checkup.spf.evaluate import MOST_LOOKUPS, Evaluation
from control_plane.mail_domains.checkup.spf.survey import SpfSurvey
from control_plane.mail_domains.checkup.spf.terms import is_spf
from control_plane.mail_domains.checkup.verdict import (
    OURS,
    Verdict,
    missing,
    ok,
    shown,
    warning,
    without_answer,
    wrong,
)
from control_plane.mail_domains.schemas import DnsRecord

_NEARLY = 9
_UNEVALUATED = "DNS did not tell all that the record refers to: nothing need be done, it is checked again."


def judge_spf(record: DnsRecord, seen: Observations) -> Verdict:
    """Judge an SPF record, which may have more in it than ours."""
    answer = seen.of(record.host, "TXT")
    if (none := without_answer(answer)) is not None:
        return none
    found = tuple(text for text in answer.values if is_spf(text))
    if not found:
        return _absent(record, answer.values)
    if len(found) != 1:
        return wrong("There are several SPF records, so receivers ignore all of them: merge them into one.", found)
    survey = seen.spf.get(record.host)
    if survey is None:
        return Verdict("unknown", _UNEVALUATED, found)
    status = _judged(survey, found[0], seen.needs.platform.spf_include.lower())
    return Verdict(status.status, status.explanation, found)


def _absent(record: DnsRecord, values: tuple[str, ...]) -> Verdict:
    """Judge where there is no record, or something that was meant as one."""
    for text in values:
        if text.strip(' "').lower().startswith(("v=spf", "spf1", "spf2.0/")):
            return wrong(
                "This is meant to be an SPF record, but receivers do not see it as one: it has to begin "
                "with “v=spf1 ”, without quotation marks.",
                (text,),
            )
    return missing(record)


def _judged(survey: SpfSurvey, text: str, include: str) -> Verdict:
    ours = [evaluation for _, evaluation in survey.ours] or [survey.stranger]
    failed = next((each for each in (*ours, survey.stranger) if each.result == "temperror"), None)
    error = next((each for each in ours if each.result == "permerror"), None)
    if error is not None:
        return _with_error(error, include)
    if failed is not None:
        return Verdict("unknown", _UNEVALUATED)
    if survey.stranger.result == "pass":
        return warning(
            f"“{shown(survey.stranger.matched, 40)}” lets the whole world send in your name: let the "
            "record end in “-all” or “~all”."
        )
    if not survey.ours:
        return _named(survey.stranger, text, include)
    if all(each.result == "pass" for each in ours):
        return _passing(survey)
    return _refused(next(each for each in ours if each.result != "pass"), text, include)


def _with_error(error: Evaluation, include: str) -> Verdict:
    is_ours = error.domain.lower() == include or error.reason == f"include:{include} leads to no SPF record"
    if is_ours:
        return warning(f"Your record names us, but our own list of addresses cannot be read: {OURS}.")
    if "look-ups" in error.reason:
        return wrong(
            f"Receivers give up on the record, because {error.reason}: take out senders that you no longer "
            "use, or name their addresses instead."
        )
    return wrong(f"Receivers ignore the record of {error.domain}, because {shown(error.reason)}: correct it.")


def _passing(survey: SpfSurvey) -> Verdict:
    stranger = survey.stranger
    if stranger.result == "permerror":
        return warning(
            f"It names us, but what stands further behind is never read, because {shown(stranger.reason)}: shorten it."
        )
    through = survey.ours[0][1].matched
    if stranger.lookups >= _NEARLY:
        return warning(
            f"It authorises us by “{shown(through, 80)}”, with {stranger.lookups} of the {MOST_LOOKUPS} DNS "
            "look-ups that receivers allow: take out senders that you no longer use."
        )
    if stranger.result == "neutral":
        return warning(
            f"It authorises us by “{shown(through, 80)}”, but says nothing of everybody else: let it end in "
            "“-all” or “~all”."
        )
    return ok(f"Published: it authorises us by “{shown(through, 80)}”.")


def _named(stranger: Evaluation, text: str, include: str) -> Verdict:
    """Judge by the names alone where no sending address is known."""
    if include in stranger.included and not _weakened(text, include):
        return ok()
    return _refused(stranger, text, include)


def _refused(evaluation: Evaluation, text: str, include: str) -> Verdict:
    words = text.lower().split(" ")
    if weak := _weakened(text, include):
        return wrong(f"“{weak}” takes us in only half: write include:{include} without the sign before it.")
    if f"include:{include}" in words or f"redirect={include}" in words:
        if include in evaluation.included:
            return warning(f"Your record names us, but our own list lacks an address: {OURS}.")
        return wrong(
            f"include:{include} stands behind “{shown(evaluation.matched, 40)}”, where it is not read: move "
            "it to the front."
        )
    if include in evaluation.included:
        return warning(f"Your record names us, but our own list lacks an address: {OURS}.")
    return wrong(f"Your SPF record does not name us: add include:{include} to it, before its last word.")


def _weakened(text: str, include: str) -> str | None:
    """Find our name with a sign before it that takes its power away."""
    return next(
        (word for word in text.lower().split(" ") if word[1:] == f"include:{include}" and word[0] in "?~-"), None
    )
