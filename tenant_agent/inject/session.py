"""One SMTP session with the node's Postfix, used for many messages."""

import asyncio
import re
from typing import cast

import msgspec
from aiosmtplib import SMTP
from aiosmtplib.errors import SMTPConnectError, SMTPException, SMTPResponseException, SMTPServerDisconnected

from tenant_agent.inject.dialogue import UNAVAILABLE, Dialogue, Reply
from tenant_agent.inject.outcomes import InDoubt, NotSent, Outcome, PutOff, Queued, Refused

_QUEUED_AS = re.compile(r"queued as ([0-9A-Za-z]+)")
_LONE_LINE_BREAK = re.compile(rb"\r(?!\n)|(?<!\r)\n")
_GO_AHEAD = 354
_PERMANENT = 500

# smtpd answers within milliseconds; a milter that hangs is given up by Postfix after 30 s (milter_content_timeout).
_ANSWER_SECONDS = 60.0
_HUNG_UP = "the server hung up"


class Gate(msgspec.Struct, frozen=True):
    """Where Postfix takes the agent's mail."""

    host: str = "127.0.0.1"
    port: int = 10025


class Session:
    """A connection that is made when it is first needed and again after it broke.

    aiosmtplib makes it and asks what the server can do. From then on MAIL, RCPT and DATA go in one write if the server
    takes them so, and the content in another: each write costs three processes a wake-up.
    """

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._client: SMTP | None = None
        self._dialogue: Dialogue | None = None
        self._pipelines = False

    async def hand_over(self, sender: str, recipient: str, message: bytes) -> Outcome:
        """Send one message to one recipient. Addresses must have been checked."""
        dialogue = None
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                dialogue = await self._connected()
                refusal = await self._envelope(dialogue, sender, recipient)
        except (SMTPException, OSError, TimeoutError) as error:
            self.close()
            return NotSent(_words(error), was_connected=dialogue is not None)
        return refusal or await self._content(dialogue, message)

    def close(self) -> None:
        """Drop the connection; nothing that was acknowledged is lost by it."""
        client, self._client, self._dialogue = self._client, None, None
        if client is not None:
            client.close()

    async def _connected(self) -> Dialogue:
        if self._dialogue is None or not self._dialogue.is_open:
            self.close()
            self._client = client = SMTP(
                hostname=self._gate.host,
                port=self._gate.port,
                local_hostname="localhost",
                start_tls=False,
                timeout=None,
            )
            await client.connect()
            await client.ehlo()
            self._pipelines = client.supports_extension("pipelining")
            self._dialogue = Dialogue(cast("asyncio.WriteTransport", client.transport))
        return self._dialogue

    async def _envelope(self, dialogue: Dialogue, sender: str, recipient: str) -> Outcome | None:
        """Send MAIL, RCPT and DATA; no bounce message is wanted, because the log tells (RFC 3461)."""
        commands = [
            f"MAIL FROM:<{sender}>\r\n".encode(),
            f"RCPT TO:<{recipient}> NOTIFY=NEVER\r\n".encode(),
            b"DATA\r\n",
        ]
        replies: list[Reply] = []
        for group in [b"".join(commands)] if self._pipelines else commands:
            expected = group.count(b"\r\n")
            replies += (answers := await dialogue.ask(group, expected))
            if len(answers) < expected or not all(answer.is_positive for answer in answers):
                break
        return await self._verdict(dialogue, replies, len(commands))

    async def _verdict(self, dialogue: Dialogue, replies: list[Reply], expected: int) -> Outcome | None:
        """Read the answers to the envelope; none means that the content may follow."""
        refusal = next((reply for reply in replies if not reply.is_positive), None)
        if refusal is None and len(replies) == expected and replies[-1].code == _GO_AHEAD:
            return None
        if refusal is None:
            raise SMTPServerDisconnected(_HUNG_UP)
        if replies[-1].code == _GO_AHEAD:  # nobody is to get what follows, but something must (RFC 2920 §3.1)
            await dialogue.ask(b".\r\n", 1)
        return await self._refused(dialogue, refusal)

    async def _content(self, dialogue: Dialogue, message: bytes) -> Outcome:
        """Send the content; from here on the message is in doubt until Postfix has said what became of it."""
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                replies = await dialogue.ask(_on_the_wire(message), 1)
        except SMTPServerDisconnected as error:
            self.close()
            return NotSent(_words(error), was_connected=True)
        except (OSError, TimeoutError) as error:
            self.close()
            return InDoubt(_words(error))
        if replies and not replies[0].is_positive:
            return await self._refused(dialogue, replies[0])
        match = _QUEUED_AS.search(replies[0].text) if replies else None
        if match is None:  # a 250 that is not Postfix's: what became of the message can be found out only by settling
            self.close()
            return InDoubt(replies[0].text if replies else _HUNG_UP)
        return Queued(match[1])

    async def _refused(self, dialogue: Dialogue, reply: Reply) -> Outcome:
        """Make the session fit for the next message after a refusal, and say what it means for this one."""
        words = f"{reply.code} {reply.text}"
        if reply.code == UNAVAILABLE:
            self.close()
            return NotSent(words, was_connected=True)
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                await dialogue.ask(b"RSET\r\n", 1)
        except (SMTPException, OSError, TimeoutError):
            self.close()
        return Refused(words) if reply.code >= _PERMANENT else PutOff(words)


def _on_the_wire(message: bytes) -> bytes:
    """Write the content as DATA takes it: CR and LF only together, dots doubled, and its end (RFC 5321 §4.5.2)."""
    breaks = message.count(b"\r\n")
    if message.count(b"\n") != breaks or message.count(b"\r") != breaks:
        message = _LONE_LINE_BREAK.sub(b"\r\n", message)
    if not message.endswith(b"\r\n"):
        message += b"\r\n"
    if message.startswith(b"."):
        message = b"." + message
    return message.replace(b"\r\n.", b"\r\n..") + b".\r\n"


def _words(error: BaseException) -> str:
    if isinstance(error, SMTPResponseException):
        return f"{error.code} {error.message}"
    if isinstance(error, SMTPConnectError):
        return str(error)
    return str(error) or type(error).__name__
