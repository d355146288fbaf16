"""Mails that come to return paths, as other servers write them."""

_POSTFIX = """\
Return-Path: <>
From: MAILER-DAEMON@mx.else.test (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: {to}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="4F1.1700000000/mx.else.test"

This is a MIME-encapsulated message.

--4F1.1700000000/mx.else.test
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--4F1.1700000000/mx.else.test
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.else.test
X-Postfix-Queue-ID: 4F1
Arrival-Date: Sun, 22 Nov 2026 10:00:00 +0000 (UTC)

Final-Recipient: rfc822; bob@else.test
Original-Recipient: rfc822;bob@else.test
Action: {action}
Status: {status}
Remote-MTA: dns; store.else.test
Diagnostic-Code: smtp; {reply}

--4F1.1700000000/mx.else.test
Content-Description: Undelivered Message
Content-Type: message/rfc822

From: Ann <ann@acme.test>
Subject: Hello
Content-Type: multipart/alternative; boundary="inner"

--inner
Content-Type: text/plain

Status: 2.0.0 is what I say
--inner--

--4F1.1700000000/mx.else.test--
"""

_AWAY = """\
From: Bob <bob@else.test>
Subject: Out of office: Hello
Auto-Submitted: auto-replied

I am away until Monday. Call 550-1234 if it burns.
"""

_CHALLENGE = """\
From: Bob <bob@else.test>
Subject: Please confirm that you sent me this message
X-Boxbe: 1

Click here.
"""

_QMAIL = """\
Return-Path: <>
From: MAILER-DAEMON@old.else.test
Subject: failure notice

Hi. This is the qmail-send program at old.else.test.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<bob@old.else.test>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <ann@acme.test>
"""

_EXIM = """\
Return-Path: <>
From: Mail Delivery System <Mailer-Daemon@exim.else.test>
Subject: Mail delivery failed: returning message to sender
X-Failed-Recipients: bob@else.test

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  bob@else.test
    host mx.else.test [192.0.2.9]
    SMTP error from remote mail server after RCPT TO:<bob@else.test>:
    552 5.2.2 mailbox full
"""

_OWN_WORDS = """\
From: postmaster@strange.test
Subject: Message could not be delivered

The postman says: 550 5.1.1 user unknown, and goes home.
"""


def dsn(
    reply: str = "550 5.1.1 <bob@else.test>: User unknown",
    *,
    status: str = "5.1.1",
    action: str = "failed",
    to: str = "x@bounce.acme.test",
) -> bytes:
    """Write a delivery status notification as Postfix does."""
    return _lines(_POSTFIX.format(reply=reply, status=status, action=action, to=to))


def _lines(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode()


AWAY, CHALLENGE, QMAIL, EXIM, OWN_WORDS = map(_lines, (_AWAY, _CHALLENGE, _QMAIL, _EXIM, _OWN_WORDS))
