"""`/v1/ips/{ip_id}/reputation` and `/v1/reputation`: how addresses and domains stand with blocklists and providers."""

from litestar import get, post
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from control_plane.core import inject
from control_plane.core.auth import requires
from control_plane.core.ids import decode
from control_plane.ip_pools.service import IP_PREFIX
from control_plane.reputation import service
from control_plane.reputation.jobs import LOOK_UP_JOB
from control_plane.reputation.schemas import AskedDelisting, IpReputation, Listings

_READ, _WRITE = [requires("fleet:read")], [requires("fleet:write")]


@get("/reputation/listings", guards=_READ)
async def list_listings(db: inject.Database) -> Listings:
    """List all addresses and sending domains that are on a blocklist or may be, the most severe first."""
    async with db.fleet_tx() as tx:
        return await service.listings(tx)


@get("/ips/{ip_id:str}/reputation", guards=_READ)
async def get_ip_reputation(db: inject.Database, clock: inject.Clock, ip_id: FromPath[str]) -> IpReputation:
    """Give an address's reputation: blocklists, rates of bounces and complaints by provider, and what they suggest."""
    async with db.fleet_tx() as tx:
        return await service.of_ip(tx, decode(IP_PREFIX, ip_id), clock)


@post("/ips/{ip_id:str}/reputation/look-up", guards=_WRITE, status_code=202)
async def look_up_ip_reputation(db: inject.Database, clock: inject.Clock, ip_id: FromPath[str]) -> None:
    """Have an address looked up on all lists at once; the answers come within a minute."""
    async with db.fleet_tx() as tx:
        await service.hurry(tx, decode(IP_PREFIX, ip_id), clock)
        tx.outbox.trigger(LOOK_UP_JOB)


@post("/ips/{ip_id:str}/reputation/delisting", guards=_WRITE, status_code=200)
async def ask_ip_delisting(
    db: inject.Database, clock: inject.Clock, ip_id: FromPath[str], data: JSONBody[AskedDelisting]
) -> IpReputation:
    """Note that you have asked a list to take an address off, for whoever looks next."""
    async with db.fleet_tx() as tx:
        await service.ask_delisting(tx, decode(IP_PREFIX, ip_id), data.blocklist, clock)
        return await service.of_ip(tx, decode(IP_PREFIX, ip_id), clock)


HANDLERS: list[ControllerRouterHandler] = [
    list_listings,
    get_ip_reputation,
    look_up_ip_reputation,
    ask_ip_delisting,
]
