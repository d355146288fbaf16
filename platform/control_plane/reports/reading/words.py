"""Text out of a report, made fit to be stored and shown: one line, of a bounded length."""

import re
from datetime import UTC, datetime, timedelta
from ipaddress import IPv6Address, ip_address

from control_plane.reports.reading.refusal import Unreadable

_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
LONGEST = 253
_NAME = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?")
_MOST_COUNTED = 10**9
_OLDEST = timedelta(days=400)
_EARLIEST = timedelta(days=2)
_MILLISECONDS = 10**11
"""A Unix time beyond this was meant in milliseconds: in seconds, it would be the year 5138."""


def line(text: str | None, longest: int = LONGEST) -> str:
    """Give the text on one line, shortened."""
    return _UNFIT.sub(" ", (text or "")[: 4 * longest]).strip()[:longest]


def domain(text: str | None) -> str:
    """Give a domain name in the stored form, A-labels in lower case; empty for what is none."""
    name = line(text).lower().rstrip(".")
    if not name.isascii():
        try:
            name = name.encode("idna").decode()
        except UnicodeError:
            return ""
    return name if _NAME.fullmatch(name) else ""


def address(text: str | None) -> str | None:
    """Give an IP address as it is written shortest; None for what is none."""
    try:
        found = ip_address(line(text).strip("[]"))
    except ValueError:
        return None
    if isinstance(found, IPv6Address):
        if found.scope_id:
            return None
        return str(found.ipv4_mapped or found)
    return str(found)


def count(text: str | None) -> int | None:
    """Give a number of messages; None for what is none, or cannot be true."""
    digits = line(text, 20)
    if not (digits.isascii() and digits.isdigit()):
        return None
    number = int(digits)
    return number if number <= _MOST_COUNTED else None


def moment(text: str | None, now: datetime) -> datetime:
    """Read a Unix time or an RFC 3339 one of the last 400 days; raises `Unreadable`."""
    try:
        at = _moment(line(text, 40))
    except (ValueError, OverflowError) as error:
        raise Unreadable("The report does not say what time it is about.") from error
    if not now - _OLDEST <= at <= now + _EARLIEST:
        raise Unreadable("The report is about a time long ago, or one that has not come yet.")
    return at


def _moment(text: str) -> datetime:
    if re.fullmatch(r"\d{1,16}(\.\d*)?", text, re.ASCII):
        seconds = float(text)
        return datetime.fromtimestamp(seconds / 1000 if seconds > _MILLISECONDS else seconds, UTC)
    at = datetime.fromisoformat(text)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
