"""Read XML in pieces: the children of the root, one after the other, so that no document is ever held as a whole.

A document type, and with it every entity of the document's own, is refused: nothing expands and nothing is fetched.
"""

from collections.abc import Iterator
from xml.parsers import expat

from control_plane.reports.reading.refusal import Unreadable

_DEEPEST = 12
_MOST_TEXT = 10_000
_MOST_PARTS = 5000
"""Elements within one child of the root."""
_MOST_ELEMENTS = 2_500_000
"""In all: 50,000 records of fifty elements each, which a processor reads in a few seconds."""
_STEP = 64 * 1024


class Element:
    """An element without its namespace and attributes, its name in lower case."""

    __slots__ = ("children", "name", "text")

    def __init__(self, name: str) -> None:
        self.name = name
        self.text = ""
        self.children: list[Element] = []

    def all(self, *names: str) -> list["Element"]:
        """Give the children of these names."""
        return [child for child in self.children if child.name in names]

    def first(self, *names: str) -> "Element":
        """Give the first child of these names, or one that holds nothing."""
        return next((child for child in self.children if child.name in names), _NOTHING)

    def say(self, name: str) -> str:
        """Give the text of the first child of this name that says something."""
        return next((child.text.strip() for child in self.all(name) if child.text.strip()), "")


_NOTHING = Element("")


def children_of_root(data: bytes, root: str) -> Iterator[Element]:
    """Give each child of the document's root once it is complete; raises `Unreadable`."""
    reader = _Reader(root)
    try:
        for start in range(0, len(data), _STEP):
            reader.parser.Parse(data[start : start + _STEP], False)  # noqa: FBT003 the parser takes it by place
            yield from reader.taken()
        reader.parser.Parse(b"", True)  # noqa: FBT003 the parser takes it by place
    except expat.ExpatError as error:
        raise Unreadable(f"The report is not well-formed XML: {expat.ErrorString(error.code)}.") from error
    except (LookupError, ValueError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable("The report is written in an encoding that we do not know.") from error
    yield from reader.taken()


class _Reader:
    """Builds the children of the root from what the parser tells."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._open: list[Element] = []
        self._parts = 0
        self._elements = 0
        self._complete: list[Element] = []
        self.parser = parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        parser.EntityDeclHandler = self._refuse_doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text

    def taken(self) -> list[Element]:
        """Hand over what is complete."""
        complete, self._complete = self._complete, []
        return complete

    def _refuse_doctype(self, *_: object) -> None:
        raise Unreadable("The report has a document type of its own, which none needs.")

    def _start(self, name: str, _: object) -> None:
        element = Element(name.rpartition(" ")[2].lower())
        if not self._open and element.name != self._root:
            raise Unreadable("This is XML, but not a report.")
        self._parts = self._parts + 1 if len(self._open) > 1 else 0
        self._elements += 1
        if len(self._open) >= _DEEPEST or self._parts > _MOST_PARTS or self._elements > _MOST_ELEMENTS:
            raise Unreadable("The report is nested too deeply, or has too many parts.")
        if len(self._open) > 1:
            self._open[-1].children.append(element)
        self._open.append(element)

    def _end(self, _: str) -> None:
        element = self._open.pop()
        if len(self._open) == 1:
            self._complete.append(element)

    def _text(self, text: str) -> None:
        if len(self._open) > 1 and len(self._open[-1].text) < _MOST_TEXT:
            self._open[-1].text += text[:_MOST_TEXT]
