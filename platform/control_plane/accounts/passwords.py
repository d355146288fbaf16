"""What a password must be: long, and none that is guessed first; which characters it has is nobody's business.

That is NIST SP 800-63B §3.1.1. What is guessed first stands in the lists that ship with zxcvbn, so nobody is asked.
"""

import re
import unicodedata
from functools import cache

from zxcvbn.frequency_lists import FREQUENCY_LISTS

from control_plane.core.errors import FieldError

LENGTH_MIN, LENGTH_MAX = 12, 1000

_SITE = ("fleetpost",)
_FEWEST_CHARACTERS = 4
_EDGES = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_WORD = re.compile(r"[^\W\d_]{4,}")
_RUNS = "01234567890 abcdefghijklmnopqrstuvwxyz qwertyuiopasdfghjklzxcvbnm qwertzuiopasdfghjklyxcvbnm"
_RUN_MIN = 8

_SHORT = f"Use at least {LENGTH_MIN} characters: four words that have nothing to do with each other are good."
_LONG = f"Use at most {LENGTH_MAX} characters."
_COMMON = "This is one of the passwords that are tried first, or nearly one: choose one of your own."
_PERSONAL = "This is little more than your name, your address or ours: choose something that nobody can look up."
_MONOTONE = "This repeats itself or follows the keyboard: choose something less even."


def errors_of(password: str, *about: str, path: str = "password") -> list[FieldError]:
    """List what is wrong with a password; `about` is what others know of the person: address, name."""
    sentence = weakness(password, *about)
    return [FieldError(path, sentence)] if sentence else []


def weakness(password: str, *about: str) -> str:
    """Say in a sentence what is wrong with a password; empty when it is good."""
    if len(password) > LENGTH_MAX:
        return _LONG
    plain = unicodedata.normalize("NFKC", password).casefold()
    if len(plain.strip()) < LENGTH_MIN:
        return _SHORT
    core = _unit(_EDGES.sub("", plain)) or plain
    if {plain, core, _unit(plain)} & _tried_first():
        return _COMMON
    if len(set(plain)) < _FEWEST_CHARACTERS or len(_unit(plain)) < _FEWEST_CHARACTERS or _is_run(plain):
        return _MONOTONE
    return _PERSONAL if _is_personal(plain, about) else ""


@cache
def _tried_first() -> frozenset[str]:
    """Give the breached and common passwords and words that ship with zxcvbn, about 90,000."""
    return frozenset(word for words in FREQUENCY_LISTS.values() for word in words)


def _unit(text: str) -> str:
    """Give what a text repeats: `abc` of `abcabcabc`, or the text."""
    size = (text + text).find(text, 1) if text else 0
    return text[:size]


def _is_run(plain: str) -> bool:
    """Say whether most of it follows the alphabet, the digits or the keyboard, either way round."""
    runs = (_RUNS, _RUNS[::-1])
    starts = range(max(len(plain) - _RUN_MIN + 1, 0))
    covered = {
        at + i for at in starts if any(plain[at : at + _RUN_MIN] in run for run in runs) for i in range(_RUN_MIN)
    }
    return len(plain) - len(covered) < _FEWEST_CHARACTERS


def _is_personal(plain: str, about: tuple[str, ...]) -> bool:
    """Say whether little is left once the words that others know are taken out."""
    left = plain
    for word in sorted({word for text in (*about, *_SITE) for word in _known(text.casefold())}, key=len)[::-1]:
        left = left.replace(word, "")
    letters = re.sub(r"[\W\d_]", "", left)
    return left != plain and len(letters) < _RUN_MIN


def _known(text: str) -> set[str]:
    """Give what others know by a text: all of it, both sides of an address, its words; nothing that is very short."""
    return {part for part in (text, *text.split("@"), *_WORD.findall(text)) if len(part) >= _FEWEST_CHARACTERS}
