"""A template with its layout, parsed: from data to a subject, a text and an HTML."""

import re
from collections.abc import Mapping

import msgspec
from markupsafe import Markup

from control_plane.templates import mjml
from control_plane.templates.engine import DEEPEST, HTML, TEXT, Meter, Piece, TooMuch, depth_of, weigh
from control_plane.templates.fault import Fault

RENDER_SECONDS = 0.03
"""Of the processor. Nearly all templates take less than a thousandth of a second."""

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wrote: HTML or MJML or neither, and a text or none."""

    subject: str = ""
    html: str | None = None
    text: str | None = None
    mjml: str | None = None


class Rendered(msgspec.Struct, frozen=True, kw_only=True):
    """What a message is made of."""

    subject: str
    text: str | None
    html: str | None
    undefined: tuple[str, ...] = ()
    """Paths that were needed and are not in the data, in the order in which they were met."""


class Assembled:
    """A template and its layout, parsed; nothing in it changes."""

    def __init__(self, own: Content, layout: Content | None = None) -> None:
        self._subject = _piece("subject", own.subject, html=False)
        self._text = _piece("text", own.text, html=False)
        self._text_layout = _piece("layout_id", layout.text, html=False) if layout and own.text else None
        self._html = _html(own, layout)
        self._html_layout = _html_layout(own, layout)

    def render(self, data: Mapping[str, object], seconds: float = RENDER_SECONDS) -> Rendered:
        """Fill it in; raises `Fault`."""
        check_data(data)
        meter, noted = Meter(seconds), dict[str, None]()
        subject = _one_line(_filled("subject", self._subject, data, meter, noted) or "")
        around = {**data, "subject": subject}
        text = _filled("text", self._text, data, meter, noted)
        html = _filled("html", self._html, data, meter, noted)
        if self._text_layout and text is not None:
            text = _filled("text", self._text_layout, {**around, "content": text}, meter, noted)
        if self._html_layout and html is not None:
            inner = {**around, "content": Markup(html)}  # noqa: S704 it was escaped when it was rendered
            html = _filled("html", self._html_layout, inner, meter, noted)
        return Rendered(subject=subject, text=text, html=html, undefined=tuple(noted))


def check_layout(layout: Content) -> None:
    """Raise `Fault` unless each part of a layout is sound and has a place for what stands in it."""
    for field, source in (("html", layout.html), ("mjml", layout.mjml), ("text", layout.text)):
        if source is not None and not mjml.has_place(source):
            raise Fault("A layout has {{ content }} once, where the message goes.", field)
    if layout.html is None and layout.mjml is None:
        raise Fault("Give the layout as html or as mjml.", "html")
    Assembled(layout)


def check_data(data: Mapping[str, object]) -> None:
    """Raise `Fault` for data that no mail needs."""
    if depth_of(data) > DEEPEST:
        raise Fault(f"The data is nested more than {DEEPEST} levels deep.", "data")
    try:
        weigh(data)
    except TooMuch as error:
        raise Fault(f"The data is too large: {error.message}.", "data") from error


def _html(own: Content, layout: Content | None) -> Piece | None:
    """Parse the HTML; MJML is compiled together with its layout, since its columns follow from what is around them."""
    if own.mjml is None:
        return _piece("html", own.html, html=True)
    _piece("mjml", own.mjml, html=True)  # so that a fault has the line in which it was written
    if layout is None:
        return _piece("mjml", _compiled(own.mjml), html=True)
    if layout.mjml is None:
        raise Fault("MJML takes a layout in MJML: choose another, or give html.", "layout_id")
    try:
        mjml.check_fragment(own.mjml)
    except Fault as fault:
        raise fault.at("mjml") from fault
    return _piece("mjml", _compiled(mjml.in_layout(layout.mjml, own.mjml)), html=True)


def _html_layout(own: Content, layout: Content | None) -> Piece | None:
    if layout is None or own.html is None or own.mjml is not None:
        return None
    source = layout.html if layout.mjml is None else _compiled(mjml.in_layout(layout.mjml, None))
    return _piece("layout_id", source, html=True)


def _compiled(source: str) -> str:
    try:
        return mjml.compile_mjml(source)
    except Fault as fault:
        raise fault.at("mjml") from fault


def _piece(field: str, source: str | None, *, html: bool) -> Piece | None:
    if source is None:
        return None
    try:
        return Piece(HTML if html else TEXT, source)
    except Fault as fault:
        raise fault.at(field) from fault


def _filled(
    field: str, piece: Piece | None, data: Mapping[str, object], meter: Meter, noted: dict[str, None]
) -> str | None:
    if piece is None:
        return None
    try:
        return piece.render(data, meter, noted)
    except Fault as fault:
        raise fault.at(field) from fault


def _one_line(text: str) -> str:
    """Make one line of a subject: runs of blanks, line breaks and other control characters become one blank."""
    return " ".join(_CONTROL.sub(" ", text).split())
