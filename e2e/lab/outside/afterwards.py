"""What the outside world sends back after it has taken a mail: that it could not be delivered, or that it is unwanted.

Both go to the mail's return path, through its MX, as everybody's servers do it.
"""

import asyncio
from email.message import Message
from email.utils import format_datetime, localtime, make_msgid
from typing import Literal, TypeAlias

from e2e.lab.outside.mail import ReceivedMail
from e2e.lab.outside.sender import Handover, Letter, deliver

Afterwards: TypeAlias = Literal["bounce", "complaint"]

_TRIES = 10
_PAUSE_SECONDS = 2.0
REPLY = "550 5.1.1 There was somebody of that name here, but they have left"


async def send_back(what: Afterwards, mail: ReceivedMail, recipient: str, *, helo: str) -> Handover:
    """Write to the return path of a mail that was taken for a recipient, and again if that is put off."""
    written = bounce(mail, recipient, helo) if what == "bounce" else complaint(mail, recipient, helo)
    sender = "" if what == "bounce" else f"feedback@{helo}"
    letter = Letter(sender=sender, to=mail.mail_from, raw=written.as_bytes().decode())
    handed = await deliver(letter, helo=helo)
    for _ in range(_TRIES - 1):
        if not _is_put_off(handed):
            break
        await asyncio.sleep(_PAUSE_SECONDS)
        handed = await deliver(letter, helo=helo)
    return handed


def _is_put_off(handed: Handover) -> bool:
    return handed.code == 0 or 400 <= handed.code < 500


def bounce(mail: ReceivedMail, recipient: str, helo: str) -> Message:
    """Write a delivery status notification (RFC 3464)."""
    to = f"rfc822; {recipient}"
    of_recipient = {"Final-Recipient": to, "Action": "failed", "Status": "5.1.1", "Diagnostic-Code": f"smtp; {REPLY}"}
    groups = ({"Reporting-MTA": f"dns; {helo}"}, of_recipient)
    return _report("delivery-status", "Undelivered Mail Returned to Sender", mail, groups, helo)


def complaint(mail: ReceivedMail, recipient: str, helo: str) -> Message:
    """Write a complaint in the Abuse Reporting Format (RFC 5965)."""
    by = {"Feedback-Type": "abuse", "User-Agent": "ElseTest-FBL/1.0", "Version": "1"}
    group = {**by, "Source-IP": mail.client, "Original-Rcpt-To": recipient}
    return _report("feedback-report", "Somebody marked this mail as unwanted", mail, (group,), helo)


def _report(kind: str, subject: str, mail: ReceivedMail, groups: tuple[dict[str, str], ...], helo: str) -> Message:
    letter = _message(
        {
            "From": f"MAILER-DAEMON@{helo}",
            "To": mail.mail_from,
            "Subject": subject,
            "Date": format_datetime(localtime()),
            "Message-ID": make_msgid(domain=helo),
            "Auto-Submitted": "auto-replied",
            "MIME-Version": "1.0",
            "Content-Type": f"multipart/report; report-type={kind}",
        }
    )
    about = _message({"Content-Type": f"message/{kind}"})
    about.set_payload([_message(group) for group in groups])
    letter.attach(_text("text/plain", "This is what became of a mail of yours; nobody reads answers.\n"))
    letter.attach(about)
    letter.attach(_text("text/rfc822-headers", "".join(f"{name}: {_ascii(value)}\n" for name, value in mail.headers)))
    return letter


def _message(fields: dict[str, str]) -> Message:
    message = Message()
    for name, value in fields.items():
        message[name] = value
    return message


def _text(kind: str, text: str) -> Message:
    part = _message({"Content-Type": kind})
    part.set_payload(text)
    return part


def _ascii(text: str) -> str:
    return text.encode("ascii", "replace").decode().replace("\n", " ").replace("\r", " ")
