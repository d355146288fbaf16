"""Bounces in the own words of servers that follow no standard, as flufl.bounce knows them."""

import re
from email.message import Message

from flufl.bounce import all_failures

from control_plane.bounces.reading.kinds import Returned
from control_plane.bounces.reading.text import line

_SAID = re.compile(r"\b[45]\d\d[ #(-]|\b[45]\.\d{1,3}\.\d{1,3}\b")
_CODE = re.compile(r"\b([45]\.\d{1,3}\.\d{1,3})\b")
_LONGEST_LINE = 500
_LONGEST_WORDS = 600


def read_odd(mail: Message, text: str) -> Returned | None:
    """Read a bounce that only its writer's software tells the form of; None if it is none that is known."""
    temporary, permanent = all_failures(mail)
    if permanent:
        return in_own_words(text)
    return Returned(kind="delayed", reply=_reason(text)) if temporary else None


def in_own_words(text: str) -> Returned:
    """Take the sentence in which a code stands for the reason, or else how the text begins."""
    reply = _reason(text)
    code = _CODE.search(reply)
    return Returned(kind="failed", dsn=code[1] if code else "", reply=reply)


def _reason(text: str) -> str:
    lines = [each[:_LONGEST_LINE] for each in text.partition("\n\n")[2].splitlines()]
    said = next((each for each in lines if _SAID.search(each)), None)
    return line("\n".join(lines)[:_LONGEST_WORDS] if said is None else said)
