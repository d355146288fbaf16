"""One SMTP session with the node's Postfix, used for many messages."""

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import cast

import msgspec
from aiosmtplib import SMTP
from aiosmtplib.errors import SMTPConnectError, SMTPException, SMTPResponseException, SMTPServerDisconnected

from tenant_agent.compose import Base64Lines, FilePart, Piece, header_of
from tenant_agent.fetched.reading import FileLost, ReadFile, no_files
from tenant_agent.inject.dialogue import UNAVAILABLE, Dialogue, Reply
from tenant_agent.inject.outcomes import InDoubt, NotSent, Outcome, PutOff, Queued, Refused
from tenant_agent.inject.stuffing import Stuffing, with_whole_breaks

_QUEUED_AS = re.compile(r"queued as ([0-9A-Za-z]+)")
_GO_AHEAD = 354
_PERMANENT = 500

# smtpd answers within milliseconds; a milter that hangs is given up by Postfix after 30 s (milter_content_timeout).
_ANSWER_SECONDS = 60.0
_HUNG_UP = "the server hung up"
_NO_SMTPUTF8 = "553 5.6.7 This node takes no addresses outside ASCII"


class Gate(msgspec.Struct, frozen=True):
    """Where Postfix takes the agent's mail."""

    host: str = "127.0.0.1"
    port: int = 10025


class Session:
    """A connection that is made when it is first needed and again after it broke.

    aiosmtplib makes it and asks what the server can do. From then on MAIL, RCPT and DATA go in one write if the server
    takes them so, and the content in another: each write costs three processes a wake-up.
    """

    def __init__(
        self, gate: Gate, read_file: ReadFile = no_files, *, patience_seconds: float = _ANSWER_SECONDS
    ) -> None:
        self._gate = gate
        self._read_file = read_file
        self._patience_seconds = patience_seconds
        self._client: SMTP | None = None
        self._dialogue: Dialogue | None = None
        self._pipelines = False
        self._takes_8bit = self._takes_utf8 = False

    async def hand_over(self, sender: str, recipient: str, message: bytes | tuple[Piece, ...]) -> Outcome:
        """Send one message to one recipient. Addresses must have been checked."""
        dialogue = None
        pieces = (message,) if isinstance(message, bytes) else message
        try:
            dialogue = await self._connected()
            parameters = self._parameters(recipient, pieces)
            if parameters is None:
                return Refused(_NO_SMTPUTF8)
            refusal = await self._envelope(dialogue, f"<{sender}>{parameters}", recipient)
        except (SMTPException, OSError, TimeoutError) as error:
            self.close()
            return NotSent(_words(error), was_connected=dialogue is not None)
        return refusal or await self._content(dialogue, pieces)

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
            async with asyncio.timeout(self._patience_seconds):
                await client.connect()
                await client.ehlo()
            self._pipelines = client.supports_extension("pipelining")
            self._takes_8bit = client.supports_extension("8bitmime")
            self._takes_utf8 = client.supports_extension("smtputf8")
            self._dialogue = Dialogue(
                cast("asyncio.WriteTransport", client.transport), patience_seconds=self._patience_seconds
            )
        return self._dialogue

    def _parameters(self, recipient: str, pieces: tuple[Piece, ...]) -> str | None:
        """Say what MAIL must announce (RFC 6152, 6531); None if the server takes no such thing."""
        is_ascii = all(piece.isascii() if isinstance(piece, bytes) else piece.is_ascii for piece in pieces)
        if is_ascii and recipient.isascii():
            return ""
        body = " BODY=8BITMIME" if self._takes_8bit else ""
        if recipient.isascii() and isinstance(pieces[0], bytes) and header_of(pieces[0]).isascii():
            return body
        return body + " SMTPUTF8" if self._takes_utf8 else None

    async def _envelope(self, dialogue: Dialogue, sender: str, recipient: str) -> Outcome | None:
        """Send MAIL, RCPT and DATA; no bounce message is wanted, because the log tells (RFC 3461)."""
        commands = [
            f"MAIL FROM:{sender}\r\n".encode(),
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

    async def _content(self, dialogue: Dialogue, pieces: tuple[Piece, ...]) -> Outcome:
        """Send the content; with its end it comes to be in doubt, until Postfix has said what became of it."""
        try:
            rest = await self._all_but_the_end(dialogue, pieces)
        except FileLost as error:
            self.close()
            return PutOff(f"451 4.3.0 A file of this message has to be fetched once more: {error}")
        except (SMTPException, OSError, TimeoutError) as error:
            self.close()
            return NotSent(_words(error), was_connected=True)
        try:
            replies = await dialogue.ask(rest, 1)
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

    async def _all_but_the_end(self, dialogue: Dialogue, pieces: tuple[Piece, ...]) -> bytes:
        """Send what comes before the last piece, as fast as it is taken; gives that piece with the content's end."""
        stuffing, rest = Stuffing(), b""
        for piece in pieces:
            if isinstance(piece, bytes):
                rest += stuffing.feed(with_whole_breaks(piece))
                continue
            await self._send(dialogue, rest)
            async with aclosing(self._written(piece)) as written:
                async for some in written:
                    await self._send(dialogue, stuffing.feed(some))
            rest = b""
        return rest + stuffing.end()

    async def _send(self, dialogue: Dialogue, data: bytes) -> None:
        async with asyncio.timeout(self._patience_seconds):
            await dialogue.send(data)

    async def _written(self, part: FilePart) -> AsyncGenerator[bytes]:
        lines = Base64Lines()
        async with aclosing(self._read_file(part.file)) as file:
            async for some in file:
                yield lines.feed(some) if part.as_base64 else some
        yield lines.end()

    async def _refused(self, dialogue: Dialogue, reply: Reply) -> Outcome:
        """Make the session fit for the next message after a refusal, and say what it means for this one."""
        words = f"{reply.code} {reply.text}"
        if reply.code == UNAVAILABLE:
            self.close()
            return NotSent(words, was_connected=True)
        try:
            await dialogue.ask(b"RSET\r\n", 1)
        except (SMTPException, OSError, TimeoutError):
            self.close()
        return Refused(words) if reply.code >= _PERMANENT else PutOff(words)


def _words(error: BaseException) -> str:
    if isinstance(error, SMTPResponseException):
        return f"{error.code} {error.message}"
    if isinstance(error, SMTPConnectError):
        return str(error)
    return str(error) or type(error).__name__
