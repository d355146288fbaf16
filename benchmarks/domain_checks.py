"""Checking 10,000 domains again by one worker process: their whole record sets, on a real DNS, lame servers included.

`python -m benchmarks.domain_checks [--quick]`. PostgreSQL, Valkey, knot and unbound of its own; every hundredth domain
has a server that never answers, every hundredth one that is slow and then refuses. All are checked for the first time,
which writes each down by itself; then all are due again, and that round is what counts. The last line is one JSON
object.
"""

import argparse
import asyncio
import base64
import json
import os
import resource
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import asyncpg

from benchmarks.many_domains import RESOLVER, serving
from control_plane import embedded
from control_plane.core import crypto, ids, log
from control_plane.core.runtime import Runtime, open_runtime
from control_plane.mail_domains import service
from control_plane.mail_domains.checkup import Needs, PublicKey, platform_of
from control_plane.mail_domains.dkim import new_key_pairs
from control_plane.piccolo_conf import DB
from control_plane.settings import Settings, load

NEEDS_LAB = False

_MANY, _FEW = 10_000, 1_000
_PER_TENANT = 10
_TOO_LONG_SECONDS = 1_800.0

_TENANTS = """
insert into tenants (id, kind, name, slug)
select id, 'client', 'Tenant ' || place, 'tenant-' || place
from unnest($1::uuid[]) with ordinality as made (id, place)"""

_DOMAINS = """
insert into mail_domains (tenant_id, id, name, ownership_token, report_token, next_check_at)
select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[]), now()"""

_KEYS = """
insert into dkim_keys (tenant_id, id, domain_id, selector, algorithm, private_key, public_key)
select d.tenant_id, new_uuid(), d.id, k.selector, k.algorithm, k.private_key, k.public_key
from mail_domains d, unnest($1::text[], $2::text[], $3::bytea[], $4::text[])
  as k (selector, algorithm, private_key, public_key)"""


@contextmanager
def control_plane() -> Generator[tuple[Settings, str]]:
    """Start the servers of a control plane; gives its settings, and the database as its superuser."""
    home = Path(tempfile.mkdtemp(prefix="fp-bench-", dir="/var/tmp"))
    home.chmod(0o755)
    layout, owner = embedded.Layout(home), embedded.service_user()
    layout.prepare(owner)
    try:
        embedded.start_postgres(layout, owner, durable=False)
        embedded.start_valkey(layout, owner)
        env = embedded.database_urls(layout) | {
            "REDIS_URL": f"unix://{layout.valkey_socket}",
            "FLEETPOST_VAULT_KEYS": crypto.new_vault_key("bench"),
            "FLEETPOST_SESSION_SECRET": secrets.token_hex(32),
            "FLEETPOST_PUBLIC_URL": "http://site.host.bench",
            "FLEETPOST_MAIL_HOST": "mx.host.bench",
            "FLEETPOST_SPF_INCLUDE": "spf.host.bench",
            "FLEETPOST_NAMESERVERS": RESOLVER,
            "FLEETPOST_EGRESS_ALLOW": "127.0.0.0/8",
        }
        subprocess.run([sys.executable, "-m", "control_plane.cli", "migrate"], env=os.environ | env, check=True)
        yield load(env), f"postgresql://postgres@/{embedded.DATABASE}?host={layout.run}"
    finally:
        embedded.stop(home)
        shutil.rmtree(home)


def made_up(count: int, keys: Sequence[PublicKey], settings: Settings) -> list[Needs]:
    """Make up domains; the names say whose DNS is lame."""
    kinds = {1: "dead", 2: "slow"}
    return [
        Needs(
            name=f"{kinds.get(number % 100, 'sound')}-{number}.bench",
            id=ids.bare(ids.new_uuid()),
            token=base64.b32hexencode(secrets.token_bytes(20)).decode().lower(),
            platform=platform_of(settings),
            keys=tuple(keys),
            report_token=secrets.token_hex(16),
        )
        for number in range(count)
    ]


async def fill(url: str, domains: Sequence[Needs], keys: "Sequence[tuple[str, str, bytes, str]]") -> None:
    """Store the domains, ten to a tenant, each with the same keys."""
    tenants = [ids.new_uuid() for _ in range(0, len(domains), _PER_TENANT)]
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(_TENANTS, tenants)
        columns = ([each.name for each in domains], [each.token for each in domains])
        await connection.execute(
            _DOMAINS,
            [tenants[number // _PER_TENANT] for number in range(len(domains))],
            [ids.from_bare(each.id) for each in domains],
            *columns,
            [each.report_token for each in domains],
        )
        await connection.execute(_KEYS, *map(list, zip(*keys, strict=True)))
        await connection.execute("vacuum analyze")
    finally:
        await connection.close()


async def check_all(runtime: Runtime) -> tuple[float, float]:
    """Check all that is due as a worker does; gives seconds, and CPU seconds of this process."""
    checks = service.Round(service.checker(runtime))
    began, cpu = time.monotonic(), _cpu()
    await checks.run(seconds=_TOO_LONG_SECONDS)
    return time.monotonic() - began, _cpu() - cpu


async def make_due(url: str) -> datetime:
    """Let every domain be due; gives when that was."""
    connection = await asyncpg.connect(url)
    try:
        now: datetime = await connection.fetchval("update mail_domains set next_check_at = now() returning now()")
    finally:
        await connection.close()
    return now


async def found(url: str, since: datetime) -> dict[str, int]:
    """Count the domains by what became of them: `sound verified`, `dead pending`, …; and those left out."""
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch(
            """select split_part(name, '-', 1) || ' ' || case when checked_at >= $1 then status else 'left out' end
                 as kind, count(*) from mail_domains group by 1 order by 1""",
            since,
        )
    finally:
        await connection.close()
    return {row["kind"]: row["count"] for row in rows}


async def measure(count: int) -> dict[str, object]:
    """Run it."""
    pairs = new_key_pairs()
    with control_plane() as (settings, url):
        public = [PublicKey(pair.selector, pair.algorithm, pair.public_key) for pair in pairs]
        domains = made_up(count, public, settings)
        lame = [each.name for each in domains if not each.name.startswith("sound")]
        with serving(domains, lame):
            async with open_runtime(settings, DB) as runtime:
                sealed = [
                    (
                        pair.selector,
                        pair.algorithm,
                        runtime.vault.encrypt(pair.private_key, purpose="dkim_keys.private_key"),
                        pair.public_key,
                    )
                    for pair in pairs
                ]
                await fill(url, domains, sealed)
                since = await make_due(url)
                first, _ = await check_all(runtime)
                print(f"first checks: {first:.1f} s, {await found(url, since)}", file=sys.stderr)
                since = await make_due(url)
                again, cpu = await check_all(runtime)
                states = await found(url, since)
    return {
        "domains": count,
        "seconds": round(again, 1),
        "first_seconds": round(first, 1),
        "cpu_seconds": round(cpu, 1),
        "states": states,
    }


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Run it; the last line is JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help=f"{_FEW} domains")
    parser.add_argument("--domains", type=int, help="so many instead")
    asked = parser.parse_args()
    os.environ.setdefault("PICCOLO_CONF", "control_plane.piccolo_conf")
    log.configure()
    print(json.dumps(asyncio.run(measure(asked.domains or (_FEW if asked.quick else _MANY)))))


if __name__ == "__main__":
    main()
