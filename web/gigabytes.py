"""Storage as people type it: gigabytes with a fraction where there is one, so that saving a form changes nothing."""

import re
from decimal import Decimal

_OCTETS = 10**9
_GROUPED = re.compile(r"[0-9]{1,3}(,[0-9]{3})+")
_PLAIN = re.compile(r"[0-9]{1,8}([.,][0-9]{1,9})?")


def shown(octets: int) -> str:
    """Write octets as gigabytes, exactly: `5`, `0.5`."""
    whole, rest = divmod(octets, _OCTETS)
    return f"{whole}.{rest:09}".rstrip("0") if rest else str(whole)


def read(typed: str) -> int | None:
    """Read gigabytes as octets: `5`, `1,000`, `0.5` or `0,5`; None where it is no such number."""
    text = "".join(typed.split())
    if _GROUPED.fullmatch(text):
        text = text.replace(",", "")
    if _PLAIN.fullmatch(text) is None:
        return None
    return int(Decimal(text.replace(",", ".")) * _OCTETS)
