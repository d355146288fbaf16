"""Storing what a node hands up: checked as if the node were hostile, and once however often it comes."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address
from uuid import UUID

import msgspec

from control_plane.core.clock import Clock
from control_plane.core.database import Database
from control_plane.core.errors import Malformed
from control_plane.core.ids import MalformedId, NodeId, from_bare
from control_plane.inbound import queries
from control_plane.inbound.service.dispatcher import DISPATCH_JOB
from control_plane.inbound.service.waiting import Waiting
from tenant_agent import wire

_RECIPIENT = re.compile(r"(?=.{3,320}\Z)[ -~]+@[!-~]{1,255}")
_SENDER = re.compile(r"[ -~]*")
_LONGEST_SENDER = 320
"""What others write as the return path is only told; many are longer than RFC 5321 allows."""
_AHEAD = timedelta(hours=1)
_LONGEST_BACK = timedelta(days=60)

_waiting = Waiting()


class Handed(msgspec.Struct, frozen=True, kw_only=True):
    """The headers of a mail that is handed up, understood."""

    id: UUID
    recipient: str
    sender: str
    client: IPv4Address | IPv6Address | None
    received_at: datetime


def read_headers(headers: Mapping[str, str], clock: Clock) -> Handed:
    """Understand a request's headers; raises `Malformed`. A moment that cannot be is taken for now."""
    said = _said(headers)
    if not _RECIPIENT.fullmatch(said.recipient) or not _SENDER.fullmatch(said.sender):
        raise Malformed("The recipient or the sender is not an address.")
    try:
        mail_id = from_bare(said.id)
    except MalformedId as error:
        raise Malformed("The id is not 26 characters of base32hex.") from error
    return Handed(
        id=mail_id,
        recipient=_with_lower_domain(said.recipient),
        sender=said.sender[:_LONGEST_SENDER],
        client=_client(said.client),
        received_at=_moment(said.received_at_ms, clock.now()),
    )


async def store(db: Database, node_id: NodeId, mail: Handed, raw: bytes) -> None:
    """Keep a mail and have it dispatched; one that is there already is left as it is.

    Raises `Unavailable`, `TooMany`, and `Malformed` for a domain that the node was never told to take mail for.
    """
    async with db.fleet_tx() as tx:
        intake = await queries.intake_of(tx, node_id, mail.recipient.rpartition("@")[2])
        if intake is None:
            raise Malformed("This node takes no mail in for the recipient's domain.")
        owner = intake.tenant_id
        await _waiting.make_room(tx, owner, len(raw))
        new = await queries.insert(
            tx, mail.id, node_id, mail.received_at, mail.recipient, mail.sender, mail.client, raw, owner
        )
        if new:
            tx.outbox.trigger(DISPATCH_JOB)


def _said(headers: Mapping[str, str]) -> wire.InboundHeaders:
    names = wire.InboundHeaders.__struct_fields__
    found = {name: headers.get(wire.inbound_header(name)) for name in names}
    missing = [wire.inbound_header(name) for name, value in found.items() if value is None]
    if missing:
        raise Malformed(f"These headers are missing: {', '.join(missing)}.")
    return msgspec.convert(found, wire.InboundHeaders)


def _with_lower_domain(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.lower()}"


def _client(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text) if "%" not in text else None
    except ValueError:
        return None


def _moment(text: str, now: datetime) -> datetime:
    if not re.fullmatch(r"[0-9]{1,15}", text):
        return now
    said = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=min(int(text), 32_503_680_000_000))
    return said if now - _LONGEST_BACK < said < now + _AHEAD else now
