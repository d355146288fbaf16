"""How long a node's claim takes with a million deliveries waiting, of one tenant or of a thousand.

`python -m benchmarks.claims [--quick]`, on servers of its own. Each claim is of 200 deliveries and leases them, as a
node's does. The last line is one JSON object: medians and 99th percentiles in milliseconds, for one tenant's backlog,
for a thousand tenants' beside it, and for each of four claimers at once.
"""

import argparse
import asyncio
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from uuid import UUID

import asyncpg
import msgspec

from benchmarks.populated import settings_for
from control_plane import embedded
from control_plane.core import ids
from control_plane.core.ids import NodeId
from control_plane.core.runtime import Runtime, open_runtime
from control_plane.deliveries import service as deliveries
from control_plane.piccolo_conf import DB
from control_plane.settings import load

NEEDS_LAB = False
_CLAIM = 200
_TENANTS = 1000
_CLAIMERS = 4

_MADE = "insert into tenants (id, kind, name, slug) select id, 'client', 'Tenant', id::text from unnest($1::uuid[]) id"
_DOMAINS = """
insert into mail_domains (tenant_id, id, name, status, ownership_token, proven_at)
select id, new_uuid(), id || '.test', 'verified', 'benchmark', now() from unnest($1::uuid[]) id"""
_MESSAGES = """
insert into messages (tenant_id, id, domain_id, from_email, subject, stream, tags, envelope, content)
select tenant_id, new_uuid(), id, 'ann@' || name, 'Hello', 'transactional', '{}', 'envelope', repeat('x', 4000)::bytea
from mail_domains"""
_WAITING = """
insert into deliveries (tenant_id, id, message_id, kind, recipient, status, pool_id, last_event_at)
select m.tenant_id, (left(m.id::text, 14) || '7' || substr(gen_random_uuid()::text, 16))::uuid, m.id, 'to',
  'bob' || number || '@else.test', 'accepted', $2, now()
from messages m, generate_series(1, $3) number where m.tenant_id = any ($1)"""
_NODE = """
insert into nodes (id, name, hostname, service_address, roles, status, last_seen_at)
values ($1, 'bench', 'bench.test', '10.0.0.1', '{outbound}', 'ready', now())"""
_POOL = "insert into ip_pools (id, name, kind, stream) values ($1, 'bench', 'shared', 'transactional')"
_IP = """
insert into ips (id, pool_id, node_id, address, hostname) values (new_uuid(), $1, $2, '10.0.0.2', 'out.test')"""


class Timed(msgspec.Struct, frozen=True):
    """Milliseconds."""

    p50_ms: float
    p99_ms: float


class Place(msgspec.Struct, frozen=True):
    """The node that claims, and its pool."""

    node_id: NodeId
    pool_id: UUID


async def fill(url: str, backlog: int) -> Place:
    """Have one tenant's backlog wait."""
    place = Place(NodeId(ids.new_uuid()), ids.new_uuid())
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(_POOL, place.pool_id)
        await connection.execute(_NODE, place.node_id)
        await connection.execute(_IP, place.pool_id, place.node_id)
    finally:
        await connection.close()
    await let_wait(url, place, 1, backlog)
    return place


async def let_wait(url: str, place: Place, tenants: int, each: int) -> None:
    """Have mail of new tenants wait."""
    tenant_ids = [ids.new_uuid() for _ in range(tenants)]
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(_MADE, tenant_ids)
        await connection.execute(_DOMAINS, tenant_ids)
        await connection.execute(_MESSAGES)
        await connection.execute(_WAITING, tenant_ids, place.pool_id, each)
        await connection.execute("vacuum analyze")
    finally:
        await connection.close()


async def timed(runtime: Runtime, place: Place, claims: int) -> list[float]:
    """Claim so often; gives each one's milliseconds."""
    taken = []
    for _ in range(claims):
        began = time.perf_counter()
        offer = await deliveries.claim(runtime.db, place.node_id, _CLAIM)
        assert offer is not None
        assert len(offer.deliveries) == _CLAIM
        taken.append((time.perf_counter() - began) * 1000)
    return taken


def summed(taken: list[float]) -> Timed:
    """Give median and 99th percentile."""
    return Timed(round(statistics.median(taken), 1), round(statistics.quantiles(taken, n=100)[98], 1))


async def measure(url: str, settings: dict[str, str], *, backlog: int, claims: int) -> dict[str, float]:
    """Claim from one tenant's backlog, then beside a thousand others', then by several at once."""
    place = await fill(url, backlog)
    async with open_runtime(load(settings), DB) as runtime:
        began = time.perf_counter()
        await deliveries.find_turns(runtime.db)
        found_ms = (time.perf_counter() - began) * 1000
        one = summed(await timed(runtime, place, claims))
        await let_wait(url, place, _TENANTS, 2 * claims * _CLAIM * (_CLAIMERS + 1) // _TENANTS)
        began = time.perf_counter()
        await deliveries.find_turns(runtime.db)
        swept_ms = (time.perf_counter() - began) * 1000
        many = summed(await timed(runtime, place, claims))
        together = await asyncio.gather(*(timed(runtime, place, claims) for _ in range(_CLAIMERS)))
    at_once = summed([each for taken in together for each in taken])
    print(f"find_turns: {found_ms:.0f} ms for one tenant, {swept_ms:.0f} ms for {_TENANTS}", file=sys.stderr)
    return {
        "backlog": backlog,
        "one_tenant_p50_ms": one.p50_ms,
        "one_tenant_p99_ms": one.p99_ms,
        "thousand_tenants_p50_ms": many.p50_ms,
        "thousand_tenants_p99_ms": many.p99_ms,
        "four_at_once_p50_ms": at_once.p50_ms,
        "four_at_once_p99_ms": at_once.p99_ms,
    }


def main() -> None:
    """Measure, on servers that are gone afterwards."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    quick: bool = parser.parse_args().quick
    home = Path(tempfile.mkdtemp(prefix="fp-bench-", dir="/var/tmp"))
    home.chmod(0o755)
    layout, owner = embedded.Layout(home), embedded.service_user()
    layout.prepare(owner)
    try:
        embedded.start_postgres(layout, owner, durable=False)
        embedded.start_valkey(layout, owner)
        settings = os.environ | settings_for(layout)
        subprocess.run([sys.executable, "-m", "control_plane.cli", "migrate"], env=settings, check=True)
        url = f"postgresql://postgres@/{embedded.DATABASE}?host={layout.run}"
        size = {"backlog": 100_000, "claims": 20} if quick else {"backlog": 1_000_000, "claims": 100}
        print(json.dumps(asyncio.run(measure(url, settings, **size))))
    finally:
        embedded.stop(home)
        shutil.rmtree(home)


if __name__ == "__main__":
    main()
