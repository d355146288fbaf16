"""`/v1/ip-pools` and `/v1/ips`: pools and their addresses, for operators; `/v1/account/ip-pools`: a tenant's own."""

from typing import Annotated
from uuid import UUID

from litestar import delete, get, patch, post
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler

from control_plane.core import inject
from control_plane.core.auth import requires
from control_plane.core.errors import FieldError, Invalid
from control_plane.core.etag import IfMatch
from control_plane.core.ids import MalformedId, decode
from control_plane.core.pagination import LIMIT_DEFAULT, After, Limit, Page, cursor
from control_plane.ip_pools import service
from control_plane.ip_pools.life import IpStatus, Step
from control_plane.ip_pools.schemas import (
    Because,
    CoolDownChange,
    IpFilters,
    IpPool,
    NewPool,
    NewSendingIp,
    PoolChange,
    Release,
    SendingIp,
    SendingIpChange,
    Tenures,
)
from control_plane.ip_pools.service import pooling, registry

_READ, _WRITE = [requires("fleet:read")], [requires("fleet:write")]
_OWN = [requires("ip-pools:read")]

Status = Annotated[IpStatus | None, QueryParameter(description="Only addresses in this state.")]
OfPool = Annotated[str | None, QueryParameter(description="Only addresses of this pool.")]
OfNode = Annotated[str | None, QueryParameter(description="Only addresses of this node.")]


@get("/account/ip-pools", guards=_OWN)
async def list_own_ip_pools(
    db: inject.Database, subject: inject.Subject, limit: Limit = LIMIT_DEFAULT, after: After = None
) -> Page[IpPool]:
    """List the pools of sending addresses that are yours alone, oldest first."""
    async with db.fleet_tx() as tx:
        return await pooling.list_pools(tx, cursor(service.PREFIX, after), limit, owner=subject.tenant_id)


@get("/ip-pools", guards=_READ)
async def list_ip_pools(db: inject.Database, limit: Limit = LIMIT_DEFAULT, after: After = None) -> Page[IpPool]:
    """List all pools of sending addresses, oldest first."""
    async with db.fleet_tx() as tx:
        return await pooling.list_pools(tx, cursor(service.PREFIX, after), limit)


@post("/ip-pools", guards=_WRITE)
async def create_ip_pool(db: inject.Database, clock: inject.Clock, data: JSONBody[NewPool]) -> IpPool:
    """Make a pool, shared or a tenant's own. Mail leaves by it once it is made the default."""
    async with db.fleet_tx() as tx:
        return await pooling.create(tx, data, clock)


@get("/ip-pools/{pool_id:str}", guards=_READ)
async def get_ip_pool(db: inject.Database, pool_id: FromPath[str]) -> IpPool:
    """Give a pool with its addresses."""
    async with db.fleet_tx() as tx:
        return await pooling.get(tx, decode(service.PREFIX, pool_id))


@patch("/ip-pools/{pool_id:str}", guards=_WRITE)
async def change_ip_pool(
    db: inject.Database, pool_id: FromPath[str], data: JSONBody[PoolChange], if_match: IfMatch = None
) -> IpPool:
    """Rename a pool, or make it the one that its owner's mail of this stream leaves by."""
    async with db.fleet_tx() as tx:
        return await pooling.change(tx, decode(service.PREFIX, pool_id), data, if_match)


@delete("/ip-pools/{pool_id:str}", guards=_WRITE)
async def delete_ip_pool(db: inject.Database, pool_id: FromPath[str], if_match: IfMatch = None) -> None:
    """Delete a pool that never had an address."""
    async with db.fleet_tx() as tx:
        await pooling.delete(tx, decode(service.PREFIX, pool_id), if_match)


@get("/ips", guards=_READ)
async def list_ips(
    db: inject.Database,
    clock: inject.Clock,
    limit: Limit = LIMIT_DEFAULT,
    after: After = None,
    status: Status = None,
    pool_id: OfPool = None,
    node_id: OfNode = None,
) -> Page[SendingIp]:
    """List sending addresses, oldest first."""
    filters = IpFilters(
        status=status,
        pool_id=_filtered("pool_id", service.PREFIX, pool_id),
        node_id=_filtered("node_id", "nod", node_id),
    )
    async with db.fleet_tx() as tx:
        return await registry.list_ips(tx, filters, cursor(service.IP_PREFIX, after), limit, clock)


@post("/ips", guards=_WRITE)
async def create_ip(db: inject.Database, clock: inject.Clock, data: JSONBody[NewSendingIp]) -> SendingIp:
    """Add an address: it is checked, then warmed up, then active, all by itself."""
    async with db.fleet_tx() as tx:
        return await registry.add(tx, data, clock)


@get("/ips/{ip_id:str}", guards=_READ)
async def get_ip(db: inject.Database, clock: inject.Clock, ip_id: FromPath[str]) -> SendingIp:
    """Give an address: its state, what was found out about its records, how far it is warmed up."""
    async with db.fleet_tx() as tx:
        return await registry.get(tx, _ip(ip_id), clock)


@patch("/ips/{ip_id:str}", guards=_WRITE)
async def change_ip(
    db: inject.Database, clock: inject.Clock, ip_id: FromPath[str], data: JSONBody[SendingIpChange],
    if_match: IfMatch = None,
) -> SendingIp:  # fmt: skip
    """Change an address's host name, weight or whether it stands by; drained, it can go to another pool."""
    async with db.fleet_tx() as tx:
        return await registry.change(tx, _ip(ip_id), data, clock, if_match)


@get("/ips/{ip_id:str}/tenures", guards=_READ)
async def list_ip_tenures(db: inject.Database, ip_id: FromPath[str]) -> Tenures:
    """List whose an address was and how it fared with them, the newest first."""
    async with db.fleet_tx() as tx:
        return Tenures(data=await registry.tenures_of(tx, _ip(ip_id)))


@post("/ips/{ip_id:str}/finish-warm-up", guards=_WRITE, status_code=200)
async def finish_ip_warm_up(
    db: inject.Database, clock: inject.Clock, ip_id: FromPath[str], data: JSONBody[Because]
) -> SendingIp:
    """Let a warming address take its full share at once."""
    return await _step(db, clock, ip_id, "warm", data)


@post("/ips/{ip_id:str}/drain", guards=_WRITE, status_code=200)
async def drain_ip(
    db: inject.Database, clock: inject.Clock, ip_id: FromPath[str], data: JSONBody[Because]
) -> SendingIp:
    """Give an address nothing new; what its node has in the queue is seen off."""
    return await _step(db, clock, ip_id, "drain", data)


@post("/ips/{ip_id:str}/resume", guards=_WRITE, status_code=200)
async def resume_ip(
    db: inject.Database, clock: inject.Clock, ip_id: FromPath[str], data: JSONBody[Because]
) -> SendingIp:
    """Let a draining address take mail again; if it was warm it need not be warmed up."""
    return await _step(db, clock, ip_id, "resume", data)


@post("/ips/{ip_id:str}/quarantine", guards=_WRITE, status_code=200)
async def quarantine_ip(
    db: inject.Database, clock: inject.Clock, ip_id: FromPath[str], data: JSONBody[Because]
) -> SendingIp:
    """Send nothing more by an address because of its reputation; what waits for it goes by others."""
    return await _step(db, clock, ip_id, "quarantine", data)


@post("/ips/{ip_id:str}/warm-up-again", guards=_WRITE, status_code=200)
async def warm_up_ip_again(
    db: inject.Database, clock: inject.Clock, ip_id: FromPath[str], data: JSONBody[Because]
) -> SendingIp:
    """Have a quarantined or active address warmed up from the start."""
    return await _step(db, clock, ip_id, "rewarm", data)


@post("/ips/{ip_id:str}/release", guards=_WRITE, status_code=200)
async def release_ip(
    db: inject.Database, clock: inject.Clock, ip_id: FromPath[str], data: JSONBody[Release]
) -> SendingIp:
    """Give a drained address up; it cools down before anybody else gets it."""
    async with db.fleet_tx() as tx:
        return await registry.release(tx, _ip(ip_id), data, clock)


@post("/ips/{ip_id:str}/cool-down", guards=_WRITE, status_code=200)
async def change_ip_cool_down(
    db: inject.Database, clock: inject.Clock, ip_id: FromPath[str], data: JSONBody[CoolDownChange]
) -> SendingIp:
    """Shorten or lengthen a released address's cool-down, with a reason."""
    async with db.fleet_tx() as tx:
        return await registry.set_cool_down(tx, _ip(ip_id), data, clock)


async def _step(db: inject.Database, clock: inject.Clock, ip_id: str, step: Step, why: Because) -> SendingIp:
    async with db.fleet_tx() as tx:
        return await registry.step(tx, _ip(ip_id), step, why.reason, clock)


def _ip(public_id: str) -> UUID:
    return decode(service.IP_PREFIX, public_id)


def _filtered(name: str, prefix: str, public_id: str | None) -> UUID | None:
    try:
        return None if public_id is None else decode(prefix, public_id)
    except MalformedId as error:
        raise Invalid(errors=(FieldError(name, f"Give an id: {prefix}_…"),)) from error


HANDLERS: list[ControllerRouterHandler] = [
    list_own_ip_pools,
    list_ip_pools,
    create_ip_pool,
    get_ip_pool,
    change_ip_pool,
    delete_ip_pool,
    list_ips,
    create_ip,
    get_ip,
    change_ip,
    list_ip_tenures,
    finish_ip_warm_up,
    drain_ip,
    resume_ip,
    quarantine_ip,
    warm_up_ip_again,
    release_ip,
    change_ip_cool_down,
]
