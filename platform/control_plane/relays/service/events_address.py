"""The address that a relay's provider sends its events to: whoever has it may say something of the relay's mail."""

import secrets
from uuid import UUID

import msgspec

from control_plane.audit import service as audit
from control_plane.core import crypto
from control_plane.core.auth import Subject
from control_plane.core.database import Database
from control_plane.core.errors import NotFound
from control_plane.core.ids import encode
from control_plane.core.tenancy import require_all_domains
from control_plane.relays.queries import relays as queries
from control_plane.relays.schemas import EventsAddress
from control_plane.relays.service.view import PREFIX
from control_plane.settings import Settings

HOOK_KEY_PURPOSE = "relays.hook_key"
_SECRET_BYTES = 24


class Secret(msgspec.Struct, frozen=True):
    """The last part of the address, and what is stored of it."""

    text: str
    hash: bytes


def new_secret() -> Secret:
    """Make the last part of an address."""
    text = secrets.token_urlsafe(_SECRET_BYTES)
    return Secret(text, crypto.hash_secret(text))


def events_url(settings: Settings, relay_id: UUID, secret: str) -> str:
    """Write the address."""
    return f"{settings.public_url}/v1/relays/{encode(PREFIX, relay_id)}/events/{secret}"


async def new_events_address(db: Database, settings: Settings, subject: Subject, relay_id: UUID) -> EventsAddress:
    """Give a relay another address, and let the old one be unknown from now on; raises `NotFound`."""
    require_all_domains()
    secret = new_secret()
    async with db.tenant_tx() as tx:
        row = await queries.find(tx.connection, relay_id, lock=True)
        if row is None:
            raise NotFound
        if row.for_all:
            subject.require("fleet:write")
        await queries.save(tx.connection, msgspec.structs.replace(row, hook_hash=secret.hash))
        audit.record(tx, "relays.change_events_address", encode(PREFIX, relay_id))
    return EventsAddress(relay_id=encode(PREFIX, relay_id), events_url=events_url(settings, relay_id, secret.text))
