"""The operator's commands for pools and addresses."""

from uuid import UUID

import msgspec

from control_plane.core.clock import in_utc
from control_plane.core.database import Transaction
from control_plane.core.errors import FieldError, Invalid, NotFound
from control_plane.core.ids import MalformedId, decode
from control_plane.core.runtime import Runtime
from control_plane.ip_pools.life import Step
from control_plane.ip_pools.schemas import (
    CoolDownChange,
    IpFilters,
    IpPool,
    NewPool,
    NewSendingIp,
    PoolChange,
    Release,
    SendingIp,
    Tenure,
)
from control_plane.ip_pools.service import IP_PREFIX, PREFIX, pooling, registry

_MOST = 1000


class Pools(msgspec.Struct, frozen=True):
    """All pools."""

    pools: tuple[IpPool, ...]


class Addresses(msgspec.Struct, frozen=True):
    """Addresses, and the names of their pools by id."""

    ips: tuple[SendingIp, ...]
    pools: dict[str, str]


class Portrait(msgspec.Struct, frozen=True):
    """All there is to know about one address."""

    ip: SendingIp
    tenures: tuple[Tenure, ...]


async def pools(runtime: Runtime) -> Pools:
    """List all pools."""
    async with runtime.db.fleet_tx() as tx:
        return Pools((await pooling.list_pools(tx, None, _MOST)).data)


async def add_pool(runtime: Runtime, new: NewPool) -> IpPool:
    """Make a pool."""
    async with runtime.db.fleet_tx() as tx:
        return await pooling.create(tx, new, runtime.clock)


async def change_pool(runtime: Runtime, pool: str, wanted: PoolChange) -> IpPool:
    """Rename a pool or make it the default."""
    async with runtime.db.fleet_tx() as tx:
        return await pooling.change(tx, _read_id(PREFIX, pool), wanted)


async def addresses(runtime: Runtime, filters: IpFilters) -> Addresses:
    """List addresses."""
    async with runtime.db.fleet_tx() as tx:
        found = (await registry.list_ips(tx, filters, None, _MOST, runtime.clock)).data
        known = (await pooling.list_pools(tx, None, _MOST)).data
    return Addresses(found, {pool.id: pool.name for pool in known})


async def portrait(runtime: Runtime, ip: str) -> Portrait:
    """Show one address, by its id or by what it is."""
    async with runtime.db.fleet_tx() as tx:
        ip_id = await _ip(tx, ip)
        return Portrait(await registry.get(tx, ip_id, runtime.clock), await registry.tenures_of(tx, ip_id))


async def add(runtime: Runtime, new: NewSendingIp) -> SendingIp:
    """Add an address."""
    async with runtime.db.fleet_tx() as tx:
        return await registry.add(tx, new, runtime.clock)


async def step(runtime: Runtime, ip: str, wanted: Step, reason: str) -> SendingIp:
    """Take a step with an address."""
    async with runtime.db.fleet_tx() as tx:
        return await registry.step(tx, await _ip(tx, ip), wanted, reason, runtime.clock)


async def release(runtime: Runtime, ip: str, wanted: Release) -> SendingIp:
    """Give an address up."""
    async with runtime.db.fleet_tx() as tx:
        return await registry.release(tx, await _ip(tx, ip), wanted, runtime.clock)


async def cool_down(runtime: Runtime, ip: str, wanted: CoolDownChange) -> SendingIp:
    """Set until when a released address cools down."""
    in_time = msgspec.structs.replace(wanted, until=in_utc(wanted.until))
    async with runtime.db.fleet_tx() as tx:
        return await registry.set_cool_down(tx, await _ip(tx, ip), in_time, runtime.clock)


def read_pool(text: str) -> UUID:
    """Read the id of a pool; raises `Invalid`."""
    return _read_id(PREFIX, text)


async def _ip(tx: Transaction, text: str) -> UUID:
    """Find an address by its id or by what it is; raises `NotFound`."""
    if text.startswith(f"{IP_PREFIX}_"):
        return _read_id(IP_PREFIX, text)
    found = await registry.find_address(tx, text)
    if found is None:
        raise NotFound(f"There is no sending address {text}: `fleetpost ip list` shows them.")
    return found


def _read_id(prefix: str, text: str) -> UUID:
    try:
        return decode(prefix, text)
    except MalformedId as error:
        raise Invalid(errors=(FieldError(text, f"give an id, {prefix}_…"),)) from error
