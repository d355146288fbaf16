"""One SMTP session with the node's Postfix, used for many messages."""

import asyncio
import re

import msgspec
from aiosmtplib import SMTP
from aiosmtplib.errors import SMTPConnectError, SMTPDataError, SMTPException, SMTPHeloError, SMTPResponseException

from tenant_agent.inject.outcomes import InDoubt, NotSent, Outcome, PutOff, Queued, Refused

_QUEUED_AS = re.compile(r"queued as ([0-9A-Za-z]+)")
_UNAVAILABLE = 421
_PERMANENT = 500

# smtpd answers within milliseconds; a milter that hangs is given up by Postfix after 30 s (milter_command_timeout).
_ANSWER_SECONDS = 60.0


class Gate(msgspec.Struct, frozen=True):
    """Where Postfix takes the agent's mail."""

    host: str = "127.0.0.1"
    port: int = 10025


class Session:
    """A connection that is made when it is first needed and again after it broke."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._client: SMTP | None = None

    async def hand_over(self, sender: str, recipient: str, message: bytes) -> Outcome:
        """Send one message to one recipient. Addresses must have been checked."""
        client = None
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                client = await self._connected()
                refusal = await self._envelope(client, sender, recipient)
        except (SMTPException, OSError, TimeoutError) as error:
            self.close()
            return NotSent(_words(error), was_connected=client is not None)
        return refusal or await self._content(client, message)

    def close(self) -> None:
        """Drop the connection; nothing that was acknowledged is lost by it."""
        client, self._client = self._client, None
        if client is not None:
            client.close()

    async def _connected(self) -> SMTP:
        if self._client is None or not self._client.is_connected:
            self.close()
            self._client = SMTP(
                hostname=self._gate.host,
                port=self._gate.port,
                local_hostname="localhost",
                start_tls=False,
                timeout=None,
            )
            await self._client.connect()
            await self._client.ehlo()
        return self._client

    async def _envelope(self, client: SMTP, sender: str, recipient: str) -> Outcome | None:
        """Send MAIL and RCPT; no bounce message is wanted, because the log tells (RFC 3461)."""
        for command in (
            (b"MAIL", b"FROM:<" + sender.encode() + b">"),
            (b"RCPT", b"TO:<" + recipient.encode() + b">", b"NOTIFY=NEVER"),
        ):
            response = await client.execute_command(*command, timeout=None)
            if response.code >= 300:
                return await self._reset(client, response.code, response.message)
        return None

    async def _content(self, client: SMTP, message: bytes) -> Outcome:
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                response = await client.data(message, timeout=None)
        except SMTPDataError as error:
            return await self._reset(client, error.code, error.message)
        except (SMTPException, OSError, TimeoutError) as error:
            self.close()
            return InDoubt(_words(error))
        match = _QUEUED_AS.search(response.message)
        if match is None:  # a 250 that is not Postfix's: what became of the message can be found out only by settling
            self.close()
            return InDoubt(response.message)
        return Queued(match[1])

    async def _reset(self, client: SMTP, code: int, message: str) -> Outcome:
        """Read a refusal and make the session fit for the next message."""
        reply = f"{code} {message}"
        if code == _UNAVAILABLE:
            self.close()
            return NotSent(reply, was_connected=True)
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                await client.rset()
        except (SMTPException, OSError, TimeoutError):
            self.close()
        return Refused(reply) if code >= _PERMANENT else PutOff(reply)


def _words(error: BaseException) -> str:
    if isinstance(error, SMTPResponseException):
        return f"{error.code} {error.message}"
    if isinstance(error, SMTPConnectError | SMTPHeloError):
        return str(error)
    return str(error) or type(error).__name__
