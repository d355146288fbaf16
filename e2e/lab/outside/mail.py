"""What the outside world keeps of each mail that it accepted."""

import email
import itertools
from collections.abc import Iterator
from pathlib import Path

import msgspec


class Signature(msgspec.Struct, frozen=True):
    """One DKIM-Signature and what dkimpy says of it."""

    domain: str
    selector: str
    algorithm: str
    result: str


class Verdicts(msgspec.Struct, frozen=True):
    """SPF by pyspf, DKIM by dkimpy (pass when any signature does), DMARC by authheaders."""

    spf: str
    dkim: str
    dmarc: str
    signatures: tuple[Signature, ...] = ()


class ReceivedMail(msgspec.Struct, frozen=True):
    """A mail as it came over SMTP."""

    at: str
    client: str
    helo: str
    mail_from: str
    recipients: tuple[str, ...]
    tls: str | None
    """Protocol version, such as `TLSv1.3`; None when it came in clear."""
    headers: tuple[tuple[str, str], ...]
    raw: bytes
    """The whole mail (base64 in JSON)."""
    verdicts: Verdicts


def headers_of(raw: bytes) -> tuple[tuple[str, str], ...]:
    """List the header fields in order, unfolded by nobody."""
    return tuple((name, str(value)) for name, value in email.message_from_bytes(raw).items())


class Mailroom:
    """All accepted mails: in memory, and one file each on disk, numbered as they came."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        files = sorted(directory.glob("*.json"))
        self._mails = [msgspec.json.decode(file.read_bytes(), type=ReceivedMail) for file in files]
        self._numbers = itertools.count(int(files[-1].stem) + 1 if files else 1)

    def add(self, mail: ReceivedMail) -> None:
        """Keep a mail."""
        (self._directory / f"{next(self._numbers):06d}.json").write_bytes(msgspec.json.encode(mail))
        self._mails.append(mail)

    def find(self, recipient: str | None) -> Iterator[ReceivedMail]:
        """Give the mails of one recipient, or all, oldest first."""
        return (mail for mail in self._mails if recipient is None or recipient in mail.recipients)

    def clear(self) -> None:
        """Throw everything away."""
        self._mails.clear()
        for file in self._directory.glob("*.json"):
            file.unlink()
