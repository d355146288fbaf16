"""What mail programs will not like."""

import pytest

from control_plane.templates.assembly import Rendered
from control_plane.templates.warnings import warnings


@pytest.mark.parametrize(
    ("rendered", "word"),
    [
        (Rendered(subject="", text="x", html=None), "subject is empty"),
        (Rendered(subject="x" * 100, text="x", html=None), "100 characters"),
        (Rendered(subject="x", text="x", html="x" * 200_000), "Gmail"),
        (Rendered(subject="x", text="x", html="<SCRIPT>x</SCRIPT><form>"), "<form>, <script>"),
        (Rendered(subject="x", text="x", html="<img src='https://a.test/x.png'>"), "alt text"),
        (Rendered(subject="x", text="x", html="<a href='/orders'>x</a>"), "relative"),
    ],
)
def test_it_is_said(rendered: Rendered, word: str) -> None:
    [warning] = warnings(rendered)
    assert word in warning


def test_a_good_mail_has_none() -> None:
    html = "<a href='https://a.test'>x</a><a href='mailto:a@b.test'>y</a><a href='#top'>z</a><img alt='' src='cid:x'>"
    assert list(warnings(Rendered(subject="Hello", text=None, html=html))) == []
