"""A person at the portal: the real application, with a user who can sign in, and the style sheet and script built."""

import fcntl
import re
import secrets
import subprocess
from collections.abc import AsyncGenerator, Awaitable, Callable
from html import unescape
from pathlib import Path

import httpx
import pytest
from litestar import Litestar

from control_plane.accounts import service as accounts
from control_plane.accounts.schemas import Role
from control_plane.core.clock import SystemClock
from control_plane.core.database import Database
from control_plane.core.tenancy import acting_for
from control_plane.ip_pools import service as ip_pools
from control_plane.messages import service as messages
from control_plane.messages.schemas import EmailAddress, NewMessage
from tests.conftest import InProcess, Tenant
from web.assets import STATIC

FRONTEND = Path(__file__).parents[2] / "web" / "frontend"
PASSWORD = "correct horse battery staple"
_TOKEN = re.compile(r'<meta name="csrf-token" content="([^"]*)">')


@pytest.fixture(scope="session", autouse=True)
def built_assets() -> None:
    """Build the front end where `scripts/up` or an earlier run has not; of several processes, one does."""
    with (FRONTEND / "package.json").open() as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not (FRONTEND / "node_modules").exists():
            subprocess.run(["npm", "ci"], cwd=FRONTEND, check=True, capture_output=True)
        if not (STATIC / "build" / "manifest.json").exists():
            subprocess.run(["npm", "run", "build"], cwd=FRONTEND, check=True, capture_output=True)


class Person:
    """Somebody with a browser: keeps cookies and sends each form with its page's token."""

    def __init__(self, client: httpx.AsyncClient, tenant: Tenant, email: str) -> None:
        self.client = client
        self.tenant = tenant
        self.email = email

    async def see(self, path: str) -> str:
        """Open a page that must be there; gives its text with entities decoded."""
        answer = await self.client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return unescape(answer.text)

    async def token(self, path: str = "/sign-in") -> str:
        """Give the token of a page's forms."""
        found = _TOKEN.search((await self.client.get(path, follow_redirects=True)).text)
        assert found
        return found[1]

    async def submit(self, path: str, *, page: str = "/", **fields: str) -> httpx.Response:
        """Send a form from a page."""
        return await self.client.post(path, data=fields | {"_csrf_token": await self.token(page)})

    async def sign_in(self, password: str = PASSWORD, next: str = "") -> httpx.Response:  # noqa: A002  the form's own name
        """Fill in the sign-in form."""
        return await self.submit("/sign-in", page="/sign-in", email=self.email, password=password, next=next)


MakePerson = Callable[..., Awaitable[Person]]
SendMessage = Callable[..., Awaitable[str]]


@pytest.fixture
async def make_person(app: Litestar, db: Database) -> AsyncGenerator[MakePerson]:
    """Make a user of a tenant, at a browser of their own: `await make_person(tenant, role="support")`."""
    clients: list[httpx.AsyncClient] = []

    async def make(tenant: Tenant, role: Role = "owner") -> Person:
        email = f"ann-{secrets.token_hex(4)}@acme.test"
        async with db.fleet_tx() as tx:
            await accounts.create_user(tx, tenant.id, email, PASSWORD, role, "Ann")
        address = f"10.{'.'.join(str(secrets.randbelow(256)) for _ in range(3))}"  # so that no limit per address is met
        transport = InProcess(app, client=(address, 1024))  # type: ignore[arg-type]  # the same, named differently
        client = httpx.AsyncClient(
            transport=transport, base_url="http://fleetpost.test", headers={"accept": "text/html"}
        )
        clients.append(client)
        return Person(client, tenant, email)

    yield make
    for client in clients:
        await client.aclose()


@pytest.fixture
async def visitor(make_person: MakePerson, tenant: Tenant) -> Person:
    """Somebody who has not signed in yet."""
    return await make_person(tenant)


@pytest.fixture
async def ann(visitor: Person) -> Person:
    """Somebody who has signed in."""
    assert (await visitor.sign_in()).status_code == 303
    return visitor


@pytest.fixture
def send_message(db: Database) -> SendMessage:
    """Send a message for a tenant: `await send_message(tenant, domain, to="bob@else.test", subject="Hello")`."""

    async def send(tenant: Tenant, domain: str, to: str = "bob@else.test", subject: str = "Hello") -> str:
        async with db.fleet_tx() as tx:
            await ip_pools.ensure_shared_pools(tx)
        new = NewMessage(
            sender=EmailAddress(email=f"ann@{domain}"),
            to=(EmailAddress(email=to),),
            subject=subject,
            text="Good morning",
        )
        with acting_for(tenant.id):
            return (await messages.accept(db, SystemClock(), new)).id

    return send
