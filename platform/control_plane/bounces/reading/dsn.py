"""Delivery status notifications (RFC 3464), read without taking the mail apart: no MIME in it can be of any harm.

What is looked for is the first part `message/delivery-status`; it is plain ASCII, and stands before the mail that is
given back.
"""

import re

from control_plane.bounces.reading.kinds import Kind, Returned
from control_plane.bounces.reading.text import line, unfolded

_PART = re.compile(r"^content-type:\s{0,9}message/(?:global-)?delivery-status\b", re.IGNORECASE | re.MULTILINE)
_LONGEST_PART = 32_000
_MOST_GROUPS = 100
_BOUNDARY = "\n--"
_FIELD = re.compile(r"^([A-Za-z-]{1,40}):[ \t]*(.*)$", re.MULTILINE)
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_KINDS: dict[str, Kind] = {
    "failed": "failed",
    "delayed": "delayed",
    "delivered": "arrived",
    "relayed": "arrived",
    "expanded": "arrived",
}
_BY_CLASS: dict[str, Kind] = {"5": "failed", "4": "delayed", "2": "arrived"}

_Fields = dict[str, str]


def read_dsn(text: str) -> Returned | None:
    """Read the notification in a mail; None if there is none.

    A mail of ours has one recipient: of several in a notification, as from a forwarder, the first that failed counts.
    """
    groups = _groups(text)
    of_message = next((group for group in groups if "reporting-mta" in group), {})
    found = [each for group in groups if (each := _recipient(group, of_message)) is not None]
    return next((each for each in found if each.kind == "failed"), found[0] if found else None)


def _groups(text: str) -> list[_Fields]:
    """Give the fields of each group; groups are parted by empty lines."""
    part = _PART.search(text)
    if part is None:
        return []
    _, _, body = text[part.start() : part.start() + _LONGEST_PART].partition("\n\n")
    body = unfolded(("\n" + body).partition(_BOUNDARY)[0])
    groups = re.split(r"\n[ \t]*\n", body, maxsplit=_MOST_GROUPS)[:_MOST_GROUPS]
    return [{name.lower(): value.strip() for name, value in _FIELD.findall(group)} for group in groups]


def _recipient(group: _Fields, of_message: _Fields) -> Returned | None:
    status = _STATUS.search(group.get("status", ""))
    action = group.get("action", "").partition(" ")[0].lower()
    kind = _KINDS.get(action) or (_BY_CLASS[status[0][0]] if status else None)
    if kind is None:
        return None
    return Returned(
        kind=kind,
        dsn=status[0] if status else "",
        reply=line(_after_type(group.get("diagnostic-code", ""))),
        reporter=line(_after_type(group.get("remote-mta", "") or of_message.get("reporting-mta", "")), 255),
    )


def _after_type(value: str) -> str:
    """Leave out the kind of the value, as `smtp;` or `dns;` (RFC 3464 §2.1.2)."""
    kind, found, rest = value.partition(";")
    return rest.strip() if found and " " not in kind.strip() else value
