"""The language of the one search box: words, addresses and ids as they are, everything else behind an operator.

invoice to:@acme.test status:bounced reply:"user unknown" after:7d
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime

import msgspec

from control_plane.core.errors import FieldError, Invalid
from control_plane.core.languages import mark
from control_plane.messages.schemas import Filters
from control_plane.messages.search.asked import Asked, Asking, ask_at, of_filters

_MOST_PARTS = 20
_PART = re.compile(
    r"""(?:(?P<operator>[A-Za-z]+):(?=[^\s]))?  # with a value right behind it
        (?:"(?P<quoted>[^"]*)"?|(?P<plain>\S+))""",
    re.VERBOSE,
)


class Operator(msgspec.Struct, frozen=True):
    """Something that can be asked for, as the help shows it."""

    name: str
    example: str
    meaning: str


OPERATORS = (
    Operator("to", "to:ann@acme.test", mark("Recipient: a whole address, everybody at @acme.test, or ann@ anywhere")),
    Operator("from", "from:@acme.test", mark("Sender, likewise")),
    Operator("subject", 'subject:"your invoice"', mark("Words of the subject, in any order")),
    Operator("status", "status:bounced", mark("How a recipient’s copy fared")),
    Operator("reply", 'reply:"user unknown"', mark("What the other server said when it refused or put off a mail")),
    Operator("tag", "tag:order", mark("A tag, as it was given")),
    Operator("metadata", "metadata:order=1", mark("An entry of the metadata")),
    Operator("stream", "stream:broadcast", mark("Transactional or broadcast mail")),
    Operator("sandbox", "sandbox:only", mark("Messages of which nothing goes out")),
    Operator("after", "after:7d", mark("Accepted since a day or moment, or so long ago at most")),
    Operator("before", "before:2026-11-22", mark("Accepted before a day or moment")),
    Operator("id", "id:msg_…", mark("Any id: of a message or delivery, its Message-ID, or a node’s queue ID")),
)
_ALSO = {"recipient": "to", "sender": "from", "is": "status", "since": "after", "until": "before", "meta": "metadata"}


class Part(msgspec.Struct, frozen=True):
    """One thing that the box asks for."""

    written: str
    operator: str
    text: str
    is_quoted: bool


def asked_by(filters: Filters, now: datetime) -> Asked:
    """Read what a list's parameters, the box among them, ask for; raises `Invalid` with what is not understood."""
    asking = Asking(now)
    of_filters(filters, asking)
    ask_at("query", lambda _: None, filters.query or "")  # neither too long nor with NUL
    for part in parts_of(filters.query or ""):
        ask_at("query", _way(asking, part), part.text)
    return asking.asked()


def parts_of(text: str) -> Iterator[Part]:
    """Take a query apart; raises `Invalid` where there are too many."""
    found = list(_PART.finditer(text.replace("“", '"').replace("”", '"')))
    if len(found) > _MOST_PARTS:
        raise Invalid(errors=(FieldError("query", f"At most {_MOST_PARTS} parts; these are {len(found)}."),))
    for each in found:
        quoted = each["quoted"]
        yield Part(
            written=each[0],
            operator=(each["operator"] or "").lower(),
            text=each["plain"] if quoted is None else quoted,
            is_quoted=quoted is not None,
        )


def _way(asking: Asking, part: Part) -> Callable[[str], None]:
    ways: dict[str, Callable[[str], None]] = {
        "to": asking.recipient,
        "from": asking.sender,
        "subject": asking.subject,
        "status": asking.status,
        "reply": asking.reply,
        "tag": asking.tag,
        "metadata": asking.metadata,
        "stream": asking.stream,
        "sandbox": asking.sandbox,
        "after": asking.since,
        "before": asking.until,
        "id": asking.identified,
    }
    if part.operator:
        known = ways.get(_ALSO.get(part.operator, part.operator))
        if known is None:
            words = ", ".join(f"{each.name}:" for each in OPERATORS)
            message = f"There is no “{part.operator}:”. There are {words}. Text with a colon goes into quotes."
            raise Invalid(errors=(FieldError("query", message),))
        return known
    return asking.subject if part.is_quoted else _bare(asking, part.text)


def _bare(asking: Asking, text: str) -> Callable[[str], None]:
    """Tell ids and addresses from words."""
    if asking.by_id(text):
        return lambda _: None
    if text.startswith("<") and text.endswith(">"):
        return asking.identified
    return asking.anybody if "@" in text else asking.words
