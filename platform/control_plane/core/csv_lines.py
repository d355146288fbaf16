"""Lines of CSV (RFC 4180) that a spreadsheet takes for text: nothing that a customer wrote becomes a formula."""

import csv
import io
from collections.abc import Iterable

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""OWASP, CSV injection; full-width signs as well, which Excel takes for the same."""


def csv_line(values: Iterable[object]) -> bytes:
    """Write one line, in UTF-8."""
    written = io.StringIO()
    csv.writer(written).writerow([_inert(value) for value in values])
    return written.getvalue().encode()


def _inert(value: object) -> object:
    """Put an apostrophe before what would be taken for a formula; numbers stay numbers."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else value
