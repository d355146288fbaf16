"""Mail from hell: something is always read, within a second, and what was given up on is said."""

import base64
import time
from collections.abc import Callable

import pytest

from control_plane.inbound_routes.reading import Letter, file_of, read

MOST_SECONDS = 1.5
"""A second, on a machine that does something else besides."""
MEGABYTE = 1024 * 1024


def many_parts(count: int = 10_000) -> bytes:
    part = b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n"
    return b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + part * count + b"--b--\r\n"


def deeply_nested(levels: int = 100) -> bytes:
    raw = b""
    for level in range(levels):
        raw += b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (level, level)
    return raw + b"Content-Type: text/plain\r\n\r\nDeep\r\n"


def the_same_boundary_at_every_level(levels: int = 1000) -> bytes:
    return b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" * levels


def one_huge_field() -> bytes:
    return b"Subject: " + b"x" * (20 * MEGABYTE) + b"\r\n\r\nHello"


def fields_without_end() -> bytes:
    return b"X: y\r\n" * (4 * MEGABYTE)


def a_header_of_encoded_words() -> bytes:
    return b"".join(b"X-%d: %s\r\n" % (number, b"=?x?q?" * 2700) for number in range(32)) + b"\r\nHello"


def a_header_of_parameters() -> bytes:
    part = b"--b\r\nContent-Type: text/plain" + b';a="' * 1000 + b"\r\n\r\nx\r\n"
    return b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + part * 1000


def addresses_within_addresses() -> bytes:
    return b"From: " + b"(" * 8000 + b"\r\nTo: " + b"a@b.test," * 2000 + b"\r\nCc: " + b'"' * 8000 + b"\r\n\r\nHello"


def lines_like_boundaries() -> bytes:
    return b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"\n--bx" * (4 * MEGABYTE)


def boundaries_and_nothing_else() -> bytes:
    return b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\n" * (4 * MEGABYTE)


def html_that_is_nested() -> bytes:
    return b"Content-Type: text/html\r\n\r\n" + b"<div>" * 30_000 + b"</p>" * 30_000


def html_that_is_formatted() -> bytes:
    return b"Content-Type: text/html\r\n\r\n" + b"<a><b><i><u>" * 20_000


def html_that_multiplies() -> bytes:
    marks = b"".join(b"<b id=%d>" % number for number in range(150))
    return b"Content-Type: text/html\r\n\r\n" + marks + b"<p>x" * 60_000


def html_that_is_just_not_too_much() -> bytes:
    return b"Content-Type: text/html\r\n\r\n" + b"<b id=1><b id=2><b id=3>" + b"<p>x" * 60_000


def scripts_without_end() -> bytes:
    return b"Content-Type: text/html\r\n\r\n" + b"<script><style><" * 15_000


def quoted_answers() -> bytes:
    return b"\r\n" + (b"On " + b"x " * 130 + b":\n") * 2000


def large_base64() -> bytes:
    head = b"Content-Type: application/x\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return head + base64.encodebytes(b"\0" * (24 * MEGABYTE))


def broken_base64() -> bytes:
    return b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\nSGVsbG8h=A\xff===B"


def nothing_but_noise() -> bytes:
    return bytes(range(256)) * (MEGABYTE // 16)


HELL: list[Callable[[], bytes]] = [
    many_parts,
    deeply_nested,
    the_same_boundary_at_every_level,
    one_huge_field,
    fields_without_end,
    a_header_of_encoded_words,
    a_header_of_parameters,
    addresses_within_addresses,
    lines_like_boundaries,
    boundaries_and_nothing_else,
    html_that_is_nested,
    html_that_is_formatted,
    html_that_multiplies,
    html_that_is_just_not_too_much,
    scripts_without_end,
    quoted_answers,
    large_base64,
    broken_base64,
    nothing_but_noise,
]


def timed(raw: bytes) -> Letter:
    started = time.process_time()
    letter = read(raw)
    assert time.process_time() - started < MOST_SECONDS
    return letter


@pytest.mark.parametrize("make", HELL, ids=lambda make: make.__name__)
def test_it_is_read_within_a_second(make: Callable[[], bytes]) -> None:
    timed(make())


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (many_parts, "It has more than 1,000 parts: the rest is left out."),
        (deeply_nested, "Its parts are nested too deeply: what is further inside is not read."),
        (one_huge_field, "A header is longer than 512 KiB: the rest is left out."),
        (fields_without_end, "A header has more than 1,000 fields: the rest is left out."),
        (html_that_is_nested, "Its HTML is made so that reading it takes too long: it is not shown."),
        (lines_like_boundaries, "It has more boundaries than are read: the rest is left out."),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_was_given_up_on_is_said(make: Callable[[], bytes], said: str) -> None:
    assert said in timed(make()).problems


def test_a_hundred_levels_deep_the_first_fifty_are_read() -> None:
    assert [each.content_type for each in timed(deeply_nested(49)).files] == []
    assert timed(deeply_nested(49)).text.strip() == "Deep"
    assert timed(deeply_nested(100)).text == ""


@pytest.mark.parametrize(
    "raw", [b"", b"\r\n", b"\n\n", b":", b"\0" * 100, b"From", b"Content-Type: multipart/mixed\n\nx"]
)
def test_even_of_nothing_something_is_made(raw: bytes) -> None:
    letter = read(raw)
    assert letter.subject == ""
    assert file_of(raw, 7) is None


def test_what_can_be_stored_nowhere_is_replaced() -> None:
    letter = read(b"Subject: a=\0b\r\nX: =?utf-8?q?=00?=\r\nContent-Type: text/plain; charset=utf-7\r\n\r\nx\0+2D8-y")
    said = letter.subject + letter.text + "".join(value for _, value in letter.headers)
    assert "\0" not in said
    said.encode()  # no half of a pair


def test_a_charset_that_is_none_is_not_tried() -> None:
    for charset in (b"punycode", b"unicode_escape", b"base64", b"zip", b"rot13", b"\xff", b"x" * 5000):
        letter = timed(b"Content-Type: text/plain; charset=" + charset + b"\r\n\r\n" + b"-a" * MEGABYTE)
        assert letter.text.startswith("-a-a")
