"""What is said of a record: how it stands, one sentence on what to do, and what was found."""

import msgspec

from control_plane.mail_domains.resolver import LOOP, Answer
from control_plane.mail_domains.schemas import DnsRecord, RecordStatus

PUBLISHED = "Published."
OURS = "this is ours to repair, nothing need be done on your side"


class Verdict(msgspec.Struct, frozen=True):
    """One record, judged."""

    status: RecordStatus
    explanation: str
    found: tuple[str, ...] = ()


def ok(explanation: str = PUBLISHED, found: tuple[str, ...] = ()) -> Verdict:
    """All is well."""
    return Verdict("ok", explanation, found)


def warning(explanation: str, found: tuple[str, ...] = ()) -> Verdict:
    """It works, and could be better."""
    return Verdict("warning", explanation, found)


def wrong(explanation: str, found: tuple[str, ...] = ()) -> Verdict:
    """It does harm, or does nothing."""
    return Verdict("wrong", explanation, found)


def missing(record: DnsRecord, explanation: str | None = None) -> Verdict:
    """There is no such record."""
    return Verdict("missing", explanation or f"No such record: publish it as {record.type} at {record.host}.")


def without_answer(answer: Answer) -> Verdict | None:
    """Judge an answer that is none; None if it is one."""
    if answer.problem is None:
        return None
    if answer.problem == LOOP:
        return wrong("The aliases (CNAME) of this name lead in a circle: remove them.", answer.aliases)
    return Verdict(
        "unknown", f"DNS gave no answer ({answer.problem}): it is checked again; if this lasts, ask your DNS host."
    )


def shown(text: str, most: int = 120) -> str:
    """Shorten what somebody published, for a sentence."""
    return text if len(text) <= most else f"{text[:most]}…"
