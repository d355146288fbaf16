"""Takes mail from the node's own Postfix by LMTP, and answers for a recipient when its mail is safe on disk."""

import asyncio
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from weakref import WeakSet

import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session, syntax

from tenant_agent import wire
from tenant_agent.events import id_of
from tenant_agent.inbound.shelf import Kept, Shelf
from tenant_agent.maillog.queue_id import created_at_ms
from tenant_agent.postfix_socket import bound
from tenant_agent.render.postfix import MESSAGE_BYTES

log = structlog.get_logger(__name__)

_HEADER_BYTES = 1024 * 1024  # what Postfix and Rspamd write above a mail
_BOUNCE_BYTES = 256 * 1024
"""What a bounce says stands before the mail that it gives back (RFC 6522 §3): the rest would only fill the shelf."""
_FULL = "452 4.3.1 The node keeps as much mail as it can: try again later"
_UNSAFE = "451 4.3.0 The mail could not be stored: try again later"
_NAMELESS = "451 4.5.1 XFORWARD has to say the queue id first"
_STORED = "250 2.0.0 Ok: stored"
_UNSENDABLE = "553 5.1.3 The address is too long, or holds what no address may: check its spelling"
_RECIPIENT = re.compile(r"(?=.{3,320}\Z)[ -~]+@[!-~]{1,255}")
"""What can be handed up; quoted, a local part may hold blanks."""
_UNFIT = re.compile(r"[^ -~]")
_XTEXT = re.compile(r"\+([0-9A-F]{2})")


class _Lmtp(LMTP):
    """LMTP with Postfix's XFORWARD, which says where a mail came from and what its queue id is."""

    @syntax("XFORWARD attribute=value...")
    async def smtp_XFORWARD(self, arg: str | None) -> None:  # noqa: N802 (aiosmtpd's name)
        pairs = (pair.partition("=") for pair in (arg or "").split())
        said = {name.upper(): _from_xtext(value) for name, _, value in pairs}
        assert self.session is not None
        self.session.forwarded = _forwarded(self.session) | said  # type: ignore[attr-defined]
        await self.push("250 2.0.0 Ok")


class Receiver:
    """What is behind LMTP's commands."""

    def __init__(self, shelf: Shelf, node_id: str, arrived: Callable[[], None], owner_of: Callable[[str], str]) -> None:
        self._shelf = shelf
        self._node_id = node_id
        self._arrived = arrived
        self._owner_of = owner_of
        """From a recipient to whose share of the shelf their mail takes; raises `sqlite3.Error`."""

    async def handle_EHLO(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        del server, envelope
        session.host_name = hostname
        return [*responses[:-1], "250-XFORWARD ADDR IDENT", responses[-1]]

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        del server, options
        if _queue_id(session) is None:
            return _NAMELESS
        if not _RECIPIENT.fullmatch(address):
            return _UNSENDABLE
        owner = self._whose(address)
        if owner is None or not self._shelf.has_room(0, owner):
            return _FULL if owner else _UNSAFE
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Give one line for each recipient (RFC 2033 §4.2)."""
        del server
        answers = [await self._keep(session, envelope, recipient) for recipient in envelope.rcpt_tos]
        self._arrived()
        return "\r\n".join(answers)

    async def _keep(self, session: Session, envelope: Envelope, recipient: str) -> str:
        content = envelope.content
        queue_id = _queue_id(session)
        if queue_id is None or not isinstance(content, bytes):
            return _NAMELESS
        raw = content if wire.read_return_path(recipient) is None else content[:_BOUNCE_BYTES]
        owner = self._whose(recipient)
        if owner is None or not self._shelf.has_room(len(raw), owner):
            return _FULL if owner else _UNSAFE
        at_ms = created_at_ms(queue_id)
        headers = wire.InboundHeaders(
            id=id_of(at_ms, self._node_id, queue_id, recipient),
            recipient=recipient,
            sender=_UNFIT.sub("?", (envelope.mail_from or "").removeprefix("<>")),
            received_at_ms=str(at_ms),
            client=_client(session),
        )
        try:
            size = await asyncio.to_thread(self._shelf.write, Kept(headers, raw))
        except OSError as error:
            log.error("inbound.not_stored", reason=str(error))  # noqa: TRY400 (no trace wanted)
            return _UNSAFE
        self._shelf.add(headers.id, size, owner)
        return _STORED

    def _whose(self, recipient: str) -> str | None:
        """Say whose share of the shelf a mail takes; nobody's if that cannot be found out just now."""
        try:
            return self._owner_of(recipient)
        except sqlite3.Error as error:
            log.error("inbound.not_stored", reason=str(error))  # noqa: TRY400 (no trace wanted)
            return None


async def serve(receiver: Receiver, path: Path) -> None:
    """Receive on a socket that Postfix's group may use, until cancelled; then hang up on who is connected."""
    connections: WeakSet[_Lmtp] = WeakSet()

    def connection() -> _Lmtp:
        made = _Lmtp(receiver, data_size_limit=MESSAGE_BYTES + _HEADER_BYTES, hostname="fleetpost-agent")
        connections.add(made)
        return made

    server = await asyncio.get_running_loop().create_unix_server(connection, sock=bound(path))
    try:
        async with server:
            await server.serve_forever()
    finally:
        for open_one in connections:
            if open_one.transport is not None:
                open_one.transport.close()


def _forwarded(session: Session) -> dict[str, str]:
    said: dict[str, str] = getattr(session, "forwarded", {})
    return said


def _queue_id(session: Session) -> str | None:
    queue_id = _forwarded(session).get("IDENT", "")
    return queue_id if _is_long(queue_id) else None


def _client(session: Session) -> str:
    address = _forwarded(session).get("ADDR", "")
    return "" if address.startswith("[") else address.removeprefix("IPV6:")


def _is_long(queue_id: str) -> bool:
    try:
        created_at_ms(queue_id)
    except ValueError:
        return False
    return True


def _from_xtext(value: str) -> str:
    return _XTEXT.sub(lambda found: chr(int(found[1], 16)), value)
