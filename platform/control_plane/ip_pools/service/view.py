"""What pools and addresses look like from outside."""

from collections.abc import Iterable, Sequence

import asyncpg
import msgspec

from control_plane.core.ids import encode
from control_plane.ip_pools.queries.ips import IpRow
from control_plane.ip_pools.queries.pooling import PoolRow
from control_plane.ip_pools.readiness import Finding
from control_plane.ip_pools.schemas import IpPool, PooledIp, SendingIp, Tenure
from control_plane.ip_pools.service import IP_PREFIX, PREFIX
from control_plane.warmup.schemas import Standing

_NODE, _TENANT = "nod", "ten"
_findings = msgspec.json.Decoder(tuple[Finding, ...])


def address(row: IpRow, warmup: Standing | None = None) -> SendingIp:
    """Show an address."""
    return SendingIp(
        id=encode(IP_PREFIX, row.id),
        address=row.address,
        node_id=encode(_NODE, row.node_id),
        pool_id=encode(PREFIX, row.pool_id),
        stream=row.stream,
        hostname=row.hostname,
        status=row.status,
        status_since=row.status_since,
        reason=row.reason,
        weight=row.weight,
        standby=row.standby,
        cooling_until=row.cool_until if row.status == "released" else None,
        findings=_findings.decode(row.findings),
        checked_at=row.checked_at,
        warmup=warmup,
        created_at=row.created_at,
    )


def pool(row: PoolRow, members: Iterable[asyncpg.Record]) -> IpPool:
    """Show a pool with what is in it."""
    return IpPool(
        id=encode(PREFIX, row.id),
        name=row.name,
        kind=row.kind,
        stream=row.stream,
        is_default=row.is_default,
        tenant_id=None if row.tenant_id is None else encode(_TENANT, row.tenant_id),
        ips=tuple(_member(each) for each in members if each["pool_id"] == row.id),
        created_at=row.created_at,
    )


def tenures(rows: Sequence[asyncpg.Record]) -> tuple[Tenure, ...]:
    """Show whose an address was."""
    return tuple(
        Tenure(
            pool_id=encode(PREFIX, row["pool_id"]),
            tenant_id=None if row["tenant_id"] is None else encode(_TENANT, row["tenant_id"]),
            **{name: value for name, value in row.items() if name not in ("pool_id", "tenant_id")},
        )
        for row in rows
    )


def _member(row: asyncpg.Record) -> PooledIp:
    return PooledIp(
        id=encode(IP_PREFIX, row["id"]),
        address=row["address"],
        hostname=row["hostname"],
        status=row["status"],
        standby=row["standby"],
    )
