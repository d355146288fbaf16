"""Why a server refused a mail, from what it said: a pure decision by a table of what servers are known to say."""

import re
import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Final, Literal, TypeAlias

import msgspec

BounceClass: TypeAlias = Literal[
    "invalid_recipient",
    "inactive",
    "mailbox_full",
    "dns",
    "routing",
    "spam_content",
    "too_big",
    "policy",
    "reputation_blocked",
    "auth_failed",
    "rate_limited",
    "protocol",
    "network",
    "unknown",
]
About: TypeAlias = Literal["recipient", "us", "message", "nobody"]
Counts: TypeAlias = Literal["hard", "soft", "no"]


class Verdict(msgspec.Struct, frozen=True):
    """Why it was refused, whose matter that is, and whether it counts against the address."""

    bounce_class: BounceClass
    about: About
    counts: Counts


class _Meaning(msgspec.Struct, frozen=True):
    about: About
    counts: Counts


class _Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"bounce_class": "class"}):
    bounce_class: BounceClass
    phrases: tuple[str, ...]


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    classes: dict[BounceClass, _Meaning]
    rules: tuple[_Rule, ...]
    codes: dict[str, BounceClass]


def _read_table() -> _Table:
    text = (files("control_plane.bounces") / "classes.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), _Table)


_TABLE: Final = _read_table()
_VERDICTS: Final = {name: Verdict(name, each.about, each.counts) for name, each in _TABLE.classes.items()}
_RULES: Final = tuple((_VERDICTS[rule.bounce_class], rule.phrases) for rule in _TABLE.rules)
_CODES: Final = {code: _VERDICTS[name] for code, name in _TABLE.codes.items()}
ABOUT_US: Final = tuple(sorted(name for name, each in _TABLE.classes.items() if each.about == "us"))
"""Refusals that operators can do something about, and recipients cannot."""
ABOUT_RECIPIENTS: Final = tuple(sorted(name for name, each in _TABLE.classes.items() if each.about == "recipient"))
"""Refusals that say how well a sender knows whom it writes to."""
_LONGEST: Final = 600
_REMEMBERED: Final = 4096
_STATUS = re.compile(r"[245]\.(\d{1,3}\.\d{1,3})")
_NOT_WORDS = re.compile(r"[^\s@]{1,64}@\S{1,255}|\b[45]\d\d[ -](?:[45]\.\d{1,3}\.\d{1,3} )?")
"""Addresses, whose names may say anything, and the codes that stand between the lines of one sentence."""


@lru_cache(_REMEMBERED)
def classify(reply: str, dsn: str = "") -> Verdict:
    """Say why a mail was refused, by the server's reply and its enhanced status code (RFC 3463), either may be empty.

    What the reply says in words comes first: codes are used for anything.
    """
    said = reply[:_LONGEST].lower()
    text = _NOT_WORDS.sub("", said.partition(" said: ")[2] or said)  # a server's name may say anything, too
    for verdict, phrases in _RULES:
        for phrase in phrases:
            if phrase in text:
                return verdict
    found = _STATUS.match(dsn) or _STATUS.search(reply[:_LONGEST])
    return _CODES.get(found[1], _VERDICTS["unknown"]) if found else _VERDICTS["unknown"]


def verdict_of(bounce_class: BounceClass) -> Verdict:
    """Give what a class means."""
    return _VERDICTS[bounce_class]
