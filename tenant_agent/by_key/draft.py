"""A mail while Postfix tells it: its envelope, then its content, piece by piece.

It is kept in memory, which is bearable because Postfix tells a mail at once when it has all of it; scales see to it
that many at a time are not too much.
"""

from tenant_agent.by_key.logins import Login
from tenant_agent.wire.submissions import MOST_HEADER_BYTES, MOST_HEADER_FIELDS

_END_OF_HEADER = b"\r\n"
_OURS = b"x-fleetpost-"
_FOR_US = (b"x-fleetpost-stream", b"x-fleetpost-tag", b"x-fleetpost-metadata-")


class Scales:
    """Weighs all mails that are being told together."""

    def __init__(self, most_bytes: int) -> None:
        self._room = most_bytes

    def take(self, size: int) -> bool:
        """Say whether there is room for so many bytes more, and count them if so."""
        if size > self._room:
            return False
        self._room -= size
        return True

    def give_back(self, size: int) -> None:
        self._room += size


class Draft:
    """One mail."""

    def __init__(self, login: Login, sender: str, client: str, scales: Scales) -> None:
        self.login = login
        self.sender = sender
        self.client = client
        self.recipients: list[str] = []
        self.is_too_much = False
        """There was no room for all of it."""
        self.has_too_much_header = False
        self.fields = 0
        self.size = 0
        self._scales = scales
        self._head: list[bytes] = []
        self._body: list[bytes] = []

    @property
    def length(self) -> int:
        """Its size in bytes, as it will be handed up."""
        return self.size + len(_END_OF_HEADER)

    @property
    def head(self) -> bytes:
        """Its header, with the empty line."""
        return b"".join(self._head) + _END_OF_HEADER

    @property
    def pieces(self) -> tuple[bytes, ...]:
        """All of it, as the program wrote it but for what only we say of a mail, and in no second copy."""
        return (self.head, *self._body)

    def add_header(self, name: bytes, value: bytes) -> None:
        """Take a header with the space before its value; where it was folded, Postfix gives line feeds alone."""
        self.fields += 1
        if self.fields > MOST_HEADER_FIELDS or self.size + len(name) + len(value) > MOST_HEADER_BYTES:
            self.has_too_much_header = True
            self.put_down()
        if _is_ours_to_say(name):
            return
        self._add(self._head, name + b":" + value.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") + b"\r\n")

    def add_body(self, piece: bytes) -> None:
        """Take the next piece, whose lines end with CR and LF."""
        self._add(self._body, piece)

    def put_down(self) -> None:
        """Forget the content."""
        self._head.clear()
        self._body.clear()
        self._scales.give_back(self.size)
        self.size = 0

    def _add(self, part: list[bytes], piece: bytes) -> None:
        if self.is_too_much or self.has_too_much_header:
            return
        if not self._scales.take(len(piece)):
            self.is_too_much = True
            self.put_down()
            return
        part.append(piece)
        self.size += len(piece)


def _is_ours_to_say(name: bytes) -> bool:
    """Tell what we write ourselves, such as that a mail is passed on, from what programs tell us."""
    lowered = name.strip().lower()
    return lowered.startswith(_OURS) and not lowered.startswith(_FOR_US)
