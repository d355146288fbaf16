"""The mail itself, and the way that it takes: honest about what it is, and from nobody's domain but the node's own."""

import datetime as dt
from collections.abc import Callable, Collection
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final, NamedTuple

from tenant_agent import wire
from tenant_agent.transports import transport_of

_TAKE_MAIL: Final = frozenset({"warming", "active"})
_TEXT: Final = """\
This mail was sent by {hostname}, a node of a Fleetpost mail platform.

The node has been given another configuration, and this mail shows whether mail leaves it. Nothing need be done.
"""


def message(hostname: str, recipient: str, token: str, number: int, at_ms: int) -> bytes:
    """Write the mail; no software is to answer it (RFC 3834 §5)."""
    mail = EmailMessage(policy=SMTP)
    mail["Date"] = format_datetime(dt.datetime.fromtimestamp(at_ms / 1000, dt.UTC))
    mail["From"] = f"postmaster@{hostname}"
    mail["To"] = recipient
    mail["Subject"] = f"Probe {number} of {hostname}"
    mail["Message-ID"] = f"<{token}@{hostname}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(_TEXT.format(hostname=hostname))
    return mail.as_bytes()


class Departure(NamedTuple):
    """Who sends the mail, and which way."""

    hostname: str
    way: str
    """Postfix's transport and next hop."""


def departure(
    node: wire.NodeItem, provider: str, transports: Collection[str], is_held: Callable[[str], bool]
) -> Departure | None:
    """Have it leave as a customer's mail would, from the first address that may send; none if there is no such."""
    for ip in node.ips:
        if ip.status in _TAKE_MAIL and is_held(ip.address):
            for transport in (transport_of(ip.address, provider), transport_of(ip.address)):
                if transport in transports:
                    return Departure(node.hostname, f"{transport}:")
    return None
