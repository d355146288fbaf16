"""Cut a template into tokens, in time that grows with its length alone.

python-liquid's own regular expressions take quadratic time on what is left open, such as a thousand times `{% raw %}`
or one `{{` with a megabyte of blanks. Comments leave nothing behind here; otherwise the tokens are the same.
"""

import re
from collections.abc import Iterator

from liquid import Token
from liquid.exceptions import LiquidSyntaxError
from liquid.token import TOKEN_CONTENT, TOKEN_EOF, TOKEN_EXPRESSION, TOKEN_OUTPUT, TOKEN_TAG

MOST_EXPRESSION = 500
"""Characters between `{{` and `}}`, or after a tag's name."""
MOST_TOKENS = 5_000
"""Pairs of braces: each takes some 20 µs to parse."""
_MOST_WORK = 20_000_000
"""The squares of all expressions' lengths: python-liquid cuts expressions up in quadratic time."""

_OPENING = re.compile(r"\{[{%]")
_ENDRAW = re.compile(r"\{%(-?)\s*endraw\s*(-?)%\}")
_COMMENT = re.compile(r"\{%-?\s*(comment|endcomment)\b[^%]*%\}")
_NAME = re.compile(r"\w+")


def tokenize(source: str) -> Iterator[Token]:
    """Give a template's tokens; raises `LiquidSyntaxError` where something is left open or far too long."""
    return _Lexer(source).tokens()


class _Lexer:
    """Walks through a template from its start to its end, once."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._position = 0
        self._strip_next = False
        self._made = 0
        self._work = 0

    def tokens(self) -> Iterator[Token]:
        """Give the tokens."""
        for opening in iter(self._next_opening, None):
            start = opening.start()
            yield from self._content(start, strip_end=self._source.startswith("-", start + 2))
            yield from self._statement(start) if opening.group() == "{{" else self._tag(start)
        yield from self._content(len(self._source), strip_end=False)

    def _next_opening(self) -> re.Match[str] | None:
        return _OPENING.search(self._source, self._position)

    def _content(self, end: int, *, strip_end: bool) -> Iterator[Token]:
        text = self._source[self._position : end]
        text = text.lstrip() if self._strip_next else text
        text = text.rstrip() if strip_end else text
        if text:
            yield self._token(TOKEN_CONTENT, text, self._position)

    def _statement(self, start: int) -> Iterator[Token]:
        inner, at = self._inner(start, "}}")
        yield self._token(TOKEN_OUTPUT, self._source[start : self._position], start)
        yield self._token(TOKEN_EXPRESSION, inner, at)

    def _tag(self, start: int) -> Iterator[Token]:
        inner, at = self._inner(start, "%}")
        name = _NAME.match(inner)
        if inner.startswith("#"):
            return
        if name is None:
            raise self._fault("a tag needs a name", start)
        if name.group() == "raw":
            yield from self._raw(start)
        elif name.group() == "comment":
            self._skip_comment(start)
        else:
            rest = inner[name.end() :]
            yield self._token(TOKEN_TAG, name.group(), at)
            if rest.strip():
                yield self._token(TOKEN_EXPRESSION, rest.strip(), at + len(inner) - len(rest.lstrip()))

    def _inner(self, start: int, closing: str) -> tuple[str, int]:
        """Give what stands in braces and where, and go on after them."""
        end = self._source.find(closing, start + 2)
        if end < 0:
            raise self._fault(f"this is not closed: write {closing} where it ends", start)
        first = start + 3 if self._source.startswith("-", start + 2) else start + 2
        self._strip_next = end > first and self._source[end - 1] == "-"
        self._position = end + 2
        inner = self._source[first : end - 1 if self._strip_next else end]
        stripped = inner.strip()
        self._count(len(stripped), start)
        return stripped, first + len(inner) - len(inner.lstrip())

    def _raw(self, start: int) -> Iterator[Token]:
        end = _ENDRAW.search(self._source, self._position)
        if end is None:
            raise self._fault("{% raw %} is not closed: write {% endraw %} where it ends", start)
        yield from self._content(end.start(), strip_end=bool(end.group(1)))
        self._position, self._strip_next = end.end(), bool(end.group(2))

    def _skip_comment(self, start: int) -> None:
        open_ones = 1
        while open_ones:
            found = _COMMENT.search(self._source, self._position)
            if found is None:
                raise self._fault("{% comment %} is not closed: write {% endcomment %} where it ends", start)
            open_ones += 1 if found.group(1) == "comment" else -1
            self._position = found.end()
        self._strip_next = self._source.startswith("-", self._position - 3)

    def _count(self, length: int, start: int) -> None:
        self._made += 1
        self._work += length * length
        if length > MOST_EXPRESSION:
            raise self._fault(f"at most {MOST_EXPRESSION} characters may stand in braces", start)
        if self._made > MOST_TOKENS or self._work > _MOST_WORK:
            raise self._fault("there is too much Liquid in this template", start)

    def _token(self, kind: str, value: str, start: int) -> Token:
        return Token(kind, value, start_index=start, source=self._source)

    def _fault(self, message: str, start: int) -> LiquidSyntaxError:
        return LiquidSyntaxError(message, token=self._token(TOKEN_EOF, self._source[start : start + 2], start))
