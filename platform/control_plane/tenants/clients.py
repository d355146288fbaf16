"""Make clients and change what they are given: acts that other features have a part in, in one transaction."""

from uuid import UUID

from control_plane.core.database import Database
from control_plane.tenants import service
from control_plane.tenants.schemas import Client, ClientChange, NewClient


async def create(db: Database, wanted: NewClient) -> Client:
    """Make a client below the bound tenant and invite its owner, if one is named."""
    async with db.fleet_tx() as tx:
        return await service.add_client(tx, wanted)


async def change(db: Database, client_id: UUID, wanted: ClientChange, if_match: str | None) -> Client:
    """Change a client's name, plan or limits."""
    async with db.fleet_tx() as tx:
        return await service.edit_client(tx, client_id, wanted, if_match)
