"""Have a relay tried: by the nodes, since it is they that must reach it."""

import secrets
from uuid import UUID

import msgspec

from control_plane.audit import service as audit
from control_plane.core.auth import Subject
from control_plane.core.clock import Clock
from control_plane.core.crypto import Vault
from control_plane.core.database import Database
from control_plane.core.errors import NotFound
from control_plane.core.ids import encode
from control_plane.core.tenancy import require_all_domains
from control_plane.relays.errors import RelayPaused
from control_plane.relays.queries import relays as queries
from control_plane.relays.schemas import Relay
from control_plane.relays.service.publish import put_in_force
from control_plane.relays.service.view import PREFIX, view


async def try_out(db: Database, vault: Vault, clock: Clock, subject: Subject, relay_id: UUID) -> Relay:
    """Ask every node to log in at a relay; what came of it is in `health.tests`. Raises `NotFound`, `RelayPaused`."""
    require_all_domains()
    async with db.tenant_tx() as tx:
        row = await queries.find(tx.connection, relay_id, lock=True)
        if row is None:
            raise NotFound
        if row.for_all:
            subject.require("fleet:write")
        if row.status == "paused":
            raise RelayPaused
        asked = msgspec.structs.replace(row, probe=secrets.token_hex(8), probed_at=clock.now())
        await queries.save(tx.connection, asked)
        await put_in_force(tx, vault, [asked])
        audit.record(tx, "relays.test", encode(PREFIX, relay_id))
    return view(asked)
