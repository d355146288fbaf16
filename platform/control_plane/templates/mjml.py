"""From MJML to HTML. Liquid passes through as it stands: what is in braces is put aside and set in again afterwards.

The compiler calls itself for each level of nesting, and what nests a thousand times deep would end the whole process.
So the number of tags is bounded, and it works in a thread whose stack is large enough for all of them nested.
"""

import re
import secrets
import threading
from collections.abc import Iterator

from mjml import mjml2html

from control_plane.templates.fault import Fault
from control_plane.templates.mjml_growth import check_growth

MOST_TAGS = 5_000
_STACK_BYTES = 64 * 1024 * 1024
"""Each level takes up to 5 kB."""
_MOST_HTML = 1024 * 1024

_stack_size = threading.Lock()
"""The size holds for every thread that the process starts: who sets it has it alone."""

_BRACES = {"{{": "}}", "{%": "%}"}
_OPENING = re.compile(r"\{[{%]")
_VERBATIM = re.compile(r"\{%-?\s*(comment|raw)\b")
_TAG = re.compile(r"<(/?)([A-Za-z][\w.:-]*+)([^<>]*+)>")
_POSITION = re.compile(r" at position (\d+):\d+$")
_CONTENT = re.compile(r"\{\{-?\s*content\s*-?\}\}")
_VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "area", "base", "col", "embed", "source", "wbr"})
_ELEMENTS = frozenset(
    {
        "accordion", "accordion-element", "accordion-text", "accordion-title", "all", "attributes", "body",
        "breakpoint", "button", "carousel", "carousel-image", "class", "column", "divider", "font", "group", "head",
        "hero", "html-attribute", "html-attributes", "image", "include", "navbar", "navbar-link", "preview", "raw",
        "section", "selector", "social", "social-element", "spacer", "style", "table", "text", "title", "wrapper",
    }
)  # fmt: skip

_HTML_IN_LAYOUT = (
    '<mj-section padding="0"><mj-column><mj-text padding="0">{{ content }}</mj-text></mj-column></mj-section>'
)


def compile_mjml(source: str) -> str:
    """Give the HTML of a whole MJML document; raises `Fault` with the line, if that can be found."""
    if source.count("<") > MOST_TAGS:
        raise Fault(f"At most {MOST_TAGS} tags.")
    bare, liquid = _put_aside(source)
    _check_elements(bare)
    check_growth(bare)
    return _set_in(_bounded(_compiled(bare)), liquid)


def check_fragment(source: str) -> None:
    """Raise `Fault` unless this can stand in a layout's body."""
    if "<mjml" in source or "<mj-body" in source:
        raise Fault("Leave <mjml> and <mj-body> out: the layout has them.")
    compile_mjml(f"<mjml><mj-body>{source}</mj-body></mjml>")


def in_layout(layout: str, inner: str | None) -> str:
    """Put MJML in a layout's place for it; without any, the place is kept for HTML."""
    return _CONTENT.sub(lambda _: inner or _HTML_IN_LAYOUT, layout, count=1)


def has_place(source: str) -> bool:
    """Say whether a layout has one place, and no more, for what stands in it."""
    return len(_CONTENT.findall(source)) == 1


def _compiled(source: str) -> str:
    """Compile in a thread with a large stack."""
    results: list[str | ValueError] = []

    def work() -> None:
        try:
            results.append(mjml2html(source, fonts={}))
        except ValueError as error:
            results.append(error)

    thread = threading.Thread(target=work, name="mjml")
    with _stack_size:
        before = threading.stack_size(_STACK_BYTES)
        try:
            thread.start()
        finally:
            threading.stack_size(before)
    thread.join()
    result = results[0] if results else ValueError("the compiler could make nothing of it")
    if isinstance(result, ValueError):
        raise Fault(_told(source, str(result))) from result
    return result


def _told(source: str, message: str) -> str:
    place = _POSITION.search(message)
    if place:
        what = message[: place.start()].removesuffix(" in root template")
        return f"Line {_line(source, int(place[1]))}: {what}."
    unbalanced = _unbalanced(source)
    return unbalanced or f"This is not MJML: {message.removesuffix(' in root template')}."


def _unbalanced(source: str) -> str:
    """Say which tag is not closed, or closed and not open; nothing when all are."""
    open_ones: list[tuple[str, int]] = []
    for tag in _TAG.finditer(source):
        name = tag[2].lower()
        if tag[1]:
            if not open_ones or open_ones[-1][0] != name:
                return f"Line {_line(source, tag.start())}: </{name}> closes nothing that is open here."
            open_ones.pop()
        elif not tag[3].endswith("/") and name not in _VOID:
            open_ones.append((name, tag.start()))
    return f"Line {_line(source, open_ones[-1][1])}: <{open_ones[-1][0]}> is not closed." if open_ones else ""


def _check_elements(source: str) -> None:
    """Raise `Fault` for an element that there is not: the compiler would pass it on as it is."""
    for tag in _TAG.finditer(source):
        name = tag[2]
        if name.startswith("mj-") and name.removeprefix("mj-") not in _ELEMENTS:
            raise Fault(f"Line {_line(source, tag.start())}: there is no element <{name[:64]}> in MJML.")
        if name == "mj-include":
            raise Fault(f"Line {_line(source, tag.start())}: nothing can be included; use a layout.")


def _put_aside(source: str) -> tuple[str, dict[str, str]]:
    """Put a word in the place of each pair of braces; its line breaks stay, so that lines keep their numbers."""
    mark = f"lq{secrets.token_hex(6)}x"
    kept: dict[str, str] = {}
    parts: list[str] = []
    end = 0
    for start, after in _spans(source):
        word = f"{mark}{len(kept)}z"
        kept[word] = source[start:after]
        parts += [source[end:start], word, "\n" * source.count("\n", start, after)]
        end = after
    return "".join([*parts, source[end:]]), kept


def _spans(source: str) -> Iterator[tuple[int, int]]:
    position = 0
    while opening := _OPENING.search(source, position):
        end = source.find(_BRACES[opening.group()], opening.end())
        if end < 0:
            return
        position = _after_block(source, opening.start(), end + 2)
        yield opening.start(), position


def _after_block(source: str, start: int, end: int) -> int:
    """Go on to the end of what is taken as it stands, if a tag begins such a thing."""
    begun = _VERBATIM.match(source, start)
    ended = re.compile(rf"\{{%-?\s*end{begun[1]}\s*-?%\}}").search(source, end) if begun else None
    return end if ended is None else ended.end()


def _set_in(html: str, liquid: dict[str, str]) -> str:
    if not liquid:
        return html
    word = re.compile(rf"{next(iter(liquid))[:15]}\d+z")
    _check_size(len(html) + sum(len(liquid[found.group()]) for found in word.finditer(html)))
    return word.sub(lambda found: liquid[found.group()], html)


def _bounded(html: str) -> str:
    _check_size(len(html))
    return html


def _check_size(characters: int) -> None:
    if characters > _MOST_HTML:
        raise Fault("The HTML that comes of it is larger than 1 MiB.")


def _line(source: str, index: int) -> int:
    return source.count("\n", 0, index) + 1
