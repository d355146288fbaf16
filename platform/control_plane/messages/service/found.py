"""Find a message of the bound tenant's that is to be changed, and see to it that who asks may."""

from uuid import UUID

import asyncpg

from control_plane.core.database import Transaction
from control_plane.core.errors import NotFound
from control_plane.core.sandbox import SandboxOnly, is_test
from control_plane.core.tenancy import bound_tenant, require_domain
from control_plane.messages.addresses import domain_of
from control_plane.messages.queries import acts
from control_plane.messages.queries.read import millisecond


async def locked(tx: Transaction, message_id: UUID) -> asyncpg.Record:
    """Give sender and envelope of a message that nobody else changes now.

    Raises `NotFound`, `DomainOutOfReach`, and `SandboxOnly` for a test key and mail that goes out.
    """
    row = await acts.lock(tx.connection, bound_tenant(), message_id)
    if row is None:
        raise NotFound
    require_domain(domain_of(row["from_email"]))
    if is_test() and await acts.goes_out(tx.connection, bound_tenant(), message_id, millisecond(message_id)):
        raise SandboxOnly
    return row
