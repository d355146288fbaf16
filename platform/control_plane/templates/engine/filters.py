"""The filters that templates may use, with those of our own in place of what takes too long or means too much."""

from collections.abc import Callable
from datetime import UTC, datetime

from liquid import Undefined
from liquid.exceptions import FilterArgumentError
from markupsafe import Markup

SAFE = frozenset(
    {
        "abs", "append", "at_least", "at_most", "capitalize", "ceil", "compact", "concat", "date", "default",
        "divided_by", "downcase", "escape", "escape_once", "find", "first", "floor", "has", "join", "last", "lstrip",
        "map", "minus", "modulo", "newline_to_br", "plus", "prepend", "reject", "remove", "remove_first",
        "remove_last", "replace", "replace_first", "replace_last", "reverse", "round", "rstrip", "safe", "size",
        "slice", "sort", "sort_natural", "split", "strip", "strip_html", "strip_newlines", "sum", "times", "truncate",
        "truncatewords", "uniq", "upcase", "url_decode", "url_encode", "where",
    }
)  # fmt: skip

_MOST_DATE = 100


def date(value: object, form: object = "%Y-%m-%d") -> str:
    """Write a moment (ISO 8601, seconds since 1970, or `now`), in UTC unless it says otherwise; else leave it alone."""
    if isinstance(value, Undefined) or value is None:
        return ""
    moment, written = _moment(value), str(form)
    if moment is None:
        return str(value)
    if len(written) > _MOST_DATE:
        raise FilterArgumentError(f"a date's form has at most {_MOST_DATE} characters", token=None)
    return moment.strftime(written)


def strip_html(value: object) -> str:
    """Leave tags out."""
    text = "" if value is None else str(value)
    kept, position = [], 0
    while (start := text.find("<", position)) >= 0 and (end := text.find(">", start)) >= 0:
        kept.append(text[position:start])
        position = end + 1
    stripped = "".join([*kept, text[position:]])
    return Markup(stripped) if isinstance(value, Markup) else stripped  # noqa: S704 it was safe before


OWN: dict[str, Callable[..., object]] = {"date": date, "strip_html": strip_html}
"""By name."""


def _moment(value: object) -> datetime | None:
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    text = str(value).strip()
    if text in ("now", "today"):
        return datetime.now(UTC)
    if text.isascii() and text.isdigit() and len(text) < 12:
        return datetime.fromtimestamp(int(text), UTC)
    try:
        read = datetime.fromisoformat(text) if len(text) <= _MOST_DATE else None
    except ValueError:
        return None
    return read if read is None or read.tzinfo else read.replace(tzinfo=UTC)
