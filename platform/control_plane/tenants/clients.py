"""Make clients: an act that accounts have a part in, which themselves stand on tenants."""

from control_plane.accounts import service as accounts
from control_plane.core.database import Database
from control_plane.tenants import service
from control_plane.tenants.schemas import Client, NewClient


async def create(db: Database, wanted: NewClient) -> Client:
    """Make a client below the bound tenant and invite its owner, if one is named, in one transaction.

    Raises what `service.add_client` and `accounts.service.invite_owner` raise.
    """
    async with db.fleet_tx() as tx:
        made, provider = await service.add_client(tx, wanted)
        if wanted.owner_email is not None:
            await accounts.invite_owner(tx, service.id_of(made), wanted.owner_email, provider)
    return made
