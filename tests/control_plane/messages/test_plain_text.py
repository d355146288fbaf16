import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from control_plane.messages.plain_text import plain_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("Hello", "Hello\n"),
        ("<p>Dear <b>Bob</b>,<br>hello!</p><p>Bye</p>", "Dear Bob,\nhello!\n\nBye\n"),
        ("a\n  b&nbsp;c", "a b c\n"),
        ("1 &lt; 2 &amp;&#x21;", "1 < 2 &!\n"),
        ("1 < 2 <3", "1 < 2 <3\n"),  # no tag begins with a space or a digit
        ("<ul><li>one<li>two</ul>", "- one\n- two\n"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc\n"),
        ("<h1>Title</h1>text", "Title\n\ntext\n"),
        ("a<hr>b", "a\n---\nb\n"),
        ("<head><title>no</title><style>p > a {}</style></head><script>if (a<b) {}</script>yes", "yes\n"),
        ("a<!-- <p> -->b<!doctype html><?xml?>c", "abc\n"),
        ("a<!-- never closed", "a\n"),
        ("<img alt='A logo' src=x>", "A logo\n"),
        ('<p title="a > b">text</p>', "text\n"),
        ("<p title=it's>text</p> and <b>more</b>", "text\n\nand more\n"),  # a quote that nobody closes
        ("<P\nCLASS=x>text</P >", "text\n"),
        ("a<b", "a\n"),
        ("&#0;&#xD800;", "\ufffd\ufffd\n"),
    ],
)
def test_html_becomes_text(html: str, text: str) -> None:
    assert plain_text(html) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('see <a href="https://a.test/?a=1&amp;b=2">your order</a>.', "see your order (https://a.test/?a=1&b=2).\n"),
        ("<a href=https://a.test/>https://a.test/</a>", "https://a.test/\n"),  # it says so itself
        ('<a href="https://a.test/"><img src=x></a>', "https://a.test/\n"),
        ("<a href='mailto:ann@acme.test?subject=x'>Ann</a>", "Ann (ann@acme.test)\n"),
        ("<a href='mailto:ann@acme.test'>ann@acme.test</a>", "ann@acme.test\n"),
        ("<a href='javascript:alert(1)'>no</a> <a name=x href>here</a>", "no here\n"),
        ('<a data-href="https://x.test" href="https://a.test">a</a>', "a (https://a.test)\n"),
        ("<a href=https://a.test>a <a href=https://b.test>b", "a (https://a.test) b (https://b.test)\n"),
    ],
)
def test_links_are_kept(html: str, text: str) -> None:
    assert plain_text(html) == text


LARGE = 600_000
BOMBS = {
    "deep": "<div>" * (LARGE // 5),
    "formatting": "".join(f"<font a={n}>" for n in range(LARGE // 16)) + "<p>" * 1000,
    "comments": "<!-" * (LARGE // 3),
    "open comments": "<!--" * (LARGE // 4),
    "open tags": "<a " * (LARGE // 3),
    "quotes": "<a \"'" * (LARGE // 5),
    "an open quote": '<a "' + "<b>" * (LARGE // 3),
    "attributes": "<a" + " href" * (LARGE // 5) + ">",
    "spaces": "<a href" + " " * LARGE + ">",
    "links": "<a href=mailto:" + "a" * LARGE + ">x</a>",
    "many links": "<a href=http://x>" * (LARGE // 17),
    "entities": "&" * LARGE,
    "long entities": "&#" + "1" * LARGE,
    "scripts": "<script>" * (LARGE // 8),
    "script ends": "<script></script" * (LARGE // 16),
    "brackets": "<" * LARGE,
    "line breaks": "<br>" * (LARGE // 4),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_nothing_takes_long_or_grows(bomb: str) -> None:
    began = time.process_time()
    text = plain_text(BOMBS[bomb])
    assert time.process_time() - began < 2  # quadratic, each would take minutes
    assert len(text) <= 2 * LARGE


@given(st.text(st.one_of(st.sampled_from("<>/!-\"'= ahrefbp&;#"), st.characters(codec="utf-8")), max_size=80))
def test_whatever_is_written_becomes_text(html: str) -> None:
    text = plain_text(html)
    assert text == "" or (text.endswith("\n") and not text.startswith((" ", "\n")))


def test_usual_mails_take_no_time() -> None:
    row = "<tr><td style='x'>Some <b>words</b> and a <a href='https://a.test/x'>link</a></td></tr>"
    html = f"<html><body>{row * 400}"
    began = time.process_time()
    plain_text(html)
    assert time.process_time() - began < 0.1
