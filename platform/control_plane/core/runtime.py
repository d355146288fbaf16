"""What every process of the control plane holds open: the database, Valkey, the vault, the clock."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import httpx
import msgspec

from control_plane.core import http, valkey
from control_plane.core.blobs import Blobs, open_store
from control_plane.core.clock import Clock, SystemClock
from control_plane.core.crypto import Vault
from control_plane.core.database import Database
from control_plane.core.engine import Engine
from control_plane.core.outbox import Courier
from control_plane.core.sandbox import SIMULATOR
from control_plane.settings import Settings


class Runtime(msgspec.Struct, frozen=True):
    """The open parts, handed to routes by dependency injection and to jobs as their context."""

    settings: Settings
    db: Database
    vault: Vault
    signals: valkey.Signals
    valkey: valkey.Client
    http: httpx.AsyncClient
    """For addresses that customers choose: it does not reach private ones."""
    clock: Clock
    blobs: Blobs


@asynccontextmanager
async def open_runtime(settings: Settings, engine: Engine, clock: Clock | None = None) -> AsyncGenerator[Runtime]:
    """Open everything, in the order it is needed, and close it again."""
    SIMULATOR.domain = settings.simulator_domain
    client = valkey.connect(settings.redis_url)
    signals, queue = valkey.Signals(client), valkey.ArqQueue(settings.redis_url)
    engine.config["dsn"] = settings.database.app_url
    db = Database(
        engine, settings.database.fleet_url, pool_size=settings.database.pool_size, sender=Courier(queue, signals)
    )
    try:
        await db.open()
        async with http.walled_client(settings.egress_allow) as outside:
            vault = Vault.from_text(settings.vault_keys)
            blobs = Blobs(open_store(settings.blobs), vault)
            yield Runtime(settings, db, vault, signals, client, outside, clock or SystemClock(), blobs)
    finally:
        await db.close()
        await signals.close()
        await queue.close()
        await client.aclose()
