"""What a line of text must not hold wherever it ends up: in a header, in a map, on a page."""

import re

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")

NOT_ONE_LINE = "No line breaks or other control characters."


def is_one_line(text: str) -> bool:
    """Say whether the text has neither line breaks nor other control characters."""
    return _CONTROL.search(text) is None


def one_line_of(text: str) -> str:
    """Make one line of any text: for what others wrote, and is only to be shown."""
    return _CONTROL.sub(" ", text).encode(errors="replace").decode().strip()
