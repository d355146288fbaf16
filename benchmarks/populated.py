"""A Fleetpost of its own with any number of tenants, all with the same amount of mail: servers, rows, and keys."""

import asyncio
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import httpx
import msgspec

from benchmarks import cpu
from control_plane import embedded
from control_plane.core import crypto, ids

MESSAGES_PER_TENANT = 40
_READY_SECONDS = 60
_FIRST_PORT, _LAST_PORT = 20_000, 30_000


class Reader(msgspec.Struct, frozen=True):
    """A tenant as a client of the API: its key, and a message of its own."""

    key: str
    message_id: str
    domain: str


class Populated(msgspec.Struct, frozen=True):
    """A running control plane with its tenants."""

    port: int
    readers: list[Reader]
    settings: dict[str, str]
    """As its environment."""
    superuser_url: str
    """Passes by row-level security: for setting up and for switching it off."""
    roots: list[int]

    def cpu_seconds(self) -> float:
        """CPU seconds that the web process and PostgreSQL have used."""
        return cpu.trees(self.roots)


@contextmanager
def populated(tenants: int, *, durable: bool = False) -> Generator[Populated]:
    """Start everything with so many tenants; it is gone afterwards."""
    home = Path(tempfile.mkdtemp(prefix="fp-bench-", dir="/var/tmp"))
    home.chmod(0o755)
    layout, owner = embedded.Layout(home), embedded.service_user()
    layout.prepare(owner)
    web: subprocess.Popen[bytes] | None = None
    try:
        embedded.start_postgres(layout, owner, durable=durable)
        embedded.start_valkey(layout, owner)
        env = dict(os.environ | settings_for(layout))
        subprocess.run([sys.executable, "-m", "control_plane.cli", "migrate"], env=env, check=True)
        superuser_url = f"postgresql://postgres@/{embedded.DATABASE}?host={layout.run}"
        readers = asyncio.run(_fill(superuser_url, tenants))
        port = _FIRST_PORT + secrets.randbelow(_LAST_PORT - _FIRST_PORT)
        web = _serve(env, port, home / "web.log")
        postmaster = int((layout.postgres / "postmaster.pid").read_text().split()[0])
        yield Populated(port, readers, env, superuser_url, [web.pid, postmaster])
    finally:
        if web is not None:
            web.terminate()
            web.wait()
        embedded.stop(home)
        shutil.rmtree(home)


def settings_for(layout: embedded.Layout) -> dict[str, str]:
    """Give the settings of a control plane on these servers."""
    return embedded.database_urls(layout) | {
        "REDIS_URL": f"unix://{layout.valkey_socket}",
        "FLEETPOST_VAULT_KEYS": crypto.new_vault_key("bench"),
        "FLEETPOST_SESSION_SECRET": secrets.token_hex(32),
        "FLEETPOST_PUBLIC_URL": "http://localhost",
        # What is measured is what can be done; how fast one tenant may is another matter.
        "FLEETPOST_RATE_READ": "100000000",
        "FLEETPOST_RATE_SEND": "100000000",
    }


def _serve(env: dict[str, str], port: int, log: Path) -> "subprocess.Popen[bytes]":
    command = ["granian", "--interface", "asgi", "--factory", "control_plane.asgi:create_app", "--port", str(port)]
    with log.open("wb") as output:
        web = subprocess.Popen(
            [f"{Path(sys.executable).parent}/{command[0]}", *command[1:], "--workers-kill-timeout", "3"],
            env=env,
            stdout=output,
            stderr=output,
        )
    end = time.monotonic() + _READY_SECONDS
    while time.monotonic() < end:
        try:
            httpx.get(f"http://127.0.0.1:{port}/healthz").raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return web
    raise TimeoutError(f"the control plane did not start: {log.read_text()[-2000:]}")


_TENANTS = """
insert into tenants (id, kind, name, slug)
select id, 'client', 'Tenant ' || place, 'tenant-' || place
from unnest($1::uuid[]) with ordinality as made (id, place)"""

_KEYS = """
insert into api_keys (tenant_id, id, name, lookup, secret_hash, scopes)
select tenant_id, new_uuid(), 'benchmark', lookup, hash, '{*}'
from unnest($1::uuid[], $2::text[], $3::bytea[]) as made (tenant_id, lookup, hash)"""

_DOMAINS = """
insert into mail_domains (tenant_id, id, name, status, ownership_token, proven_at)
select id, new_uuid(), slug || '.test', 'verified', 'benchmark', now() from tenants"""

_MESSAGES = """
insert into messages (tenant_id, id, domain_id, from_email, subject, stream, tags, envelope, content)
select d.tenant_id, (left(uuid_at(moment)::text, 14) || '7' || substr(gen_random_uuid()::text, 16))::uuid, d.id,
  'ann@' || d.name, 'Message ' || number, 'transactional', '{order}', 'envelope', repeat('x', 2000)::bytea
from mail_domains d, generate_series(1, $1) number,
  lateral (select now() - number * interval '1 hour' as moment) times"""

_DELIVERIES = """
insert into deliveries (tenant_id, id, message_id, kind, recipient, status, pool_id, last_event_at)
select tenant_id, (left(id::text, 18) || substr(gen_random_uuid()::text, 19))::uuid, id, 'to',
  'bob@else.test', 'delivered', gen_random_uuid(), now() from messages"""

_EVENTS = """
insert into events (tenant_id, id, type, at, message_id, delivery_id, recipient)
select tenant_id, (left(id::text, 18) || substr(gen_random_uuid()::text, 19))::uuid, type, now(),
  message_id, id, recipient
from deliveries, unnest(array['message.accepted', 'message.delivered']) as types (type)"""


async def _fill(url: str, count: int) -> list[Reader]:
    tenant_ids = [ids.new_uuid() for _ in range(count)]
    keys = [crypto.new_credential("fp") for _ in range(count)]
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(_TENANTS, tenant_ids)
        await connection.execute(_KEYS, tenant_ids, [key.lookup for key in keys], [key.hash for key in keys])
        await connection.execute(_DOMAINS)
        await connection.execute(_MESSAGES, MESSAGES_PER_TENANT)
        await connection.execute(_DELIVERIES)
        await connection.execute(_EVENTS)
        await connection.execute("vacuum analyze")
        rows = await connection.fetch(
            "select distinct on (tenant_id) tenant_id, id from messages order by tenant_id, id"
        )
    finally:
        await connection.close()
    message_of = {row["tenant_id"]: ids.encode("msg", row["id"]) for row in rows}
    return [
        Reader(key.token, message_of[tenant], f"tenant-{place}.test")
        for place, (tenant, key) in enumerate(zip(tenant_ids, keys, strict=True), start=1)
    ]
