"""People's own connections to the nodes, from the outside world: IMAP and SMTP to whichever node they are told."""

import imaplib
import re
import smtplib
import socket
import ssl

from e2e.lab.gate import make_socket
from e2e.lab.lab import Lab
from e2e.lab.plan import NodePlan

_PATIENCE_SECONDS = 20.0
_IMAPS, _SMTP = 993, 25
_FETCHED = re.compile(rb"(\d+) \(UID (\d+) FLAGS \((.*?)\) BODY")


def reach(lab: Lab, node: NodePlan, port: int) -> socket.socket:
    """Connect to a node's port as somebody outside does."""
    going = make_socket(str(lab.network.path("outside")))
    going.settimeout(_PATIENCE_SECONDS)
    going.connect((node.address, port))
    return going


class Imap(imaplib.IMAP4_SSL):
    """An IMAP session with a node of one's choice."""

    def __init__(self, lab: Lab, node: NodePlan) -> None:
        self._lab, self._node = lab, node
        self._trust = ssl.create_default_context(cafile=str(lab.authority.certificate))
        super().__init__(node.hostname, _IMAPS, ssl_context=self._trust)

    def _create_socket(self, timeout: float | None) -> ssl.SSLSocket:
        plain = reach(self._lab, self._node, _IMAPS)
        return self._trust.wrap_socket(plain, server_hostname=self._node.hostname)


class Smtp(smtplib.SMTP):
    """An SMTP session with a node's port 25."""

    def __init__(self, lab: Lab, node: NodePlan) -> None:
        self._lab, self._node = lab, node
        super().__init__(node.hostname, _SMTP, local_hostname="mx.else.test")

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return reach(self._lab, self._node, port)


def seen_by(session: imaplib.IMAP4, folder: str) -> tuple[str, dict[str, tuple[int, frozenset[str]]]]:
    """List a folder: its UIDVALIDITY, and UID and flags by subject."""
    session.select(f'"{folder}"', readonly=True)
    validity = session.response("UIDVALIDITY")[1][0]
    _, answers = session.uid("fetch", "1:*", "(FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
    found: dict[str, tuple[int, frozenset[str]]] = {}
    for answer in answers:
        if isinstance(answer, tuple):
            head = _FETCHED.match(answer[0])
            assert head is not None, answer
            subject = answer[1].decode().partition(":")[2].strip()
            assert subject not in found, f"{subject} is there twice"
            flags = frozenset(head[3].decode().split()) - {"\\Recent"}
            found[subject] = (int(head[2]), flags)
    return (validity or b"").decode(), found
