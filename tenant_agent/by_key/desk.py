"""Where submitted mails are looked at and taken: onto a shelf of the node's, from which they are handed up.

A mail that was taken is on disk before its program hears so, and counted against what its tenant may submit here.
"""

import asyncio
from collections.abc import Callable

import msgspec
import structlog

from tenant_agent import wire
from tenant_agent.by_key.author import domain_of_author
from tenant_agent.by_key.draft import Draft, Scales
from tenant_agent.by_key.judge import SmtpKey, objection_to_author, objection_to_key
from tenant_agent.by_key.logins import Login
from tenant_agent.clock import Clock
from tenant_agent.events import id_of
from tenant_agent.inbound.shelf import Shelf
from tenant_agent.maillog.queue_id import created_at_ms
from tenant_agent.owners import Owners
from tenant_agent.wire.submissions import MOST_BYTES, MOST_HEADER_BYTES, MOST_HEADER_FIELDS

log = structlog.get_logger(__name__)

_MOST_IN_HAND = 256 * 1024 * 1024

_TOO_LARGE = f"552 5.3.4 A mail that is submitted with an API key has at most {MOST_BYTES // 1024**2} MiB"
_LONG_HEADER = (
    f"552 5.3.4 A mail's header has at most {MOST_HEADER_FIELDS} fields and {MOST_HEADER_BYTES // 1024} KiB: shorten it"
)
_BUSY = "452 4.3.1 Too much mail comes in at this moment: try again in a minute"
_FULL = "452 4.3.1 The node keeps as much mail, of all or of yours, as it can: try again later"
_UNSAFE = "451 4.3.0 The mail could not be stored: try again later"
_NAMELESS = "451 4.3.0 The mail has no queue id: try again later"
_NO_AUTHOR = "550 5.6.0 The mail has to name one author: give it one From header with one address"

CheckAllowance = Callable[[str, int, int], str | None]
"""Counts so many recipients of a tenant's, of a mail of so many bytes, and gives none, or the reply that refuses it."""


class Desk:
    """Takes mails, or says why not; what it raises is `sqlite3.Error`."""

    def __init__(
        self,
        node_id: str,
        owners: Owners,
        shelf: Shelf,
        *,
        check: CheckAllowance,
        clock: Clock,
        arrived: Callable[[], None],
    ) -> None:
        self._node_id = node_id
        self._owners = owners
        self._shelf = shelf
        self._check = check
        self._clock = clock
        self._arrived = arrived
        self._scales = Scales(_MOST_IN_HAND)

    def begin(self, login: Login, sender: str, client: str) -> Draft | str:
        """Give a mail to be filled in, or the reply that says why nothing is taken from this login just now."""
        key = self._owners.smtp_key(login.key_id)
        return objection_to_key(key, client, self._clock.now_ms()) or Draft(login, sender, client, self._scales)

    async def take(self, draft: Draft, queue_id: str) -> str | None:
        """Take a mail and give none, or the reply that refuses it."""
        key = self._owners.smtp_key(draft.login.key_id)
        refusal = objection_to_key(key, draft.client, self._clock.now_ms())
        if key is None or refusal is not None:
            return refusal
        return self._objection_to_content(key, draft) or await self._keep(key, draft, queue_id)

    def _objection_to_content(self, key: SmtpKey, draft: Draft) -> str | None:
        if draft.has_too_much_header:
            return _LONG_HEADER
        if draft.is_too_much:
            return _BUSY
        if draft.length > MOST_BYTES:
            return _TOO_LARGE
        domain = domain_of_author(draft.head)
        return _NO_AUTHOR if domain is None else objection_to_author(key, domain, self._owners.tenant_of_domain(domain))

    async def _keep(self, key: SmtpKey, draft: Draft, queue_id: str) -> str | None:
        try:
            at_ms = created_at_ms(queue_id)
        except ValueError:
            return _NAMELESS
        if not self._shelf.has_room(draft.size, key.tenant_id):
            return _FULL
        refusal = self._check(key.tenant_id, len(draft.recipients), draft.length)
        mail = _described(draft, queue_id, at_ms, self._node_id)
        return refusal or await self._write(mail, draft.pieces, key.tenant_id)

    async def _write(self, mail: wire.SubmittedMail, pieces: tuple[bytes, ...], owner: str) -> str | None:
        try:
            described = msgspec.json.encode(mail)
            size = await asyncio.to_thread(self._shelf.write_parts, mail.id, described, b"\n", *pieces)
        except OSError as error:
            log.error("by_key.not_stored", reason=str(error))  # noqa: TRY400 (no trace wanted)
            return _UNSAFE
        self._shelf.add(mail.id, size, owner)
        self._arrived()
        return None


def _described(draft: Draft, queue_id: str, at_ms: int, node_id: str) -> wire.SubmittedMail:
    return wire.SubmittedMail(
        id=id_of(at_ms, node_id, queue_id),
        key_id=draft.login.key_id,
        stream=draft.login.stream,
        sender=draft.sender,
        recipients=tuple(draft.recipients),
        received_at_ms=at_ms,
        client=draft.client,
        queue_id=queue_id,
    )
