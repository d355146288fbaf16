import pytest

from control_plane.inbound_routes.reading import markup


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ("<p>One <b>two</b></p>", "<p>One <b>two</b></p>"),
        ("<script>alert(1)</script>x", "x"),
        ('<p onclick="x()" style="color: red">x</p>', "<p>x</p>"),
        ('<img src="https://else.test/pixel.gif">x', "x"),
        ('<a href="javascript:x()">x</a>', '<a rel="noopener noreferrer">x</a>'),
        ('<a href="https://else.test/">x</a>', '<a href="https://else.test/" rel="noopener noreferrer">x</a>'),
        ('<form action="/x"><input name="y">x</form>', "x"),
        ('<iframe srcdoc="x"></iframe><svg onload="x()"></svg>x', "x"),
    ],
)
def test_only_what_is_harmless_stays(given: str, left: str) -> None:
    assert markup.harmless(given) == left


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("<p>One</p><p>Two</p>", "One\nTwo"),
        ("One<br>Two<br/>Three", "One\nTwo\nThree"),
        ("<head><title>x</title></head><style>p{}</style>1 &lt; 2", "1 < 2"),
        ("3 < 4 > 2", "3 < 4 > 2"),
        ("<SCRIPT>x()</SCRIPT >y", "y"),
    ],
)
def test_the_words_are_given(given: str, words: str) -> None:
    assert markup.text_of(given) == words


def test_an_ordinary_newsletter_is_not_too_much() -> None:
    row = '<tr><td><table><tr><td><p>Hello <b>you</b> <a href="https://else.test">there</a></p></td></tr></table></td></tr>'
    assert markup.harmless(f"<table>{row * 1500}</table>") is not None
