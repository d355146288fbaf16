"""The report that who wrote to a route gets when their mail could not be delivered where it was passed on (RFC 3464).

It names the address that they wrote to and not the one behind it, and of what the other server said only the code: both
are the tenant's own affair. What they had written is not given back with it.
"""

import re
from datetime import datetime
from email.utils import format_datetime

import msgspec

_CODE = re.compile(r"5\.[0-9]{1,3}\.[0-9]{1,3}")
_UNKNOWN = "5.0.0"
_REPORT = """\
From: Mail Delivery System <{author}>
To: {sender}
Subject: Undelivered mail
Date: {date}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_report"

--=_report
Content-Type: text/plain; charset=us-ascii

Your mail to {recipient} could not be delivered.

The address passes its mail on, and the server there refused it for good ({code}).
It is not tried again: reach the recipient in another way.

--=_report
Content-Type: message/delivery-status

Reporting-MTA: dns; {domain}

Final-Recipient: rfc822; {recipient}
Action: failed
Status: {code}

--=_report--
"""


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """What is reported."""

    domain: str
    """In whose name: the tenant's proven domain that the recipient is at or below."""
    recipient: str
    """Whom they had written to."""
    sender: str
    """Who had written."""
    code: str
    """The enhanced status code, as in `5.1.1`; empty for an unknown one."""
    at: datetime

    @property
    def author(self) -> str:
        """Give who reports it."""
        return f"mailer-daemon@{self.domain}"


def report(failure: Failure) -> bytes:
    """Write the report."""
    text = _REPORT.format(
        author=failure.author,
        sender=failure.sender,
        date=format_datetime(failure.at),
        recipient=failure.recipient,
        domain=failure.domain,
        code=failure.code if _CODE.fullmatch(failure.code) else _UNKNOWN,
    )
    return text.replace("\n", "\r\n").encode("ascii")
