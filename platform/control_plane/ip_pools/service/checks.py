"""Look whether addresses are fit to send: their records by our own resolver, and what their nodes say of them.

A new address that is fit begins its warm-up by itself; one that stops being fit while it sends is only reported, since
a resolver's bad hour must not stop mail.
"""

import asyncio
from datetime import timedelta
from uuid import UUID

import msgspec

from control_plane.core.clock import Clock
from control_plane.core.database import Database
from control_plane.core.ids import NodeId
from control_plane.core.runtime import Runtime
from control_plane.ip_pools import readiness
from control_plane.ip_pools.queries import ips as queries
from control_plane.ip_pools.queries.ips import IpRow
from control_plane.ip_pools.readiness import Answer, Finding, Seen
from control_plane.ip_pools.service import life
from control_plane.mail_domains.resolver import DnsResolver, Resolver

_AT_ONCE = 20
_UNDER_WAY = timedelta(minutes=2)
_PROVISIONING_PAUSE = timedelta(seconds=30)
_PAUSE = timedelta(hours=6)


class Means(msgspec.Struct, frozen=True):
    """What a check works with."""

    db: Database
    resolver: Resolver
    clock: Clock


def means_of(runtime: Runtime) -> Means:
    """Give what this process checks with: our own resolvers."""
    return Means(runtime.db, DnsResolver(runtime.settings.nameservers), runtime.clock)


async def check_due(means: Means) -> int:
    """Check the addresses whose turn it is, some at a time; gives how many."""
    async with means.db.fleet_tx() as tx:
        due = await queries.claim_due(tx.connection, means.clock.now(), _UNDER_WAY, _AT_ONCE)
    await asyncio.gather(*(check(means, ip_id) for ip_id in due))
    return len(due)


async def check(means: Means, ip_id: UUID) -> None:
    """Check an address, write down what was found, and let it begin to send if it waits for that."""
    async with means.db.fleet_tx() as tx:
        row = await queries.find(tx.connection, ip_id)
    if row is None or row.status == "released":
        return
    findings = await look(means.resolver, row)
    now = means.clock.now()
    pause = _PROVISIONING_PAUSE if row.status == "provisioning" else _PAUSE
    async with means.db.fleet_tx() as tx:
        if _what(await life.locked(tx, ip_id)) != _what(row):
            return  # it was renamed or taken elsewhere meanwhile, and is due again
        written = msgspec.json.encode(findings).decode()
        await queries.save_findings(tx.connection, ip_id, written, now, now + pause)
        if readiness.is_fit(findings):
            await life.verified(tx, ip_id, means.clock)


def _what(row: IpRow) -> tuple[str, NodeId]:
    """Name what was looked at."""
    return row.hostname, row.node_id


async def look(resolver: Resolver, row: IpRow) -> tuple[Finding, ...]:
    """Ask for an address's records, and judge them together with what its node says."""
    reverse, forward = await asyncio.gather(
        resolver.lookup(readiness.reverse_name(row.address), "PTR"),
        resolver.lookup(row.hostname, readiness.record_type(row.address)),
    )
    seen = Seen(
        reverse=Answer(reverse.values, reverse.problem),
        forward=Answer(forward.values, forward.problem),
        bound=row.is_bound,
    )
    return readiness.judge(row.address, row.hostname, seen)
