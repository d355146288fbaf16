"""Text for readers without HTML, from HTML: one pass over its tags, so that nothing in it can take long or go deep.

There is no tree: one can be made to grow far beyond what it is made of (HTML Standard §13.2.4.3, active formatting
elements), and text needs none. What browsers would draw differently is not our concern; that every word and every link
is there is.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from html import unescape
from typing import TypeAlias

_MOST_READ = 512 * 1024
"""Mail clients show less: Gmail cuts at 102 KB."""
_MOST_REMEMBERED = 128 * 1024

_TAG = re.compile(r"<(/?[a-zA-Z][a-zA-Z0-9:-]*+)((?:[^>\"']++|\"[^\"]*+\"|'[^']*+')*+)>")
_UNQUOTED_TAG = re.compile(r"<(/?[a-zA-Z][a-zA-Z0-9:-]*+)([^>]*+)>")
_ATTRIBUTE = r"""(?:^|[\s"'/]){}\s*+=\s*+(?:"(?P<double>[^"]*+)"|'(?P<single>[^']*+)'|(?P<bare>[^\s"'>]++))"""
_HREF, _ALT = (re.compile(_ATTRIBUTE.format(name), re.IGNORECASE) for name in ("href", "alt"))
_LINK = re.compile(r"(?:https?://|tel:)\S++|mailto:(?P<address>[^\s?]++)\S*+", re.IGNORECASE)
_ENDLESS_NUMBER = re.compile(r"&#x?[0-9a-f]{9,}+;?", re.IGNORECASE)
_ENDS = {
    name: re.compile(rf"</{name}\b[^>]*+>?", re.IGNORECASE)
    for name in ("script", "style", "title", "template", "textarea", "noframes", "xmp", "iframe", "noembed")
}
"""What browsers do not read tags in, or do not show."""

_LINES = (
    "address article aside body caption center dd details dialog dir div dl dt fieldset figcaption figure footer form "
    "header hr html legend li main menu nav ol section summary table tbody tfoot thead tr ul"
)
_PARAGRAPHS = "blockquote h1 h2 h3 h4 h5 h6 p pre"
_BREAKS = {name: lines for lines, names in ((1, _LINES), (2, _PARAGRAPHS)) for name in names.split()}
"""Elements that stand on lines of their own, by how many line breaks are around them."""
_HEEDED = frozenset({*_BREAKS, "a", "br", "img", "td", "th"})

_Tag: TypeAlias = tuple[str, str]
"""Its name, after a slash if it ends something, and its attributes."""


def plain_text(html: str) -> str:
    """Write what a piece of HTML says as text, with its links' addresses; of very much, the beginning."""
    return _usual_text(html) if len(html) <= _MOST_REMEMBERED else _text(html[:_MOST_READ])


def _text(html: str) -> str:
    writer = _Writer()
    for piece in _pieces(html):
        if isinstance(piece, str):
            writer.words(_read(piece))
        else:
            writer.tag(*piece)
    return writer.result()


_usual_text = lru_cache(maxsize=32)(_text)
"""Whoever writes to many often writes them the same."""


def _pieces(html: str) -> Iterator[str | _Tag]:
    """Cut HTML into text and tags, each character looked at a few times whatever stands there."""
    at, quotes_count = 0, True
    while (start := html.find("<", at)) >= 0:
        if start > at:
            yield html[at:start]
        if html.startswith("<!--", start):
            at = html.find("-->", start + 4) + 3
            if at < 3:  # no end: all of it is a comment
                return
            continue
        tag = (_TAG if quotes_count else _UNQUOTED_TAG).match(html, start)
        if tag is None and quotes_count and _opens(html, start):
            quotes_count = False  # a quote that nobody closes: from here on, none is looked at
            tag = _UNQUOTED_TAG.match(html, start)
        if tag is None:
            at = _after_no_tag(html, start)
            if at == 0:
                return
            if at == start + 1:
                yield "<"
            continue
        at, name = tag.end(), tag[1].lower()
        if name.removeprefix("/") in _HEEDED:
            yield name, tag[2]
        elif name in _ENDS:
            closing = _ENDS[name].search(html, at)
            if closing is None:
                return
            at = closing.end()
    yield html[at:]


def _opens(html: str, start: int) -> bool:
    """Say whether a tag begins here."""
    return html[start + 1 : start + 2].isalpha() or html[start + 2 : start + 3].isalpha()


def _after_no_tag(html: str, start: int) -> int:
    """Say where to go on behind a `<` that begins no whole tag; 0: nowhere."""
    if html[start + 1 : start + 2] in ("!", "?", "/") or _opens(html, start):
        return html.find(">", start) + 1
    return start + 1


class _Writer:
    """Puts words on lines."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._breaks = 0
        self._space = False
        self._link: str | None = None
        self._link_begins = 0

    def words(self, text: str) -> None:
        """Write words, with one space wherever there is any."""
        words = text.split()
        if not words:
            self._space = self._space or bool(text)
            return
        self._separate(space=self._space or text[0].isspace())
        self._parts.append(" ".join(words))
        self._space = text[-1].isspace()

    def tag(self, tag: str, attributes: str) -> None:
        """Do what a tag stands for."""
        name = tag.removeprefix("/")
        if name == "a":
            self._end_link()
            self._link = None if tag.startswith("/") else _value(_HREF, attributes)
            self._link_begins = len(self._parts)
        elif name == "br":
            self._break(self._breaks + 1)
        elif name == "img":
            self.words(_value(_ALT, attributes) or "")
        elif name in ("td", "th"):
            self._space = True
        else:
            self._break(_BREAKS[name])
            if tag == "li":
                self.words("- ")
            elif tag == "hr":
                self.words("---")
                self._break(1)

    def result(self) -> str:
        """Give the text."""
        self._end_link()
        text = "".join(self._parts)
        return f"{text}\n" if text else ""

    def _end_link(self) -> None:
        """Write a link's address behind its words, unless they say it themselves."""
        link, self._link = self._link, None
        found = _LINK.fullmatch(link) if link else None
        if found is None:
            return
        shown = found["address"] or found[0]
        if shown not in "".join(self._parts[self._link_begins :]):
            space, self._space = self._space, True
            self.words(f"({shown})" if len(self._parts) > self._link_begins else shown)
            self._space = space

    def _break(self, lines: int) -> None:
        self._breaks = min(max(self._breaks, lines), 2)
        self._space = False

    def _separate(self, *, space: bool) -> None:
        if self._parts:
            self._parts.append("\n" * self._breaks or " " * space)
        self._breaks = 0


def _read(text: str) -> str:
    """Put characters where references to them stand; numbers of a thousand digits are none."""
    return unescape(_ENDLESS_NUMBER.sub("", text)) if "&" in text else text


def _value(attribute: re.Pattern[str], attributes: str) -> str | None:
    found = attribute.search(attributes)
    return " ".join(_read(found["double"] or found["single"] or found["bare"] or "").split()) if found else None
