"""Providers that measure how they are spoken to: who connects, how often at once, with how many mails.

`python -m e2e.lab.meter DIRECTORY` in the outside world keeps a line per mail and connection, and reads its moods.
"""

import asyncio
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec
from aiosmtpd.smtp import SMTP, Envelope, Session

from e2e.lab.commands import wait_until
from e2e.lab.inside import REPOSITORY
from e2e.lab.lab import Lab
from e2e.lab.plan import PROVIDERS

_PORT = 25
_START_SECONDS = 20.0
_MAILS, _CONNECTIONS, _MOODS = "mails.jsonl", "connections.jsonl", "moods.json"
_Kept = TypeVar("_Kept")


class Mail(msgspec.Struct, frozen=True):
    """A mail for one recipient that was taken; times are the machine's monotonic clock, in seconds."""

    domain: str
    source: str
    recipient: str
    at: float


class Connection(msgspec.Struct, frozen=True):
    """A connection that has ended: with QUIT, or else by being closed."""

    domain: str
    source: str
    helo: str
    began: float
    ended: float
    mails: int


class Mood(msgspec.Struct, frozen=True):
    """How a provider answers the end of the data."""

    reply: str
    sources: tuple[str, ...] = ()
    """To these addresses only; empty: to all."""


class Meter:
    """A running meter and what it has seen."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def connections(self, domain: str) -> list[Connection]:
        """Give the connections to one provider that have ended."""
        return [each for each in self._read(_CONNECTIONS, Connection) if each.domain == domain]

    def mails(self, tag: str) -> list[Mail]:
        """Give the mails for people whose address begins with a tag."""
        return [each for each in self._read(_MAILS, Mail) if each.recipient.startswith(tag)]

    def copies(self, tag: str) -> Counter[str]:
        """Count the copies that each of these people got."""
        return Counter(mail.recipient for mail in self.mails(tag))

    def _read(self, name: str, kind: type[_Kept]) -> list[_Kept]:
        file = self._directory / name
        lines = file.read_bytes().split(b"\n")[:-1] if file.exists() else []
        return [msgspec.json.decode(line, type=kind) for line in lines]

    def be(self, moods: dict[str, Mood]) -> None:
        """Let providers answer otherwise than by taking the mail."""
        staged = self._directory / f"{_MOODS}.new"
        staged.write_bytes(msgspec.json.encode(moods))
        staged.rename(self._directory / _MOODS)


def most_at_once(connections: list[Connection]) -> list[Connection]:
    """Find the moment when most of these connections were open, and give those."""
    now: list[Connection] = []
    most: list[Connection] = []
    for each in sorted(connections, key=lambda each: each.began):
        now = [*(other for other in now if other.ended > each.began), each]
        most = max(most, now, key=len)
    return most


@contextmanager
def meter(lab: Lab) -> Iterator[Meter]:
    """Run it at the providers' addresses; what it kept is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="fleetpost-meter-", dir="/dev/shm") as name:
        argv = [sys.executable, "-m", "e2e.lab.meter", name]
        process = subprocess.Popen(lab.inside.host("outside", argv), cwd=REPOSITORY)
        try:
            wait_until((Path(name) / "ready").exists, "the meter listens", seconds=_START_SECONDS)
            yield Meter(Path(name))
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


class _Desk:
    """What all connections share."""

    def __init__(self, directory: Path) -> None:
        self._moods = directory / _MOODS
        self._mails = (directory / _MAILS).open("ab", buffering=0)
        self._connections = (directory / _CONNECTIONS).open("ab", buffering=0)

    def mood_of(self, domain: str, source: str) -> str | None:
        """Give what this provider answers to this address now; None: it takes mail."""
        if not self._moods.exists():
            return None
        mood = msgspec.json.decode(self._moods.read_bytes(), type=dict[str, Mood]).get(domain)
        return mood.reply if mood and (not mood.sources or source in mood.sources) else None

    def keep(self, seen: Mail | Connection) -> None:
        """Write down a mail that is taken, or a connection that has ended."""
        file = self._mails if isinstance(seen, Mail) else self._connections
        file.write(msgspec.json.encode(seen) + b"\n")


class _Conversation(SMTP):
    """One connection."""

    def __init__(self, desk: _Desk, domain: str, loop: asyncio.AbstractEventLoop) -> None:
        self._desk, self._domain = desk, domain
        self._source, self._began = "", time.monotonic()
        self._quit_at: float | None = None
        self._mails = 0
        super().__init__(self, hostname=f"mx.{domain}", loop=loop, enable_SMTPUTF8=True)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._source, self._began = transport.get_extra_info("peername")[0], time.monotonic()

    def data_received(self, data: bytes) -> None:
        # Postfix hangs up as it says this. Seen here, it is seen in order with the beginnings of others, however
        # late the conversation itself comes to it.
        if data.upper().endswith(b"QUIT\r\n"):
            self._quit_at = time.monotonic()
        super().data_received(data)

    def connection_lost(self, error: Exception | None) -> None:
        helo = str(self.session.host_name or "") if self.session else ""
        ended = self._quit_at or time.monotonic()
        self._desk.keep(Connection(self._domain, self._source, helo, self._began, ended, self._mails))
        super().connection_lost(error)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 its name
        reply = self._desk.mood_of(self._domain, self._source)
        if reply is not None:
            return reply
        self._mails += 1
        for recipient in envelope.rcpt_tos:
            self._desk.keep(Mail(self._domain, self._source, recipient, time.monotonic()))
        return "250 2.0.0 Ok: measured"


async def _serve(directory: Path) -> None:
    loop, ended, desk = asyncio.get_running_loop(), asyncio.Event(), _Desk(directory)
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    for domain, address in PROVIDERS.items():
        await loop.create_server(lambda domain=domain: _Conversation(desk, domain, loop), address, _PORT)  # type: ignore[misc]
    (directory / "ready").touch()
    await ended.wait()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1])))
