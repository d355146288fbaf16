"""Two nodes' ends of moves on this machine, with mail stores of their own and Dovecot's real tools."""

import asyncio
import os
import subprocess
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from tenant_agent import wire
from tenant_agent.layout import Layout, Ports
from tenant_agent.moves.duties import Account, Duty
from tenant_agent.moves.push import Pusher
from tenant_agent.moves.receive import Receiver
from tenant_agent.moves.tool import Tool
from tenant_agent.peers import PeerBook
from tenant_agent.projections.homes import SHUT_GID, Homes, home_of
from tests.ports import free_port
from tests.tenant_agent.peers.fleet import book, certificate, peer

ANN = "ann@acme.test"
UID = 200_001
HOST = "127.0.0.1"
MAIL = b"Subject: %s\nMessage-ID: <%s@acme.test>\n\nHello.\n"


def move(**changes: object) -> wire.MoveItem:
    """Ann's mailbox goes from node `nod_a` to node `nod_b`."""
    fields: dict[str, object] = {
        "move_id": "mov_1",
        "address": ANN,
        "system_uid": UID,
        "role": "source",
        "peer_node_id": "nod_b",
        "phase": "copy",
        "number": 1,
    }
    return wire.MoveItem(**(fields | changes))  # type: ignore[arg-type]


class Side:
    """One of the nodes."""

    def __init__(self, root: Path, ports: Ports) -> None:
        root.mkdir()
        root.chmod(0o755)
        self.layout = Layout.under(root, ports=ports)
        self.layout.state.mkdir(parents=True)
        self.layout.mail_store.parent.mkdir(parents=True, exist_ok=True)
        self.homes = Homes(self.layout.mail_store)
        self.home = home_of(self.layout.mail_store, UID, ANN)
        self.account = Account(ANN, UID, self.home)
        self.tool = Tool(self.layout)

    def prepare(self) -> None:
        self.homes.prepare([f"x:{UID}:{UID}::{self.home}::"])

    def doveadm(self, *arguments: str, stdin: bytes = b"") -> str:
        """Do something in Ann's mailbox as she would."""
        self.tool.write_config()
        done = subprocess.run(
            ["doveadm", "-c", str(self.layout.moves_config), "-o", "mail_plugins=", *arguments],
            input=stdin,
            capture_output=True,
            check=True,
            user=UID,
            group=UID,
            extra_groups=[SHUT_GID],
            env={"HOME": str(self.home), "USER": ANN, "PATH": os.environ["PATH"]},
            cwd="/",
        )
        return done.stdout.decode()

    def save(self, name: str, folder: str = "INBOX") -> None:
        """Have a mail come in."""
        self.doveadm("save", "-m", folder, stdin=MAIL % (name.encode(), name.encode()))

    def mails(self) -> list[str]:
        """List what an IMAP client would see of each mail."""
        lines = self.doveadm(
            "-f", "tab", "fetch", "mailbox uid guid flags date.received hdr.subject", "mailbox", "*", "ALL"
        )
        return sorted(line.replace("\\Recent", "").replace("  ", " ") for line in lines.splitlines()[1:])

    def folders(self) -> list[str]:
        lines = self.doveadm("-f", "tab", "mailbox", "status", "messages uidvalidity uidnext guid", "*")
        return sorted(lines.splitlines()[1:])


class Pair:
    """Source and target, which know each other."""

    def __init__(self, directory: Path) -> None:
        ports = Ports(moves=free_port())
        self.source, self.target = Side(directory / "a", ports), Side(directory / "b", ports)
        self._own = {side: certificate(directory / side, f"nod_{side}") for side in ("a", "b")}
        self.pusher = Pusher(self.source.tool, self.book("a", "b"), ports.moves)
        self.receiver = Receiver(self.target.layout, self.book("b", "a"), most_seconds=30.0, patience_seconds=0.5)
        self.duty = Duty(move(), self.source.home, is_kept_here=True)
        self.taking = Duty(move(role="target", peer_node_id="nod_a"), self.target.home, is_kept_here=False)

    def book(self, own: str, *others: str) -> PeerBook:
        return book(self._own[own], *(peer(self._own[other], f"nod_{other}") for other in others))

    def take(self, **changes: object) -> None:
        """Have the target expect the mailbox, in this way."""
        self.receiver.set_duties({ANN: msgspec.structs.replace(self.taking, **changes)})

    @asynccontextmanager
    async def listening(self) -> AsyncGenerator[None]:
        self.take()
        self.receiver.listen_on(HOST)
        serving = asyncio.create_task(self.receiver.run())
        await self.receiver.is_listening.wait()
        try:
            yield
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)


def fill(source: Side) -> None:
    """Give Ann folders, flags, keywords, a gap among the UIDs, and Sieve scripts."""
    source.doveadm("mailbox", "create", "-s", "Work", "Work/Deep")
    for name in ("one", "two", "three"):
        source.save(name, "Work")
    source.save("four")
    source.doveadm("expunge", "mailbox", "Work", "uid", "2")
    source.doveadm("flags", "add", "\\Flagged \\Seen $Label1", "mailbox", "Work", "uid", "3")
    source.doveadm("sieve", "put", "-a", "main", stdin=b'require "fileinto"; fileinto "Work";\n')
    source.doveadm("sieve", "put", "other", stdin=b"keep;\n")
