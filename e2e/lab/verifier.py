"""A receiver that verifies every mail's signatures against DNS the moment it comes in, on all cores.

`python -m e2e.lab.verifier ADDRESS DIRECTORY` in the outside world; each of its processes keeps a file of lines.
"""

import asyncio
import multiprocessing
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dkim
import msgspec
from aiosmtpd.smtp import SMTP, Envelope, Session

from e2e.lab.commands import wait_until
from e2e.lab.inside import REPOSITORY
from e2e.lab.lab import Lab
from e2e.lab.plan import BULK_ADDRESS

_PROCESSES = 2
_PORT = 25
_START_SECONDS = 20.0
_SELECTOR = re.compile(rb"(?:^|;)\s*s\s*=\s*([^;\s]+)")


class Verified(msgspec.Struct, frozen=True):
    """A mail, and what was found of each of its signatures, by selector."""

    recipient: str
    signatures: dict[str, str]

    @property
    def is_sound(self) -> bool:
        """Say whether it has signatures and all of them verify."""
        return bool(self.signatures) and set(self.signatures.values()) == {"pass"}


class Verifier:
    """A running verifier and what it has found."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def found(self, tag: str) -> list[Verified]:
        """Give what is known so far of mails to people whose address begins with a tag."""
        return [msgspec.json.decode(line, type=Verified) for line in self._lines() if tag.encode() in line]

    def count(self, tag: str) -> int:
        """Count them."""
        return sum(tag.encode() in line for line in self._lines())

    def _lines(self) -> Iterator[bytes]:
        for file in self._directory.glob("*.jsonl"):
            yield from file.read_bytes().split(b"\n")[:-1]


@contextmanager
def verifier(lab: Lab) -> Iterator[Verifier]:
    """Run it at the lab's address for measurements; what it kept is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="fleetpost-verifier-", dir="/dev/shm") as name:
        argv = [sys.executable, "-m", "e2e.lab.verifier", BULK_ADDRESS, name]
        process = subprocess.Popen(lab.inside.host("outside", argv), cwd=REPOSITORY)
        try:
            wait_until(lambda: _listens(lab), "the verifier listens", seconds=_START_SECONDS)
            yield Verifier(Path(name))
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


def verify(raw: bytes) -> dict[str, str]:
    """Verify each signature on its own, asking the DNS for its key."""
    headers, _ = dkim.rfc822_parse(raw)
    values = [value for name, value in headers if name.lower() == b"dkim-signature"]
    return {_selector(value): _verdict(raw, index) for index, value in enumerate(values)}


def _selector(value: bytes) -> str:
    found = _SELECTOR.search(value)
    return found[1].decode() if found else ""


def _verdict(raw: bytes, index: int) -> str:
    try:
        return "pass" if dkim.DKIM(raw).verify(idx=index) else "fail"
    except dkim.DKIMException as error:
        return f"fail ({error})"


def _listens(lab: Lab) -> bool:
    probe = ["bash", "-c", f"exec 3<>/dev/tcp/{BULK_ADDRESS}/{_PORT}"]
    return subprocess.run(lab.inside.network("outside", probe), check=False, stderr=subprocess.DEVNULL).returncode == 0


class _Handler:
    """Verifies while the sender waits for its answer, so that nothing is found later than it came."""

    def __init__(self, file: Path) -> None:
        self._file = file.open("ab", buffering=0)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 its name
        assert isinstance(envelope.content, bytes), "nothing is decoded"
        signatures = verify(envelope.content)
        for recipient in envelope.rcpt_tos:
            self._file.write(msgspec.json.encode(Verified(recipient, signatures)) + b"\n")
        return "250 2.0.0 Verified"


def _serve(address: str, file: Path) -> None:
    async def serve() -> None:
        loop, ended, handler = asyncio.get_running_loop(), asyncio.Event(), _Handler(file)
        loop.add_signal_handler(signal.SIGTERM, ended.set)
        server = await loop.create_server(
            lambda: SMTP(handler, hostname="sink.bulk.test", loop=loop), address, _PORT, reuse_port=True
        )
        async with server:
            await ended.wait()

    asyncio.run(serve())


def main() -> None:
    """Serve until SIGTERM."""
    address, directory = sys.argv[1], Path(sys.argv[2])
    workers = [
        multiprocessing.Process(target=_serve, args=(address, directory / f"{number}.jsonl"))
        for number in range(_PROCESSES)
    ]
    for worker in workers:
        worker.start()

    def end(*_: object) -> None:
        for worker in workers:
            worker.terminate()

    signal.signal(signal.SIGTERM, end)
    for worker in workers:
        worker.join()


if __name__ == "__main__":
    main()
