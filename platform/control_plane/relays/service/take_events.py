"""Takes what comes to a relay's secret address: proves it, reads it, and tells the deliveries that it is about."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple, TypeAlias
from uuid import UUID

from control_plane.core import crypto
from control_plane.core.clock import Clock
from control_plane.core.crypto import Vault
from control_plane.core.database import Database
from control_plane.core.errors import NotFound
from control_plane.core.ids import MalformedId, TenantId, decode, encode, from_bare
from control_plane.core.tenancy import acting_for
from control_plane.core.valkey import Client
from control_plane.deliveries import service as deliveries
from control_plane.deliveries.schemas import SentMail
from control_plane.deliveries.service import ProviderEvent
from control_plane.relays.errors import UnprovenEvents
from control_plane.relays.events import mailgun, postmark, sendgrid, ses, smtp2go, sns
from control_plane.relays.events.fetching import Fetch
from control_plane.relays.events.said import Headers, Said
from control_plane.relays.presets import RelayKind
from control_plane.relays.queries import fleet
from control_plane.relays.queries.fleet import Hooked
from control_plane.relays.service.events_address import HOOK_KEY_PURPOSE
from control_plane.relays.service.view import PREFIX

_TOKEN_SECONDS = 13 * 3600
_RETURN_LABEL = "bounce."

Reader: TypeAlias = Callable[[bytes, Headers, str, datetime], list[Said]]
_READERS: dict[RelayKind, Reader] = {
    "sendgrid": sendgrid.read,
    "mailgun": mailgun.read,
    "postmark": postmark.read,
    "smtp2go": smtp2go.read,
}


class Post(NamedTuple):
    """A request that came to an address."""

    relay_id: UUID
    secret: str
    headers: Headers
    body: bytes


class Taker:
    """All that is needed for it."""

    def __init__(self, db: Database, vault: Vault, clock: Clock, valkey: Client, fetch: Fetch) -> None:
        self._db = db
        self._vault = vault
        self._clock = clock
        self._valkey = valkey
        self._fetch = fetch

    async def take(self, post: Post) -> int:
        """Take events; gives how many were news. Raises `NotFound`, `UnprovenEvents`, `Unreadable`.

        What is about no mail of ours, or too late, is passed over: the provider would only repeat it.
        """
        relay = await self.relay_of(post.relay_id, post.secret)
        said = await self._from_ses(post) if relay.kind == "ses" else await self._from_others(post, relay)
        return sum([await self._tell(post.relay_id, relay, each) for each in said])

    async def relay_of(self, relay_id: UUID, secret: str) -> Hooked:
        """Find the relay whose address it is; raises `NotFound`."""
        async with self._db.fleet_tx() as tx:
            relay = await fleet.hooked(tx.connection, relay_id)
        if relay is None or not crypto.secret_matches(secret, relay.hook_hash):
            raise NotFound
        return relay

    async def _from_others(self, post: Post, relay: Hooked) -> Sequence[Said]:
        reader = _READERS.get(relay.kind)
        if reader is None:
            raise NotFound
        key = "" if relay.hook_key is None else self._vault.decrypt(relay.hook_key, purpose=HOOK_KEY_PURPOSE).decode()
        said = reader(post.body, post.headers, key, self._clock.now())
        if relay.kind == "mailgun" and said:
            await self._use_up(mailgun.token_of(post.body), said[0].id)
        return said

    async def _use_up(self, token: str, event: str) -> None:
        """Let a token stand for one event: it does not cover what it comes with, and could be sent with another."""
        key = f"relays:token:{_digest(token)}"
        is_first = await self._valkey.set(key, _digest(event), nx=True, ex=_TOKEN_SECONDS)
        if not is_first and await self._valkey.get(key) != _digest(event).encode():
            raise UnprovenEvents

    async def _from_ses(self, post: Post) -> Sequence[Said]:
        letter = sns.read(post.body)
        sns.prove(letter, await self._fetch(letter.signing_cert_url))
        async with self._db.fleet_tx() as tx:
            if not await fleet.pin_topic(tx.connection, post.relay_id, letter.topic_arn):
                raise UnprovenEvents
        if letter.type == "SubscriptionConfirmation":
            await self._fetch(sns.confirmation_url(letter))
        if letter.type != "Notification":
            return ()
        return ses.read(letter.message, letter.message_id, letter.timestamp)

    async def _tell(self, relay_id: UUID, relay: Hooked, said: Said) -> bool:
        left, _, domain = said.return_path.strip("<> ").rpartition("@")
        ours, _, from_domain = said.message_id.strip("<> ").rpartition("@")
        tenant_id = (
            relay.tenant_id
            if not relay.for_all
            else await self._owner([domain.lower().removeprefix(_RETURN_LABEL), from_domain.lower()])
        )
        if tenant_id is None:
            return False
        event = ProviderEvent(
            type=said.type,
            at=said.at,
            provider=relay.kind,
            relay_id=encode(PREFIX, relay_id),
            name=said.id,
            reply=said.reply,
            dsn=said.dsn,
        )
        with acting_for(tenant_id):
            async with self._db.tenant_tx() as tx:
                delivery_id = _delivery(left)
                mail = await deliveries.complained_about(tx, delivery_id, _message(ours or from_domain), said.recipient)
                if mail is None or not (mail.delivery_id == delivery_id or _is_to(mail, said.recipient)):
                    return False
                return await deliveries.told_by_provider(tx, mail, event, self._clock.now())

    async def _owner(self, domains: Sequence[str]) -> TenantId | None:
        """Find whose mail it is that left by a relay for all: its return path and its Message-ID name the domain."""
        async with self._db.fleet_tx() as tx:
            for name in domains:
                found = await fleet.owner_of(tx.connection, name.replace("\0", "")) if name else None
                if found is not None:
                    return found
        return None


def _is_to(mail: SentMail, recipient: str) -> bool:
    """Say whether it is the mail that was meant: whoever got a Message-ID can write it into mail to somebody else."""
    return mail.recipient.lower() == recipient.lower()


def _delivery(token: str) -> UUID | None:
    try:
        return from_bare(token.lower())
    except MalformedId:
        return None


def _message(text: str) -> UUID | None:
    try:
        return decode("msg", text.lower())
    except MalformedId:
        return None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
