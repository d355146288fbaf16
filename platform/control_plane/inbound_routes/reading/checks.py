"""What our own checks found out about a mail, as Rspamd on the node wrote it above it."""

import re
from collections.abc import Mapping

import msgspec

HEADER = "x-fleetpost-checks"
_ENTRY = re.compile(r"([A-Za-z0-9_]{1,100})=(-?\d{1,7}\.\d\d)")
_MOST = 500
_SCORE = "score"

_SPF = {
    "R_SPF_ALLOW": "pass",
    "R_SPF_FAIL": "fail",
    "R_SPF_SOFTFAIL": "softfail",
    "R_SPF_NEUTRAL": "neutral",
    "R_SPF_DNSFAIL": "temperror",
    "R_SPF_PERMFAIL": "permerror",
}
_DKIM = {
    "R_DKIM_ALLOW": "pass",
    "R_DKIM_REJECT": "fail",
    "R_DKIM_TEMPFAIL": "temperror",
    "R_DKIM_PERMFAIL": "permerror",
}
_DMARC = {
    "DMARC_POLICY_ALLOW": "pass",
    "DMARC_POLICY_ALLOW_WITH_FAILURES": "pass",
    "DMARC_POLICY_REJECT": "fail",
    "DMARC_POLICY_QUARANTINE": "fail",
    "DMARC_POLICY_SOFTFAIL": "fail",
    "DMARC_DNSFAIL": "temperror",
    "DMARC_BAD_POLICY": "permerror",
}
_ARC = {"ARC_ALLOW": "pass", "ARC_REJECT": "fail", "ARC_INVALID": "permerror", "ARC_DNSFAIL": "temperror"}


class Checks(msgspec.Struct, frozen=True, kw_only=True):
    """Spam and authentication; `none`: there was nothing to check, or it was not checked."""

    score: float | None = None
    symbols: Mapping[str, float] = {}
    spf: str = "none"
    dkim: str = "none"
    dmarc: str = "none"
    arc: str = "none"


def understood(value: str) -> Checks:
    """Read the header's value; empty: it was not checked."""
    found = {name: float(number) for name, number in _ENTRY.findall(value)[:_MOST]}
    score = found.pop(_SCORE, None)
    return Checks(
        score=score,
        symbols=found,
        spf=_result(_SPF, found),
        dkim=_result(_DKIM, found),
        dmarc=_result(_DMARC, found),
        arc=_result(_ARC, found),
    )


def _result(words: Mapping[str, str], found: Mapping[str, float]) -> str:
    return next((word for symbol, word in words.items() if symbol in found), "none")
