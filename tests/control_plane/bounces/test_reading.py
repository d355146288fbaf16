"""What came back is read for what it is, whoever wrote it, and whatever was done to it."""

import time
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from control_plane.bounces.reading import Kind, Returned, read
from tests.control_plane.bounces.letters import AWAY, CHALLENGE, EXIM, OWN_WORDS, QMAIL, dsn
from tests.control_plane.reports.letters import complaint


def test_a_notification_says_what_the_other_server_said() -> None:
    assert read(dsn()) == Returned(
        kind="failed", dsn="5.1.1", reply="550 5.1.1 <bob@else.test>: User unknown", reporter="store.else.test"
    )


@pytest.mark.parametrize(
    ("action", "status", "kind"),
    [
        ("failed", "5.0.0", "failed"),
        ("Failed (for good)", "5.0.0", "failed"),
        ("delayed", "4.4.1", "delayed"),
        ("delivered", "2.0.0", "arrived"),
        ("relayed", "2.0.0", "arrived"),
        ("expanded", "2.0.0", "arrived"),
        ("", "5.2.2", "failed"),
        ("nonsense", "4.2.2", "delayed"),
    ],
)
def test_what_is_still_tried_or_has_arrived_is_no_bounce(action: str, status: str, kind: Kind) -> None:
    assert read(dsn(action=action, status=status)).kind == kind


def test_of_several_recipients_the_one_that_failed_counts() -> None:
    ours = b"Final-Recipient: rfc822; bob"
    other = b"Final-Recipient: rfc822; carl@else.test\r\nAction: relayed\r\nStatus: 2.0.0\r\n\r\n"
    assert read(dsn().replace(ours, other + ours)).kind == "failed"


def test_a_folded_reply_is_one_line() -> None:
    folded = read(dsn("550 5.1.1 no such\r\n    user\r\n\there"))
    assert folded.reply == "550 5.1.1 no such user here"


def test_what_is_given_back_is_not_taken_for_the_notification() -> None:
    quoted = dsn(action="delayed", status="4.4.1").replace(
        b"Status: 2.0.0 is what I say", dsn().partition(b"\r\n\r\n")[2]
    )
    assert read(quoted).kind == "delayed"


def test_a_notification_that_was_cut_off_is_read_as_far_as_it_goes() -> None:
    raw = dsn()
    assert read(raw[: raw.index(b"Content-Description: Undelivered")]).kind == "failed"


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (AWAY, "auto_reply"),
        (CHALLENGE, "challenge"),
        (complaint(), "complaint"),
        (b"", "unreadable"),
        (b"\0\xff" * 100, "unreadable"),
        (b"Subject: Re: Hello\r\nFrom: bob@else.test\r\n\r\nThank you! Error 550 was funny.\r\n", "unreadable"),
    ],
    ids=["away", "challenge", "complaint", "nothing", "noise", "an answer"],
)
def test_what_is_no_bounce_is_known_for_what_it_is(raw: bytes, kind: Kind) -> None:
    assert read(raw).kind == kind


@pytest.mark.parametrize(
    ("raw", "code", "word"),
    [(QMAIL, "5.1.1", "mailbox"), (EXIM, "5.2.2", "mailbox full"), (OWN_WORDS, "5.1.1", "user unknown")],
    ids=["qmail", "exim", "nobody's"],
)
def test_bounces_in_own_words_are_understood(raw: bytes, code: str, word: str) -> None:
    found = read(raw)
    assert (found.kind, found.dsn) == ("failed", code)
    assert word in found.reply


def test_what_is_said_is_fit_to_be_stored() -> None:
    found = read(dsn("550 5.1.1 \0 \x1b[31m é " + "x" * 5000))
    assert len(found.reply) <= 1000
    assert found.reply.isprintable()


def nested(levels: int) -> bytes:
    """Put boxes into boxes."""
    heads = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(levels))
    return b"From: mailer-daemon@x.test\r\nSubject: Undelivered\r\n" + heads + b"\r\n550 5.1.1 user unknown\r\n"


def many_parts(count: int) -> bytes:
    """Put much into one box."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["Subject"] = "mailer-daemon@x.test", "Undelivered Mail"
    mail.set_content("550 5.1.1 user unknown")
    mail.make_mixed()
    return bytes(mail).replace(b"--\r\n", b"") + b"--x\r\nContent-Type: text/plain\r\n\r\nx\r\n" * count


@pytest.mark.parametrize(
    "raw",
    [
        nested(100),
        nested(5000),
        many_parts(10_000),
        b"Content-Type: message/rfc822\r\n\r\n" * 5000,
        b"Content-Type: multipart/mixed;" + b" a=b;\r\n" * 30_000,
        b"Content-Type: multipart/report; " + b'x="' * 50_000,
        b"Subject: " + b"=?utf-8?q?=41?= " * 10_000 + b"\r\n\r\nx",
        b"From: " + b"(" * 60_000 + b"\r\nSubject: Undelivered\r\n\r\nx",
        b"Content-Type: message/delivery-status\r\n\r\n" + b"A: b\r\n\r\n" * 40_000,
        b"Content-Type: message/delivery-status\r\n\r\nDiagnostic-Code:" + b"\r\n " * 80_000,
        b"From: mailer-daemon@x.test\r\nSubject: failure notice\r\n\r\n" + b"5" * 250_000,
        b"From: mailer-daemon@x.test\r\nSubject: failure notice\r\n\r\n" + b"550 " * 60_000,
        b"From: mailer-daemon@x.test\r\nSubject: failure notice\r\n\r\n" + b"<a@" * 60_000,
        b"\r\n" * 120_000,
        b":" * 250_000,
    ],
    ids=lambda raw: f"{raw[:24]!r} {len(raw)}",
)
def test_mail_from_hell_is_read_in_no_time(raw: bytes) -> None:
    began = time.process_time()
    read(raw)
    assert time.process_time() - began < 2
