"""Text as words that are the same however it was written: in any case, with or without accents, in any script.

Scripts without spaces between words are cut into pairs of characters, so that any two that stand together are found.
"""

import re
import unicodedata
from collections.abc import Iterator
from itertools import islice

WORDS_MAX = 64
"""How many different words of a text count; nobody reads a longer subject."""
_LONGEST = 40

_ASCII_WORD = re.compile(r"[a-z0-9]+")
_ACCENTS = re.compile("[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f\u0670]")
_UNSPACED = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff]+)"
)
"""Thai, Lao, Burmese, Khmer, Japanese, Chinese."""


def words_of(text: str) -> list[str]:
    """Give the different words of a text in their order, at most `WORDS_MAX`."""
    return list(islice(dict.fromkeys(_words(folded(text))), WORDS_MAX))


def folded(text: str) -> str:
    """Give a text without what does not tell words apart: case, accents, points, width."""
    if text.isascii():
        return text.lower()
    taken_apart = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize("NFC", _ACCENTS.sub("", taken_apart))


def _words(text: str) -> Iterator[str]:
    if text.isascii():
        found: list[str] = _ASCII_WORD.findall(text)
        yield from (word[:_LONGEST] for word in found)
        return
    for spaced in "".join(each if _is_of_a_word(each) else " " for each in text).split():
        for place, run in enumerate(_UNSPACED.split(spaced)):
            if place % 2:
                yield from _pairs(run)
            elif run:
                yield run[:_LONGEST]


def _is_of_a_word(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character).startswith("M")


def _pairs(run: str) -> Iterator[str]:
    if len(run) == 1:
        yield run
    yield from (run[place : place + 2] for place in range(len(run) - 1))
