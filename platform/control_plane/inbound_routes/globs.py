"""Patterns with `*` and `?`, in time that grows with pattern times text and never beyond.

A regular expression of a customer's can take for ever on a text of a stranger's.
"""

MOST_PATTERN = 200
MOST_TEXT = 2000


def fits(pattern: str, text: str) -> bool:
    """Say whether all of a text fits a pattern, whatever the case; of a long text, its first 2,000 characters count."""
    wanted, given = pattern.casefold(), text[:MOST_TEXT].casefold()
    at = here = 0
    star, resume = -1, 0
    while here < len(given):
        if at < len(wanted) and wanted[at] == "*":
            star, resume = at, here
            at += 1
        elif at < len(wanted) and wanted[at] in ("?", given[here]):
            at += 1
            here += 1
        elif star >= 0:  # let the last star take one more
            resume += 1
            at, here = star + 1, resume
        else:
            return False
    return all(sign == "*" for sign in wanted[at:])
