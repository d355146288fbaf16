"""The real application on a real PostgreSQL and Valkey, started once per run; each test makes tenants of its own."""

import asyncio
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import httpx
import msgspec
import pytest
from argon2 import PasswordHasher
from litestar import Litestar

from control_plane import embedded
from control_plane.accounts.keys import create_key
from control_plane.asgi import create_app
from control_plane.core import crypto, ids
from control_plane.core.database import Database
from control_plane.core.ids import TenantId
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from control_plane.ip_pools import service as ip_pools
from control_plane.settings import Settings, load
from control_plane.tenants import service as tenants
from tests.node import compile_client
from tests.served import served


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Generator[None]:
    """Hash people's passwords with little work: most tests have somebody sign in, and few are about that."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(crypto, "_PASSWORDS", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        yield


@pytest.fixture(scope="session")
def servers() -> Generator[dict[str, str]]:
    """PostgreSQL, migrated, and Valkey, in a directory that their unprivileged user may enter."""
    home = Path(tempfile.mkdtemp(prefix="fp-test-", dir="/var/tmp"))
    home.chmod(0o755)
    layout, owner = embedded.Layout(home), embedded.service_user()
    layout.prepare(owner)
    try:
        embedded.start_postgres(layout, owner, durable=False)
        embedded.start_valkey(layout, owner)
        urls = embedded.database_urls(layout) | {
            "REDIS_URL": f"unix://{layout.valkey_socket}",
            "FLEETPOST_BLOBS": str(home / "blobs"),
        }
        subprocess.run([sys.executable, "-m", "control_plane.cli", "migrate"], env=os.environ | urls, check=True)
        yield urls
    finally:
        embedded.stop(home)
        shutil.rmtree(home)


@pytest.fixture(scope="session")
def settings(servers: dict[str, str]) -> Settings:
    """Settings as `scripts/up` would make them; webhooks may reach this machine."""
    own = {
        "FLEETPOST_VAULT_KEYS": crypto.new_vault_key("test"),
        "FLEETPOST_SESSION_SECRET": secrets.token_hex(32),
        "FLEETPOST_PUBLIC_URL": "http://fleetpost.test",
        "FLEETPOST_EGRESS_ALLOW": "127.0.0.0/8",
        "FLEETPOST_SIMULATOR_DOMAIN": "simulator.fleetpost.test",
    }
    return load(servers | own)


@pytest.fixture(scope="session")
async def app(settings: Settings) -> AsyncGenerator[Litestar]:
    """The application, started in the tests' own event loop."""
    application = create_app(settings)
    up, stop = asyncio.Event(), asyncio.Event()

    async def live() -> None:  # in a task of its own: the lifespan must end in the task that began it
        async with application.lifespan():
            up.set()
            await stop.wait()

    task = asyncio.create_task(live())
    await asyncio.wait({task, asyncio.create_task(up.wait())}, return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        task.result()
    yield application
    stop.set()
    await task


@pytest.fixture(scope="session")
def runtime(app: Litestar) -> Runtime:
    """The application's open parts."""
    opened: Runtime = app.state.runtime
    return opened


@pytest.fixture(scope="session")
async def db(runtime: Runtime) -> Database:
    """The application's database, with the pools that every installation has."""
    async with runtime.db.fleet_tx() as tx:
        await ip_pools.ensure_shared_pools(tx)
    return runtime.db


class InProcess(httpx.ASGITransport):
    """Calls the application as a server does, each request in a task of its own: what it binds is not bound after."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await asyncio.create_task(super().handle_async_request(request))


@pytest.fixture
async def client(app: Litestar) -> AsyncGenerator[httpx.AsyncClient]:
    """A client without credentials."""
    transport = InProcess(app)  # type: ignore[arg-type]  # Litestar names the same protocol differently
    async with httpx.AsyncClient(transport=transport, base_url="http://fleetpost.test") as opened:
        yield opened


@pytest.fixture(scope="session")
async def api_url(app: Litestar, db: Database) -> AsyncGenerator[str]:
    """Where programs that are not ours reach the application."""
    async with served(app) as url:
        yield url


@pytest.fixture(scope="session")
def node_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory in which programs for Node find the TypeScript client."""
    directory = tmp_path_factory.mktemp("node")
    compile_client(directory)
    return directory


class Tenant(msgspec.Struct, frozen=True):
    """A tenant that a test made, with a key that may do everything."""

    id: TenantId
    key: str

    @property
    def headers(self) -> dict[str, str]:
        """What authenticates as this tenant."""
        return {"Authorization": f"Bearer {self.key}"}


@pytest.fixture(autouse=True)
def began() -> UUID:
    """The least of all ids that are made from now on: what a test finds below it is another test's."""
    return ids.lower_bound(datetime.now(UTC))


MakeTenant = Callable[..., Awaitable[Tenant]]
MakeDomain = Callable[..., Awaitable[str]]


@pytest.fixture
def make_tenant(db: Database) -> MakeTenant:
    """Make a tenant with a key: `await make_tenant(kind="operator", scopes=("fleet:*", "*"))`."""

    async def make(kind: str = "client", scopes: tuple[str, ...] = ("*",)) -> Tenant:
        slug = f"t-{secrets.token_hex(8)}"
        async with db.fleet_tx() as tx:
            tenant_id = await tenants.create(tx, tenants.NewTenant(kind=kind, name=slug.title(), slug=slug))
            key = await create_key(tx, tenant_id, "test", scopes)
        return Tenant(tenant_id, key.token)

    return make


@pytest.fixture
async def tenant(make_tenant: MakeTenant) -> Tenant:
    """A client tenant."""
    return await make_tenant()


@pytest.fixture
async def stranger(make_tenant: MakeTenant) -> Tenant:
    """Another client tenant."""
    return await make_tenant()


@pytest.fixture
async def operator(make_tenant: MakeTenant) -> Tenant:
    """An operator tenant, whose key may do everything with the fleet."""
    return await make_tenant("operator", ("fleet:*", "*"))


@pytest.fixture
def make_domain(db: Database) -> MakeDomain:
    """Give a tenant a proven domain under a name of its own: `await make_domain(tenant, "acme")` → `acme-1f….test`."""

    async def make(owner: Tenant, label: str = "acme") -> str:
        name = f"{label}-{secrets.token_hex(4)}.test"
        with acting_for(owner.id):
            async with db.tenant_tx() as tx:
                await tx.connection.execute(
                    """insert into mail_domains (tenant_id, id, name, status, ownership_token, proven_at)
                       values ($1, $2, $3, 'verified', 'proven-by-test', now())""",
                    owner.id,
                    ids.new_uuid(),
                    name,
                )
        return name

    return make


@pytest.fixture
async def domain(tenant: Tenant, make_domain: MakeDomain) -> str:
    """A proven domain of `tenant`."""
    return await make_domain(tenant, "acme")


@pytest.fixture
async def system_domain(operator: Tenant, db: Database) -> TenantId:
    """The domain that the platform writes from, proven by the operator that it writes as; gives that operator."""
    async with db.fleet_tx() as tx:
        root: TenantId = await tx.connection.fetchval(
            "select id from tenants where kind = 'operator' and parent_id is null order by id limit 1"
        )
    with acting_for(root):
        async with db.tenant_tx() as tx:
            await tx.connection.execute(
                """insert into mail_domains (tenant_id, id, name, status, ownership_token, proven_at)
                   values ($1, $2, 'fleetpost.test', 'verified', 'proven-by-test', now()) on conflict do nothing""",
                root,
                ids.new_uuid(),
            )
    return root
