"""A connection to an SMTP server on which several commands go out in one write (RFC 2920)."""

import asyncio
from typing import NamedTuple

from aiosmtplib.errors import SMTPServerDisconnected

UNAVAILABLE = 421
"""The server says goodbye: nothing follows this reply."""

_LONGEST_REPLY = 64 * 1024


class Reply(NamedTuple):
    """What the server said, with several lines joined."""

    code: int
    text: str

    @property
    def is_positive(self) -> bool:
        return 200 <= self.code < 400


class Dialogue(asyncio.Protocol):
    """Takes over a connection on which the server has been greeted.

    aiosmtplib keeps one reply at a time and drops what comes with it, so it cannot read pipelined replies. One
    timer sees whether an answer is overdue: one for each answer was some 6 % of what the agent needs for a message.
    """

    def __init__(self, transport: asyncio.WriteTransport, *, patience_seconds: float) -> None:
        self._transport = transport
        self._patience_seconds = patience_seconds
        self._loop = asyncio.get_running_loop()
        self._asked_at = 0.0
        self._look_again = self._loop.call_later(patience_seconds, self._look)
        self._buffer = bytearray()
        self._lines: list[str] = []
        self._replies: list[Reply] = []
        self._wanted = 0
        self._waiter: asyncio.Future[None] | None = None
        self._is_over = False
        self._may_write = asyncio.Event()
        self._may_write.set()
        transport.set_protocol(self)

    @property
    def is_open(self) -> bool:
        """Whether something can be asked; a reply that nobody asked for is a farewell."""
        return not (self._is_over or self._replies or self._transport.is_closing())

    async def ask(self, commands: bytes, replies: int) -> list[Reply]:
        """Send commands and give so many replies; fewer if the server ended the conversation.

        Raises `SMTPServerDisconnected` if nothing was sent, because it had ended before, and `TimeoutError` if no
        answer came in time.
        """
        if not self.is_open:
            raise SMTPServerDisconnected("the server has hung up")
        self._wanted = replies
        self._asked_at = self._loop.time()
        self._waiter = self._loop.create_future()
        self._transport.write(commands)
        try:
            await self._waiter
        finally:
            self._waiter = None
        answers, self._replies = self._replies, []
        return answers

    async def send(self, data: bytes) -> None:
        """Send a part of what `ask` ends, and wait while the server takes no more.

        Raises `SMTPServerDisconnected` when the server has spoken or hung up before the end.
        """
        if not self.is_open:
            raise SMTPServerDisconnected("the server has hung up")
        self._transport.write(data)
        await self._may_write.wait()

    def pause_writing(self) -> None:
        self._may_write.clear()

    def resume_writing(self) -> None:
        self._may_write.set()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        *lines, rest = self._buffer.split(b"\r\n")
        self._buffer = rest
        for line in lines:
            self._read(line.decode("utf-8", "replace"))
        if len(rest) + sum(map(len, self._lines)) > _LONGEST_REPLY:
            self._end()
        if self._is_over or len(self._replies) >= self._wanted:
            self._wake()

    def eof_received(self) -> bool:
        self._end()
        return False

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 (asyncio's signature)
        self._end()

    def _read(self, line: str) -> None:
        code, goes_on, text = line[:3], line[3:4] == "-", line[4:]
        self._lines.append(text)
        if not (code.isascii() and code.isdigit()):
            self._end()
        elif not goes_on:
            self._replies.append(Reply(int(code), "\n".join(self._lines)))
            self._lines = []
            self._is_over = self._is_over or int(code) == UNAVAILABLE

    def _look(self) -> None:
        now = self._loop.time()
        waiter = None if self._waiter is None or self._waiter.done() else self._waiter
        since = now if waiter is None else self._asked_at
        if waiter is None or now - since < self._patience_seconds:
            self._look_again = self._loop.call_at(since + self._patience_seconds, self._look)
        else:
            waiter.set_exception(TimeoutError("the server gave no answer"))
            self._end()

    def _end(self) -> None:
        self._is_over = True
        self._look_again.cancel()
        self._may_write.set()
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
