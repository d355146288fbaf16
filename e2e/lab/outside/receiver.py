"""The outside world's mail server: aiosmtpd with STARTTLS, which judges each mail before it accepts it."""

import asyncio
import datetime as dt
import ssl

from aiosmtpd.smtp import SMTP, Envelope, Session

from e2e.lab.outside.afterwards import send_back
from e2e.lab.outside.answers import Answers, dawdle
from e2e.lab.outside.mail import Mailroom, ReceivedMail, headers_of
from e2e.lab.outside.sender import Handover
from e2e.lab.outside.verdicts import judge

_MOST_OCTETS = 40 * 1024 * 1024


class _Handler:
    """aiosmtpd's hooks."""

    def __init__(self, mailroom: Mailroom, domain: str, hostname: str) -> None:
        self._mailroom = mailroom
        self._domain = domain
        self._hostname = hostname
        self._answers = Answers()
        self._on_their_way: set[asyncio.Task[Handover]] = set()

    async def handle_RCPT(  # noqa: N802 - aiosmtpd finds hooks by the name of the command
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address.rpartition("@")[2].lower() != self._domain:
            return "550 5.7.1 Relaying denied"
        answer = self._answers.to(address, mail_from=envelope.mail_from or "", encrypted=session.ssl is not None)
        if answer.reply:
            return answer.reply
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        encrypted = session.ssl is not None
        sender, recipients = envelope.mail_from or "", tuple(envelope.rcpt_tos)
        answers = {to: self._answers.to(to, mail_from=sender, encrypted=encrypted) for to in recipients}
        await dawdle(max(answer.delay_seconds for answer in answers.values()))
        assert isinstance(envelope.content, bytes)
        client, helo = str((session.peer or ("",))[0]), session.host_name or ""
        verdicts = await asyncio.to_thread(judge, envelope.content, client=client, mail_from=sender, helo=helo)
        mail = ReceivedMail(
            at=dt.datetime.now(dt.UTC).isoformat(),
            client=client,
            helo=helo,
            mail_from=sender,
            recipients=recipients,
            tls=_tls_version(session),
            headers=headers_of(envelope.content),
            raw=envelope.content,
            verdicts=verdicts,
        )
        self._mailroom.add(mail)
        for recipient, answer in answers.items():
            if answer.afterwards and sender:
                self._keep(asyncio.create_task(send_back(answer.afterwards, mail, recipient, helo=self._hostname)))
        return "250 2.0.0 Ok: accepted"

    def _keep(self, task: asyncio.Task[Handover]) -> None:
        self._on_their_way.add(task)
        task.add_done_callback(self._on_their_way.discard)


def _tls_version(session: Session) -> str | None:
    connection = session.ssl.get("ssl_object") if isinstance(session.ssl, dict) else None
    return connection.version() if isinstance(connection, ssl.SSLObject) else None


async def serve(
    mailroom: Mailroom, *, domain: str, hostname: str, address: str, tls: ssl.SSLContext, utf8: bool = True
) -> asyncio.AbstractServer:
    """Listen on port 25; without `utf8` it has no SMTPUTF8."""
    handler = _Handler(mailroom, domain, hostname)

    def session() -> SMTP:
        return SMTP(
            handler,
            hostname=hostname,
            ident="ESMTP",
            tls_context=tls,
            enable_SMTPUTF8=utf8,
            data_size_limit=_MOST_OCTETS,
        )

    return await asyncio.get_running_loop().create_server(session, address, 25)
