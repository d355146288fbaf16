"""An open page follows what happens, without being loaded again."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from uuid import UUID

from litestar import Litestar
from litestar.types import Message

from control_plane.accounts.service.users import add_member
from control_plane.core import ids
from control_plane.core.database import Database
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from tests.conftest import Tenant
from tests.web.conftest import MakePerson, Person, SendMessage


class Follower:
    """A browser's end of a live connection: the events as they come."""

    def __init__(self) -> None:
        self._sent: asyncio.Queue[str] = asyncio.Queue()
        self.gone = asyncio.Event()

    async def receive(self) -> Message:
        """Be there until the test goes away."""
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Take what the application sends."""
        if message["type"] == "http.response.body":
            await self._sent.put(message["body"].decode())

    async def event(self, name: str) -> str:
        """Wait for the next event of this name."""
        async with asyncio.timeout(10):
            while True:
                text = await self._sent.get()
                if text.startswith(f"event: {name}\n"):
                    return text


@asynccontextmanager
async def follow(app: Litestar, person: Person, path: str, query: str = "") -> AsyncIterator[Follower]:
    follower = Follower()
    cookie = "; ".join(f"{name}={value}" for name, value in person.client.cookies.items())
    scope = {
        "type": "http", "http_version": "1.1", "method": "GET", "scheme": "http", "path": path,
        "raw_path": path.encode(), "query_string": query.encode(), "root_path": "",
        "headers": [(b"host", b"fleetpost.test"), (b"cookie", cookie.encode())],
        "client": ("10.0.0.1", 1024), "server": ("fleetpost.test", 80), "extensions": {},
    }  # fmt: skip
    task = asyncio.create_task(app(scope, follower.receive, follower.send))  # type: ignore[arg-type]
    try:
        yield follower
    finally:
        follower.gone.set()
        await task


async def deliver(db: Database, person: Person, message_id: str) -> None:
    """Let what a node would report happen."""
    message = ids.decode("msg", message_id)
    async with db.fleet_tx() as tx:
        await tx.connection.execute(
            """insert into events (tenant_id, id, type, at, message_id, delivery_id, recipient, data)
               select tenant_id, $3, 'message.delivered', now(), message_id, id, recipient, '{"relay": "mx.else.test"}'
               from deliveries where tenant_id = $1 and message_id = $2""",
            person.tenant.id,
            message,
            ids.new_uuid(),
        )
        await tx.connection.execute(
            "update deliveries set status = 'delivered' where tenant_id = $1 and message_id = $2",
            person.tenant.id,
            message,
        )
        tx.outbox.signal(f"message:{message_id}")


async def test_a_delivery_appears_on_the_open_message(
    app: Litestar, db: Database, ann: Person, domain: str, send_message: SendMessage
) -> None:
    message_id = await send_message(ann.tenant, domain)
    async with follow(app, ann, f"/messages/{message_id}/live") as follower:
        assert "mx.else.test took it" not in await follower.event("timeline")
        await deliver(db, ann, message_id)
        assert "mx.else.test took it" in await follower.event("timeline")


async def test_the_open_list_shows_a_message_s_new_state(
    app: Litestar, db: Database, ann: Person, domain: str, send_message: SendMessage
) -> None:
    message_id = await send_message(ann.tenant, domain)
    async with follow(app, ann, "/messages/live") as follower:
        assert "Accepted" in await follower.event("rows")
        await deliver(db, ann, message_id)
        assert "Delivered" in await follower.event("rows")


async def test_signing_out_ends_what_is_still_open(
    app: Litestar, db: Database, ann: Person, domain: str, send_message: SendMessage
) -> None:
    message_id = await send_message(ann.tenant, domain)
    async with follow(app, ann, f"/messages/{message_id}/live") as follower:
        await follower.event("timeline")
        await ann.submit("/sign-out")
        await deliver(db, ann, message_id)
        assert await follower.event("closed") == "event: closed\ndata: \n\n"


async def test_going_elsewhere_ends_what_is_still_open(
    app: Litestar, db: Database, ann: Person, stranger: Tenant, domain: str, send_message: SendMessage
) -> None:
    """Or it would go on after the person was taken off the account: the session is alive, for another one."""
    message_id = await send_message(ann.tenant, domain)
    async with db.fleet_tx() as tx:
        await add_member(tx, stranger.id, await _id_of(db, ann), "support")
    for path, name in ((f"/messages/{message_id}/live", "timeline"), ("/messages/live", "rows")):
        async with follow(app, ann, path) as follower:
            await follower.event(name)
            await ann.submit("/switch", tenant_id=ids.encode("ten", stranger.id))
            await deliver(db, ann, message_id)
            assert await follower.event("closed")
        await ann.submit("/switch", tenant_id=ids.encode("ten", ann.tenant.id))


async def test_losing_the_right_ends_what_is_still_open(
    app: Litestar, db: Database, make_person: MakePerson, tenant: Tenant, domain: str, send_message: SendMessage
) -> None:
    bob, message_id = await make_person(tenant, "support"), await send_message(tenant, domain)
    await bob.sign_in()
    async with follow(app, bob, f"/messages/{message_id}/live") as follower:
        await follower.event("timeline")
        with acting_for(tenant.id):
            async with db.tenant_tx() as tx:
                await tx.connection.execute("update memberships set role = 'billing'")
        await deliver(db, bob, message_id)
        assert await follower.event("closed")


async def _id_of(db: Database, person: Person) -> UUID:
    async with db.fleet_tx() as tx:
        found: UUID = await tx.connection.fetchval("select id from users where email = $1", person.email)
    return found


async def test_a_page_that_is_left_open_keeps_nobody_signed_in(
    app: Litestar, db: Database, runtime: Runtime, ann: Person, domain: str, send_message: SendMessage
) -> None:
    """The window of the session goes on running while a page follows what happens, until a person does something."""
    message_id = await send_message(ann.tenant, domain)
    session = "session:" + hashlib.sha256(ann.client.cookies["fp_session"].encode()).hexdigest()
    await runtime.valkey.expire(session, 100)
    for path, name in ((f"/messages/{message_id}/live", "timeline"), ("/messages/live", "rows")):
        async with follow(app, ann, path) as follower:
            await follower.event(name)
    assert 0 < await runtime.valkey.ttl(session) <= 100
    await ann.see("/")
    assert await runtime.valkey.ttl(session) > 100


async def test_somebody_has_only_so_many_live_pages(app: Litestar, ann: Person, make_person: MakePerson) -> None:
    async with AsyncExitStack() as opened:
        for _ in range(20):
            follower = await opened.enter_async_context(follow(app, ann, "/messages/live"))
            await follower.event("rows")
        assert (await ann.client.get("/messages/live")).status_code == 429
        other = await make_person(ann.tenant)
        await other.sign_in()
        follower = await opened.enter_async_context(follow(app, other, "/messages/live"))
        await follower.event("rows")
    async with follow(app, ann, "/messages/live") as follower:
        await follower.event("rows")
