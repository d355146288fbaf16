"""Where mail programs connect: what all forms of automatic set-up say in their own words."""

from typing import Literal, TypeAlias

import msgspec

Protocol: TypeAlias = Literal["imap", "pop3", "smtp"]
Encryption: TypeAlias = Literal["tls", "starttls"]


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """A service of the mail host; people log in with their whole address and its password."""

    protocol: Protocol
    host: str
    port: int
    encryption: Encryption
    """`tls` from the first octet (RFC 8314), or `starttls`."""


def servers(host: str) -> tuple[Server, ...]:
    """List what a mail host offers, for each protocol the best first."""
    return (
        Server(protocol="imap", host=host, port=993, encryption="tls"),
        Server(protocol="pop3", host=host, port=995, encryption="tls"),
        Server(protocol="smtp", host=host, port=465, encryption="tls"),
        Server(protocol="smtp", host=host, port=587, encryption="starttls"),
    )
