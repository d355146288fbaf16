"""What arrived outside, read by Python's own mail library."""

import email
import email.policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import getaddresses
from typing import cast

from e2e.lab.outside.mail import ReceivedMail


def read(mail: ReceivedMail) -> EmailMessage:
    """Take a mail apart that arrived."""
    return parsed(mail.raw)


def parsed(raw: bytes) -> EmailMessage:
    """Take a mail apart."""
    return email.message_from_bytes(raw, policy=email.policy.SMTPUTF8)


def people(mail: ReceivedMail, field: str) -> list[tuple[str, str]]:
    """List names and addresses of a field.

    The older way of reading: the newer one leaves spaces between the words of a long name (python/cpython#92081).
    """
    head = email.message_from_string(mail.raw.decode("utf-8", "surrogateescape"))
    return [(str(make_header(decode_header(name))), address) for name, address in getaddresses([head[field]])]


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    """Give the text or the HTML of a mail, with plain line ends."""
    body = message.get_body((kind,))
    assert body is not None, f"there is no {kind} in it"
    return cast(str, body.get_content()).replace("\r\n", "\n")
