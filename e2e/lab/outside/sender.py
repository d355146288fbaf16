"""Mail from outside: composed like any user's, delivered to the recipient's MX over SMTP with STARTTLS."""

from email.message import EmailMessage
from email.utils import format_datetime, localtime, make_msgid

import aiosmtplib
import dns.asyncresolver
import msgspec


class Letter(msgspec.Struct, frozen=True, rename={"sender": "from"}):
    """What to send; `headers` may set anything else, `raw` replaces the whole composed mail."""

    sender: str
    to: str
    subject: str = ""
    text: str = ""
    html: str | None = None
    headers: dict[str, str] = {}
    raw: str | None = None


class Handover(msgspec.Struct, frozen=True):
    """How the recipient's MX answered; code 0 when it did not."""

    mx: str
    code: int
    reply: str
    message_id: str


def compose(letter: Letter) -> EmailMessage:
    """Write the letter down as a mail."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = letter.sender, letter.to, letter.subject
    message["Date"] = format_datetime(localtime())
    message["Message-ID"] = make_msgid(domain=letter.sender.rpartition("@")[2])
    for name, value in letter.headers.items():
        message[name] = value
    message.set_content(letter.text)
    if letter.html is not None:
        message.add_alternative(letter.html, subtype="html")
    return message


async def find_mx(domain: str) -> str:
    """Ask the resolver for the best MX of a domain."""
    answer = await dns.asyncresolver.resolve(domain, "MX")
    best = min(answer, key=lambda record: int(record.preference))
    return str(best.exchange).rstrip(".")


async def deliver(letter: Letter, *, helo: str) -> Handover:
    """Hand the letter to the recipient's MX and tell what it said, refusals included."""
    mx = await find_mx(letter.to.rpartition("@")[2])
    message = compose(letter)
    content = letter.raw.encode() if letter.raw is not None else message.as_bytes()
    client = aiosmtplib.SMTP(hostname=mx, port=25, local_hostname=helo, start_tls=None, validate_certs=False)
    try:
        async with client:
            errors, reply = await client.sendmail(letter.sender, [letter.to], content)
            code = next(iter(errors.values())).code if errors else int(reply.split()[0]) if reply[:3].isdigit() else 250
    except aiosmtplib.SMTPRecipientsRefused as refused:
        first = refused.recipients[0]
        code, reply = first.code, first.message
    except aiosmtplib.SMTPResponseException as refused:
        code, reply = refused.code, refused.message
    except aiosmtplib.SMTPException as broken:
        code, reply = 0, str(broken)
    return Handover(mx=mx, code=code, reply=reply, message_id=str(message["Message-ID"]))
