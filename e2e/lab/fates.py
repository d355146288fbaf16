"""A server where each address says what becomes of its mail; it writes down what it said. And a webhook's endpoint.

`python -m e2e.lab.fates DIRECTORY` in the outside world; a mail to `x.17.later@bulk.test` is put off once, and so on.
"""

import asyncio
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, Literal, TypeAlias, get_args

import msgspec
from aiosmtpd.smtp import SMTP, Envelope, Session
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from e2e.lab.commands import wait_until
from e2e.lab.inside import REPOSITORY
from e2e.lab.lab import Lab
from e2e.lab.outside.afterwards import Afterwards, send_back
from e2e.lab.outside.mail import ReceivedMail, Verdicts, headers_of
from e2e.lab.plan import BULK_ADDRESS, BULK_DOMAIN

Fate: TypeAlias = Literal["taken", "refused", "later", "returned", "complained"]
"""`later`: put off once, then taken; `returned`: taken, and a bounce comes back; `complained`: taken, and unwanted."""
_BY_NAME: Final[dict[str, Fate]] = {name: name for name in get_args(Fate)}

_HOSTNAME = f"sink.{BULK_DOMAIN}"
_SMTP_PORT, _HTTP_PORT = 25, 8081
_START_SECONDS = 20.0
_TAKEN = "250 2.0.0 Ok: taken"
_REFUSED = "550 5.1.1 The email account that you tried to reach does not exist"
_PUT_OFF = "451 4.2.1 The mailbox is being moved, come back later"
_AFTERWARDS: Final[dict[Fate, Afterwards]] = {"returned": "bounce", "complained": "complaint"}
_SAID, _CALLS, _SECRET = "said.jsonl", "calls.jsonl", "secret"
_NOBODY_ASKED = Verdicts("none", "none", "none")


class Said(msgspec.Struct, frozen=True):
    """The answer to one attempt at one recipient, or how we were answered when something was sent back."""

    recipient: str
    code: int
    sent_back: Afterwards | None = None


class Call(msgspec.Struct, frozen=True):
    """A webhook's call: which event it told of, and whether its signature was good when it came."""

    id: str
    signed: bool


def address(tag: str, number: int, fate: Fate) -> str:
    """Name somebody of a fate."""
    return f"{tag}.{number}.{fate}@{BULK_DOMAIN}"


def fate_of(recipient: str) -> Fate:
    """Read it from the address; strangers' mail is taken."""
    word = recipient.partition("@")[0].rpartition(".")[2]
    return _BY_NAME.get(word, "taken")


class Fates:
    """A running server and what it has written down."""

    url = f"http://{_HOSTNAME}:{_HTTP_PORT}/"

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def said(self) -> list[Said]:
        """Give what it answered, in order."""
        return [msgspec.json.decode(line, type=Said) for line in self._lines(_SAID)]

    def expect_signed_by(self, secret: str) -> None:
        """Have calls verified by a secret from now on; none is good before."""
        (self._directory / _SECRET).write_text(secret)

    def calls(self) -> list[Call]:
        """Give the webhook's calls, in order, repeats included."""
        return [msgspec.json.decode(line, type=Call) for line in self._lines(_CALLS)]

    def _lines(self, name: str) -> list[bytes]:
        return (self._directory / name).read_bytes().split(b"\n")[:-1]


@contextmanager
def fates(lab: Lab) -> Iterator[Fates]:
    """Run it at the lab's address for measurements; what it wrote down is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="fleetpost-fates-", dir="/dev/shm") as name:
        argv = [sys.executable, "-m", "e2e.lab.fates", name]
        process = subprocess.Popen(lab.inside.host("outside", argv), cwd=REPOSITORY)
        try:
            wait_until((Path(name) / "ready").exists, "the server listens", seconds=_START_SECONDS)
            yield Fates(Path(name))
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


class Server:
    """aiosmtpd's hooks, and what is behind the webhook."""

    def __init__(self, directory: Path) -> None:
        self._said, self._calls = ((directory / name).open("ab", buffering=0) for name in (_SAID, _CALLS))
        self._secret = directory / _SECRET
        self._put_off: set[str] = set()
        self._on_their_way: set[asyncio.Task[None]] = set()

    def close(self) -> None:
        """Write down no more."""
        self._said.close()
        self._calls.close()

    async def handle_RCPT(  # noqa: N802 aiosmtpd finds hooks by the name of the command
        self, _server: SMTP, _session: Session, envelope: Envelope, recipient: str, _options: list[str]
    ) -> str:
        fate = fate_of(recipient)
        if fate == "refused":
            return self._say(recipient, _REFUSED)
        if fate == "later" and recipient not in self._put_off:
            self._put_off.add(recipient)
            return self._say(recipient, _PUT_OFF)
        envelope.rcpt_tos.append(recipient)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        for recipient in envelope.rcpt_tos:
            self._say(recipient, _TAKEN)
            what = _AFTERWARDS.get(fate_of(recipient))
            if what:
                task = asyncio.create_task(self._send_back(what, _mail(session, envelope), recipient))
                self._on_their_way.add(task)
                task.add_done_callback(self._on_their_way.discard)
        return _TAKEN

    def _say(self, recipient: str, reply: str) -> str:
        self._write(Said(recipient, int(reply[:3])))
        return reply

    async def _send_back(self, what: Afterwards, mail: ReceivedMail, recipient: str) -> None:
        handed = await send_back(what, mail, recipient, helo=_HOSTNAME)
        self._write(Said(recipient, handed.code, what))

    def _write(self, said: Said) -> None:
        self._said.write(msgspec.json.encode(said) + b"\n")

    async def called(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take calls, one after the other on a connection."""
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                headers = _headers(await reader.readuntil(b"\r\n\r\n"))
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                self.keep(headers, body)
                writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
                await writer.drain()
        writer.close()

    def keep(self, headers: dict[str, str], body: bytes) -> None:
        """Write down a call, and whether its signature is good."""
        call = Call(headers["webhook-id"], _is_signed(self._secret, headers, body))
        self._calls.write(msgspec.json.encode(call) + b"\n")


def _is_signed(secret: Path, headers: dict[str, str], body: bytes) -> bool:
    try:
        Webhook(secret.read_text()).verify(body, headers)
    except (WebhookVerificationError, FileNotFoundError):
        return False
    return True


def _headers(head: bytes) -> dict[str, str]:
    lines = (line.partition(":") for line in head.decode("latin-1").split("\r\n")[1:] if line)
    return {name.strip().lower(): value.strip() for name, _, value in lines}


def _mail(session: Session, envelope: Envelope) -> ReceivedMail:
    assert isinstance(envelope.content, bytes), "nothing is decoded"
    return ReceivedMail(
        at="",
        client=str((session.peer or ("",))[0]),
        helo=session.host_name or "",
        mail_from=envelope.mail_from or "",
        recipients=tuple(envelope.rcpt_tos),
        tls=None,
        headers=headers_of(envelope.content),
        raw=b"",
        verdicts=_NOBODY_ASKED,
    )


async def _serve(directory: Path) -> None:
    loop, ended, server = asyncio.get_running_loop(), asyncio.Event(), Server(directory)
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    await loop.create_server(lambda: SMTP(server, hostname=_HOSTNAME, loop=loop), BULK_ADDRESS, _SMTP_PORT)
    await asyncio.start_server(server.called, BULK_ADDRESS, _HTTP_PORT)
    (directory / "ready").touch()
    await ended.wait()
    server.close()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1])))
