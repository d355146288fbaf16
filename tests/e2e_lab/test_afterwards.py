"""What the outside world sends back is what other people's libraries read in it."""

import email
from email.message import Message

from flufl.bounce import scan_message

from e2e.lab.outside.afterwards import bounce, complaint
from e2e.lab.outside.mail import ReceivedMail, Verdicts

MAIL = ReceivedMail(
    at="2026-11-22T18:00:00+00:00",
    client="10.77.1.11",
    helo="out1-11.fleetpost.test",
    mail_from="token@bounce.acme.test",
    recipients=("bob@else.test",),
    tls=None,
    headers=(("Subject", "Grüße\n an alle"),),
    raw=b"",
    verdicts=Verdicts("pass", "pass", "pass"),
)


def parsed(written: Message) -> Message:
    return email.message_from_bytes(written.as_bytes())


def test_a_bounce_is_about_the_recipient() -> None:
    letter = parsed(bounce(MAIL, "bob@else.test", "mx.else.test"))
    assert scan_message(letter) == {b"bob@else.test"}
    assert letter["To"] == MAIL.mail_from


def test_a_complaint_has_the_report_and_the_head_of_the_mail() -> None:
    letter = parsed(complaint(MAIL, "bob@else.test", "mx.else.test"))
    assert letter.get_param("report-type") == "feedback-report"
    kinds = [part.get_content_type() for part in letter.walk()]
    assert {"message/feedback-report", "text/rfc822-headers"} <= set(kinds)
    assert b"Original-Rcpt-To: bob@else.test" in letter.as_bytes()
