"""What Postfix says of each mail that is submitted, and what it is answered.

All mail of the submission ports passes by. A mailbox owner's is left to Postfix. A key's is taken by the desk, and
Postfix is told to forget it: so it never leaves from here, and its program hears 250 once it is safe.
"""

import sqlite3

import structlog

from tenant_agent.by_key import logins, milter
from tenant_agent.by_key.desk import Desk
from tenant_agent.by_key.draft import Draft
from tenant_agent.by_key.milter import Packet, ProtocolError

log = structlog.get_logger(__name__)

MOST_RECIPIENTS = 500
ASCII_ONLY = "553 5.6.7 Mailboxes here do not take mail with addresses or headers outside ASCII: write it without"
"""To people: their mail may be for a mailbox here, and Dovecot cannot be given such mail."""
_TOO_MANY = f"452 4.5.3 One mail has at most {MOST_RECIPIENTS} recipients: send it to the others once more"
_NO_SUCH_NAME = "550 5.7.1 No API key is called so: log in with its id, or with +transactional or +broadcast behind it"
_UNKNOWN_JUST_NOW = "451 4.3.5 It is not known just now who may send what: try again in a minute"
_MOST_FIELDS_HEARD = 20_000
"""Beyond so many nobody waits for the end, where the mail would be refused: Postfix is hung up on and says 451."""
_LOGIN, _QUEUE_ID = "{auth_authen}", "i"


class Conversation:
    """One smtpd process's, with one mail after the other."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._client = ""
        self._macros: dict[str, str] = {}
        self._draft: Draft | None = None

    async def answer(self, packet: Packet) -> Packet | None:
        """Give what a packet is answered, if it is; raises `ProtocolError`."""
        match packet.what:
            case milter.MAIL:
                return self._begin(packet.data)
            case milter.RECIPIENT:
                return self._add_recipient(milter.address_of(packet.data))
            case milter.END:
                return await self._end(packet.data)
            case milter.NEGOTIATE:
                return milter.negotiated(packet.data)
            case _:
                self._hear(packet)
        return None

    def forget(self) -> None:
        """Let go of a mail that does not come to its end."""
        self._put_down()
        self._macros.clear()

    def _put_down(self) -> None:
        if self._draft is not None:
            self._draft.put_down()
        self._draft = None

    def _hear(self, packet: Packet) -> None:
        """Take in what needs no answer."""
        match packet.what:
            case milter.CONNECT:
                self._client = milter.client_of(packet.data)
            case milter.MACROS:
                self._macros |= milter.macros(packet.data)
            case milter.HEADER if self._draft is not None:
                self._hear_header(self._draft, packet.data)
            case milter.BODY if self._draft is not None:
                self._draft.add_body(packet.data)
            case milter.ABORT:
                self.forget()
            case _:
                raise ProtocolError(f"a packet {packet.what!r} that was not asked for")

    def _hear_header(self, draft: Draft, data: bytes) -> None:
        draft.add_header(*milter.header_of(data))
        if draft.fields > _MOST_FIELDS_HEARD:
            raise ProtocolError(f"a mail with more than {_MOST_FIELDS_HEARD} header fields")

    def _begin(self, data: bytes) -> Packet:
        self._put_down()
        said = self._macros.get(_LOGIN, "")
        if not logins.is_of_a_key(said):
            self.forget()
            return milter.reply(ASCII_ONLY) if milter.asks_for_smtputf8(data) else Packet(milter.ACCEPT)
        login = logins.parse(said)
        if login is None:
            return milter.reply(_NO_SUCH_NAME)
        try:
            begun = self._desk.begin(login, milter.address_of(data), self._client)
        except sqlite3.Error as error:
            return _not_known(error)
        if isinstance(begun, str):
            return milter.reply(begun)
        self._draft = begun
        return Packet(milter.CONTINUE)

    def _add_recipient(self, recipient: str) -> Packet:
        if self._draft is None:
            raise ProtocolError("a recipient of no mail")
        if len(self._draft.recipients) >= MOST_RECIPIENTS:
            return milter.reply(_TOO_MANY)
        self._draft.recipients.append(recipient)
        return Packet(milter.CONTINUE)

    async def _end(self, last_piece: bytes) -> Packet:
        if self._draft is None:
            raise ProtocolError("an end of no mail")
        self._draft.add_body(last_piece)
        try:
            refusal = await self._desk.take(self._draft, self._macros.get(_QUEUE_ID, ""))
        except sqlite3.Error as error:
            return _not_known(error)
        finally:
            self.forget()
        return Packet(milter.DISCARD) if refusal is None else milter.reply(refusal)


def _not_known(error: sqlite3.Error) -> Packet:
    log.error("by_key.state_unreadable", reason=str(error))
    return milter.reply(_UNKNOWN_JUST_NOW)
