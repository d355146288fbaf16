"""The register of addresses: added, looked up, changed and given up by operators (fleet role)."""

from collections.abc import Mapping, Sequence
from ipaddress import IPv6Address, ip_address
from uuid import UUID

import msgspec

from control_plane.core import etag
from control_plane.core.clock import Clock
from control_plane.core.database import Transaction
from control_plane.core.errors import FieldError, Invalid, NotFound
from control_plane.core.ids import MalformedId, NodeId, decode, new_uuid
from control_plane.core.pagination import Page
from control_plane.core.text import NOT_ONE_LINE, is_one_line
from control_plane.ip_pools.cool_down import may_have, may_move
from control_plane.ip_pools.errors import (
    AddressInUse,
    CoolingDown,
    NotDrained,
    NotReady,
    StepRefused,
    StreamsApart,
)
from control_plane.ip_pools.life import Step
from control_plane.ip_pools.queries import ips as queries
from control_plane.ip_pools.queries import pooling, tenures
from control_plane.ip_pools.queries.ips import IpRow
from control_plane.ip_pools.queries.pooling import PoolRow
from control_plane.ip_pools.readiness import is_fit
from control_plane.ip_pools.schemas import (
    CoolDownChange,
    IpFilters,
    NewSendingIp,
    Release,
    SendingIp,
    SendingIpChange,
    Tenure,
)
from control_plane.ip_pools.service import PREFIX, life, view
from control_plane.warmup import service as warmup
from control_plane.warmup.schemas import Standing

_MOST_TENURES = 50


async def list_ips(
    tx: Transaction, filters: IpFilters, after: UUID | None, limit: int, clock: Clock
) -> Page[SendingIp]:
    """List addresses that fit the filters, oldest first."""
    rows = await queries.page(tx.connection, filters, after, limit + 1)
    warmth = await _warmth(tx, rows[:limit], clock)
    shown = tuple([view.address(row, warmth.get(row.id)) for row in rows[:limit]])
    return Page(shown, shown[-1].id if len(rows) > limit else None)


async def get(tx: Transaction, ip_id: UUID, clock: Clock) -> SendingIp:
    """Give an address; raises `NotFound`."""
    row = await queries.find(tx.connection, ip_id)
    if row is None:
        raise NotFound
    return await _view(tx, row, clock)


async def find_address(tx: Transaction, text: str) -> UUID | None:
    """Find an address by what it is; raises `Invalid` if it is none."""
    row = await queries.find_by_address(tx.connection, _address(text))
    return None if row is None else row.id


async def owned_by(tx: Transaction, tenant_id: UUID, clock: Clock) -> list[SendingIp]:
    """List the addresses in a tenant's own pools."""
    rows = await queries.owned_by(tx.connection, tenant_id)
    warmth = await _warmth(tx, rows, clock)
    return [view.address(row, warmth.get(row.id)) for row in rows]


async def tenures_of(tx: Transaction, ip_id: UUID) -> tuple[Tenure, ...]:
    """List whose an address was, the newest first; raises `NotFound`."""
    if await queries.find(tx.connection, ip_id) is None:
        raise NotFound
    return view.tenures(await tenures.latest(tx.connection, ip_id, _MOST_TENURES))


async def add(tx: Transaction, new: NewSendingIp, clock: Clock) -> SendingIp:
    """Begin the life of an address, or of one that was released; raises `AddressInUse`, `CoolingDown`, `Invalid`."""
    address = _address(new.address)
    node_id, pool = NodeId(_referred("nod", new.node_id)), await _pool(tx, new.pool_id)
    if not await pooling.node_exists(tx.connection, node_id):
        raise NotFound
    known = await queries.lock_address(tx.connection, address)
    row = await _reused(tx, known, new, node_id, pool, clock) if known else await _new(tx, address, new, pool, clock)
    await life.begin_tenure(tx, row, clock.now())
    return view.address(row)


async def change(
    tx: Transaction, ip_id: UUID, wanted: SendingIpChange, clock: Clock, if_match: str | None = None
) -> SendingIp:
    """Change an address; raises `NotFound`, `NotDrained`, `StreamsApart`, `CoolingDown`, `PreconditionFailed`."""
    row = await life.locked(tx, ip_id)
    etag.check(if_match, await _view(tx, row, clock))
    given = {name: value for name, value in msgspec.structs.asdict(wanted).items() if value is not msgspec.UNSET}
    pool_id = given.pop("pool_id", None)
    changed = msgspec.structs.replace(row, **given)
    if pool_id is not None:
        changed = await _moved(tx, changed, await _pool(tx, pool_id), clock)
    if changed.hostname != row.hostname:
        changed = await _unchecked(tx, changed, clock)
    if changed != row:
        await life.store(tx, row, changed, "ips.change")
    return await _view(tx, changed, clock)


async def step(tx: Transaction, ip_id: UUID, wanted: Step, reason: str, clock: Clock) -> SendingIp:
    """Take a step that an operator asks for, who says why; raises `StepRefused`, `NotReady`."""
    _check_reason(reason)
    row = await life.locked(tx, ip_id)
    if wanted == "quarantine":
        return await _view(tx, await life.quarantine(tx, row, clock, reason=reason), clock)
    if wanted == "warm" and row.status == "warming":
        await life.warmed(tx, row.id, clock, reason=reason)
        return await get(tx, ip_id, clock)
    if wanted == "verify" and row.status == "provisioning" and not is_fit(view.address(row).findings):
        raise NotReady
    return await _view(tx, await life.take(tx, row, wanted, clock, reason=reason), clock)


async def release(tx: Transaction, ip_id: UUID, wanted: Release, clock: Clock) -> SendingIp:
    """Give an address up; raises `StepRefused`, `NotDrained`."""
    _check_reason(wanted.reason)
    row = await life.locked(tx, ip_id)
    released = await life.release(tx, row, clock, reason=wanted.reason, even_undrained=wanted.even_undrained)
    return await _view(tx, released, clock)


async def set_cool_down(tx: Transaction, ip_id: UUID, wanted: CoolDownChange, clock: Clock) -> SendingIp:
    """Have a released address cool down for a shorter or longer time; raises `StepRefused`."""
    _check_reason(wanted.reason)
    row = await life.locked(tx, ip_id)
    if row.status != "released":
        raise StepRefused(f"The address is {row.status}: only a released one cools down.")
    until = max(wanted.until, clock.now()) if wanted.until.tzinfo else None
    if until is None:
        raise Invalid(errors=(FieldError("until", "Give the moment with its offset from UTC."),))
    changed = msgspec.structs.replace(row, cool_until=until, reason=wanted.reason)
    await life.store(tx, row, changed, "ips.set_cool_down")
    return await _view(tx, changed, clock)


async def _new(tx: Transaction, address: str, new: NewSendingIp, pool: PoolRow, clock: Clock) -> IpRow:
    now, ip_id = clock.now(), new_uuid()
    node_id = NodeId(_referred("nod", new.node_id))
    row = IpRow(
        id=ip_id, node_id=node_id, pool_id=pool.id, owner=pool.tenant_id, stream=pool.stream, address=address,
        hostname=new.hostname, status="provisioning", status_since=now, reason="", quarantined_for=None,
        weight=new.weight, standby=new.standby, warm_at=None, cool_until=None, checked_at=None, findings="[]",
        created_at=now, node_status="", last_seen_at=None, is_bound=None, queued=0,
    )  # fmt: skip
    if not await queries.insert(tx.connection, row):
        raise AddressInUse
    await life.store(tx, row, row, "ips.add")
    return row


async def _reused(
    tx: Transaction, known: IpRow, new: NewSendingIp, node_id: NodeId, pool: PoolRow, clock: Clock
) -> IpRow:
    """Take a released address up again, if it has cooled down for whom it is to be."""
    if known.status != "released":
        raise AddressInUse
    if not may_have(await life.use_of(tx, known), pool.tenant_id, known.cool_until, clock.now()):
        raise CoolingDown(f"The address was used by somebody else and cools down until {known.cool_until:%Y-%m-%d}.")
    wanted = msgspec.structs.replace(
        known, node_id=node_id, pool_id=pool.id, owner=pool.tenant_id, stream=pool.stream, hostname=new.hostname,
        weight=new.weight, standby=new.standby,
    )  # fmt: skip
    return await life.take(tx, await _unchecked(tx, wanted, clock), "reuse", clock)


async def _unchecked(tx: Transaction, row: IpRow, clock: Clock) -> IpRow:
    """Forget what was found of an address, and have it looked at next."""
    await queries.forget_findings(tx.connection, row.id, clock.now())
    return msgspec.structs.replace(row, findings="[]", checked_at=None)


async def _moved(tx: Transaction, row: IpRow, pool: PoolRow, clock: Clock) -> IpRow:
    """Put an address into another pool of its stream: a new tenure begins, and the old one is closed."""
    if pool.id == row.pool_id:
        return row
    if pool.stream != row.stream:
        raise StreamsApart
    if row.status not in ("provisioning", "draining") or not life.is_drained(row, clock.now()):
        raise NotDrained
    use, now = await life.use_of(tx, row), clock.now()
    if not (may_move(use, pool.tenant_id) and may_have(use, pool.tenant_id, row.cool_until, now)):
        raise CoolingDown("The address was used by somebody else: release it, so that it cools down.")
    await tenures.end(tx.connection, row.id, now)
    moved = msgspec.structs.replace(row, pool_id=pool.id, owner=pool.tenant_id)
    await life.begin_tenure(tx, moved, now)
    return moved


async def _pool(tx: Transaction, public_id: str) -> PoolRow:
    row = await pooling.find(tx.connection, _referred(PREFIX, public_id))
    if row is None:
        raise NotFound
    return row


async def _view(tx: Transaction, row: IpRow, clock: Clock) -> SendingIp:
    return view.address(row, (await _warmth(tx, [row], clock)).get(row.id))


async def _warmth(tx: Transaction, rows: Sequence[IpRow], clock: Clock) -> Mapping[UUID, Standing]:
    """Say how far those are that are being warmed up."""
    warming = [row.id for row in rows if row.status == "warming"]
    return await warmup.standing(tx, clock, warming) if warming else {}


def _referred(prefix: str, public_id: str) -> UUID:
    try:
        return decode(prefix, public_id)
    except MalformedId as error:
        raise NotFound from error


def _address(text: str) -> str:
    """Read an address that can send; raises `Invalid`."""
    try:
        address = ip_address(text)
    except ValueError as error:
        raise Invalid(errors=(FieldError("address", "This is not an IP address."),)) from error
    zoned = isinstance(address, IPv6Address) and (address.scope_id is not None or address.ipv4_mapped is not None)
    if zoned or address.is_multicast or address.is_unspecified or address.is_loopback:
        raise Invalid(errors=(FieldError("address", "No mail can leave from this address."),))
    return str(address)


def _check_reason(reason: str) -> None:
    if not is_one_line(reason):
        raise Invalid(errors=(FieldError("reason", NOT_ONE_LINE),))
