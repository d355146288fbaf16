"""Ordinary mail is read as people mean it."""

import pytest

from control_plane.inbound_routes.reading import Mailbox, file_of, headers_of, read
from tests.control_plane.inbound_routes.mails import mail


def test_a_mail_with_everything_is_read() -> None:
    letter = read(mail())
    assert letter.sender == (Mailbox("bob@else.test", "Bób"),)
    assert letter.to == (Mailbox("support@acme.test"),)
    assert (letter.subject, letter.message_id) == ("Where is my order?", "<1@else.test>")
    assert letter.text.startswith("It has not come.")
    assert letter.reply == "It has not come."
    assert "<script>" in letter.html
    assert letter.safe_html.strip() == "<p>It has <b>not</b> come.</p>"
    [bill] = letter.files
    assert (bill.filename, bill.content_type, bill.size) == ("bill.pdf", "application/pdf", 8)
    assert letter.problems == ()


def test_an_attachment_is_given_by_its_place() -> None:
    found = file_of(mail(), 0)
    assert found is not None
    assert (found.filename, found.content) == ("bill.pdf", b"%PDF-1.4")
    assert file_of(mail(), 1) is None


def test_what_our_checks_found_is_told() -> None:
    checks = read(mail()).checks
    assert checks.score == 7.5
    assert checks.symbols["R_DKIM_REJECT"] == 1.0
    assert (checks.spf, checks.dkim, checks.dmarc, checks.arc) == ("pass", "fail", "fail", "none")


def test_a_mail_that_was_not_checked_says_so() -> None:
    checks = read(b"Subject: x\r\n\r\nHello").checks
    assert (checks.score, checks.symbols, checks.spf) == (None, {}, "none")


def test_a_mail_of_html_alone_has_its_words_as_text() -> None:
    raw = b"Content-Type: text/html; charset=utf-8\r\n\r\n<p>One &amp; two</p><style>p{}</style><p>Three</p>"
    assert read(raw).text == "One & two\nThree"


@pytest.mark.parametrize(
    ("field", "shown"),
    [
        (b"=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        (b"=?utf-8?B?R3LDvMOfZQ==?=", "Grüße"),
        (b"=?utf-8?q?Gr=C3=BC?=\r\n =?utf-8?q?=C3=9Fe?=", "Grüße"),  # two words that are one
        ("Grüße".encode(), "Grüße"),
        ("Grüße".encode("latin-1"), "Grüße"),  # 8 bits, and not said in what
        (b"=?nowhere?q?Hello?=", "Hello"),
        (b"=?utf-8?q?broken", "=?utf-8?q?broken"),
        (b"a\r\n\tb", "a\tb"),
    ],
)
def test_a_subject_is_decoded(field: bytes, shown: str) -> None:
    assert read(b"Subject: " + field + b"\r\n\r\n").subject.split() == shown.split()


@pytest.mark.parametrize(
    ("field", "name"),
    [
        (b'attachment; filename="a b.txt"', "a b.txt"),
        (b"attachment; filename*=utf-8''%e2%82%ac.txt", "€.txt"),
        (b"attachment; filename*0*=utf-8''%e2%82; filename*1=x.txt", "\N{REPLACEMENT CHARACTER}x.txt"),
        (b'attachment; filename="one; two.txt"', "one; two.txt"),
        (b'attachment; filename="../../etc/passwd"', ".._.._etc_passwd"),
        (b'attachment; filename="open', "open"),
        (b"attachment; filename==?utf-8?q?=C3=BC?=.txt", "ü.txt"),
    ],
)
def test_a_file_has_the_name_that_was_meant(field: bytes, name: str) -> None:
    raw = b"Content-Type: application/x\r\nContent-Disposition: " + field + b"\r\n\r\nx"
    assert read(raw).files[0].filename == name


def test_a_text_is_read_in_its_own_charset() -> None:
    raw = b"Content-Type: text/plain; charset=windows-1251\r\n\r\n" + "Привет".encode("cp1251")
    assert read(raw).text == "Привет"


def test_a_mail_in_a_mail_is_one_file() -> None:
    raw = (
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\nHello\r\n'
        b"--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nInner\r\n--b--\r\n"
    )
    letter = read(raw)
    assert letter.text == "Hello"
    assert [each.content_type for each in letter.files] == ["message/rfc822"]


def test_the_header_alone_is_read() -> None:
    assert headers_of(b"Subject: x\r\nX-Order: 7\r\n\r\nHello") == (("Subject", "x"), ("X-Order", "7"))
