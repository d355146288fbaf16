"""Act for a client: by its grant, as far as the grant's role goes."""

import asyncpg
import msgspec

from control_plane.accounts.queries import places
from control_plane.accounts.schemas import SCOPES_OF
from control_plane.core import ids
from control_plane.core.auth import Reach, Subject
from control_plane.core.database import Database
from control_plane.core.errors import NotFound
from control_plane.core.ids import TenantId
from control_plane.core.tenancy import acting_for


def reach_by(db: Database) -> Reach:
    """Make what lets an agency's subject act for a client: by the client's grant, as far as its role goes."""

    async def reach(subject: Subject, wanted: str) -> Subject:
        client_id = ids.decode("ten", wanted)
        if client_id == subject.tenant_id:
            return subject
        with acting_for(subject.tenant_id):
            async with db.tenant_tx() as tx:
                row = await places.reach(tx, client_id)
        if row is None:
            raise NotFound
        return acting(subject, row)

    return reach


def acting(subject: Subject, row: asyncpg.Record) -> Subject:
    """Give the subject as it is while it acts for a client that `places.reach` found."""
    return msgspec.structs.replace(
        subject,
        tenant_id=TenantId(row["id"]),
        tenant_kind=row["kind"],
        tenant_status=row["status"],
        acting_from=subject.tenant_id,
        within=SCOPES_OF[row["role"]],
    )
