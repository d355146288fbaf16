"""Say whether the proof of ownership is published."""

from control_plane.mail_domains.checkup.observations import Observations
from control_plane.mail_domains.checkup.verdict import Verdict, missing, ok, without_answer, wrong
from control_plane.mail_domains.schemas import DnsRecord

_PREFIX = "fleetpost-verification="


def judge_ownership(record: DnsRecord, seen: Observations) -> Verdict:
    """Judge the proof: it must be there exactly; beside it may stand what will."""
    answer = seen.of(record.host, "TXT")
    if (none := without_answer(answer)) is not None:
        return none
    if any(text.strip() == record.value for text in answer.values):
        return ok(found=answer.values)
    if any(text.strip().strip('"').strip() == record.value for text in answer.values):
        return wrong("The value is published with quotation marks around it: publish it without.", answer.values)
    if any(text.startswith(_PREFIX) for text in answer.values):
        return wrong("The proof of another account is published here: add this value beside it.", answer.values)
    return (
        wrong("Another value is published: add this one beside it.", answer.values)
        if answer.values
        else missing(record)
    )
