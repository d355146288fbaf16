"""The link, against a real WebSocket server."""

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from tenant_agent import wire
from tenant_agent.backoff import Backoff
from tenant_agent.identity import Identity
from tenant_agent.link import Link, LinkDown, link_url

WELCOME = wire.Welcome(wire_version=1, node_id="nod_1")
CHANGES = wire.Changes(generation=43, changes=())
OFFER = wire.Offer(lease_id="lease", expires_in_seconds=30, messages=(), deliveries=())


class Control:
    """A control plane that welcomes, sends one offer and writes down what it hears."""

    def __init__(self) -> None:
        self.heard: list[wire.FromAgent] = []
        self.credentials: list[str] = []
        self.connections: list[ServerConnection] = []
        self.status: int | None = None
        self.known = frozenset({"Bearer fpn_secret", "Bearer fpn_renewed"})
        self.extra: Callable[[wire.Hello], wire.FromControl] | None = None
        self.attempts = asyncio.Semaphore(0)
        self.welcome = WELCOME
        self.is_silent = False
        self.garbage: list[bytes | str] = []
        """What the next connections get before anything else."""

    def refuse(self, connection: ServerConnection, request: Request) -> Response | None:
        self.attempts.release()
        self.credentials.append(request.headers["Authorization"])
        assert request.path == wire.LINK_PATH
        if self.status is None and request.headers["Authorization"] in self.known:
            return None
        return Response(self.status or 401, "no", Headers())

    async def talk(self, connection: ServerConnection) -> None:
        self.connections.append(connection)
        async for data in connection:
            assert isinstance(data, bytes)
            frame = wire.decode_from_agent(data)
            assert frame is not None
            self.heard.append(frame)
            if isinstance(frame, wire.Hello) and not self.is_silent:
                await connection.send(wire.encode(self.welcome))
                if self.garbage:
                    await connection.send(self.garbage.pop())
                if self.extra is not None:
                    await connection.send(wire.encode(self.extra(frame)))
                await connection.send(wire.encode(OFFER))


class Ear:
    """A listener that writes down what it is told."""

    def __init__(self) -> None:
        self.told: list[object] = []
        self.fails: list[Exception] = []
        self.changed = asyncio.Condition()

    def hello(self) -> wire.Hello:
        return wire.Hello(wire_version=1, agent_version="test", generation=42)

    async def connected(self, welcome: wire.Welcome) -> None:
        await self._note(welcome)

    async def disconnected(self) -> None:
        await self._note("down")

    async def received(self, frame: wire.FromControl) -> None:
        if self.fails:
            raise self.fails.pop()
        await self._note(frame)

    async def until(self, count: int) -> list[object]:
        async with asyncio.timeout(5), self.changed:
            await self.changed.wait_for(lambda: len(self.told) >= count)
        return self.told

    async def _note(self, what: object) -> None:
        async with self.changed:
            self.told.append(what)
            self.changed.notify_all()


class Bench:
    def __init__(self, control: Control, server: Server, identity: Identity) -> None:
        self.control = control
        self.identity = identity
        self.ear = Ear()
        self.waits: list[float] = []
        port = next(iter(server.sockets)).getsockname()[1]
        backoff = Backoff(0.25, 30.0, jitter=lambda: 1.0)
        self.seconds = 0.0
        self.link = Link(
            f"http://127.0.0.1:{port}",
            identity,
            backoff=backoff,
            sleep=self.sleep,
            monotonic=lambda: self.seconds,
            welcome_seconds=0.2,
        )

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        await asyncio.sleep(0)


@pytest.fixture
def signer() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    identity = Identity.begin(tmp_path / "credential", wire.EnrolReply(node_id="nod_1", credential="fpn_secret"), 1)
    control = Control()
    async with serve(control.talk, "127.0.0.1", 0, process_request=control.refuse) as server:
        yield Bench(control, server, identity)


@asynccontextmanager
async def running(bench: Bench) -> AsyncIterator[None]:
    task = asyncio.create_task(bench.link.run(bench.ear))
    yield
    task.cancel()
    await asyncio.wait([task])


async def test_it_says_hello_with_its_credential_and_passes_frames_on(bench: Bench) -> None:
    async with running(bench):
        assert await bench.ear.until(2) == [WELCOME, OFFER]
        assert bench.link.connected
    assert bench.control.credentials == ["Bearer fpn_secret"]
    [hello] = bench.control.heard
    assert isinstance(hello, wire.Hello)
    assert len(hello.nonce) == 16
    assert msgspec.structs.replace(hello, nonce=b"") == bench.ear.hello()


async def test_it_sends_while_it_is_up_and_says_so_when_it_is_not(bench: Bench) -> None:
    with pytest.raises(LinkDown):
        await bench.link.send(wire.Credit(deliveries=1))
    async with running(bench):
        await bench.ear.until(1)
        await bench.link.send(wire.Take(lease_id="lease"))
    with pytest.raises(LinkDown):
        await bench.link.send(wire.Credit(deliveries=1))


async def test_it_comes_back_after_the_connection_broke(bench: Bench) -> None:
    async with running(bench):
        await bench.ear.until(2)
        await bench.control.connections[0].close()
        assert await bench.ear.until(5) == [WELCOME, OFFER, "down", WELCOME, OFFER]


async def test_it_waits_longer_after_each_refusal(bench: Bench) -> None:
    bench.control.status = 401
    async with running(bench), asyncio.timeout(5):
        for _ in range(4):
            await bench.control.attempts.acquire()
    assert bench.waits[:3] == [0.25, 0.5, 1.0]
    assert not bench.ear.told


async def test_changes_reach_the_listener_without_their_seal(bench: Bench, signer: Ed25519PrivateKey) -> None:
    bench.identity.renew(reply(signer), 2)
    bench.control.extra = lambda hello: sealed(signer, hello)
    async with running(bench):
        assert await bench.ear.until(3) == [WELCOME, CHANGES, OFFER]


async def test_a_node_with_keys_takes_nothing_unsigned_and_is_slow_to_trust_again(
    bench: Bench, signer: Ed25519PrivateKey
) -> None:
    bench.identity.renew(reply(signer), 2)
    bench.control.extra = lambda hello: CHANGES
    async with running(bench), asyncio.timeout(5):
        for _ in range(3):
            await bench.control.attempts.acquire()
    assert CHANGES not in bench.ear.told
    assert OFFER not in bench.ear.told  # the connection ended with the first forgery
    assert max(bench.waits) >= 5


async def test_a_renewed_credential_that_is_not_known_gives_way_to_the_former(
    bench: Bench, signer: Ed25519PrivateKey
) -> None:
    bench.identity.renew(reply(signer), 2)
    bench.control.known = frozenset({"Bearer fpn_secret"})
    async with running(bench):
        await bench.ear.until(2)
    assert bench.control.credentials == ["Bearer fpn_renewed", "Bearer fpn_secret"]
    assert bench.identity.credential == "fpn_secret"


async def test_once_it_is_let_in_it_knows_no_former_credential(bench: Bench, signer: Ed25519PrivateKey) -> None:
    bench.identity.renew(reply(signer), 2)
    async with running(bench):
        await bench.ear.until(2)
    bench.identity.turned_away()
    assert bench.identity.credential == "fpn_renewed"


async def test_it_connects_anew_when_told_to(bench: Bench) -> None:
    async with running(bench):
        await bench.ear.until(2)
        await bench.link.reconnect()
        assert await bench.ear.until(5) == [WELCOME, OFFER, "down", WELCOME, OFFER]


def test_the_link_is_encrypted_when_the_control_plane_is() -> None:
    assert link_url("https://control.test") == f"wss://control.test{wire.LINK_PATH}"
    assert link_url("http://127.0.0.1:8000") == f"ws://127.0.0.1:8000{wire.LINK_PATH}"


def reply(signer: Ed25519PrivateKey) -> wire.EnrolReply:
    """Another credential, with this signer's key."""
    return wire.EnrolReply(node_id="nod_1", credential="fpn_renewed", bundle_keys=(public(signer),))


def sealed(signer: Ed25519PrivateKey, hello: wire.Hello) -> wire.Bundle:
    """`CHANGES`, signed for this connection."""
    payload = wire.encode(wire.SignedChanges(node_id="nod_1", nonce=hello.nonce, number=1, changes=CHANGES))
    return wire.Bundle(payload=payload, signature=signer.sign(payload), key=public(signer))


def public(signer: Ed25519PrivateKey) -> str:
    return base64.b64encode(signer.public_key().public_bytes_raw()).decode()


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"<html>502 Bad Gateway</html>",
        b"\xc1",
        b"\x91" * 100_000,
        b"\x83\xa4type\xa5Taken\xa8lease_id\xa1\xff\xa5yours\xc3",
        "a text frame",
    ],
)
async def test_garbage_ends_the_connection_and_the_next_one_is_as_good_as_any(
    bench: Bench, garbage: bytes | str
) -> None:
    bench.control.garbage = [garbage]
    async with running(bench):
        assert (await bench.ear.until(4))[:4] == [WELCOME, "down", WELCOME, OFFER]
    assert len(bench.waits) >= 2


async def test_a_frame_that_cannot_be_taken_ends_the_connection_and_not_the_agent(bench: Bench) -> None:
    bench.ear.fails = [IndexError("a delivery is of no message"), OverflowError("too large"), ValueError("no")]
    async with running(bench):
        told = await bench.ear.until(8)
    assert told[:8] == [WELCOME, "down"] * 3 + [WELCOME, OFFER]
    assert sum(bench.waits) > 0.5 + 1.0 + 2.0  # longer after each


async def test_after_a_connection_that_was_good_for_long_it_is_not_slow_to_come_back(bench: Bench) -> None:
    bench.ear.fails = [ValueError("no") for _ in range(12)]
    async with running(bench):
        await bench.ear.until(26)
        assert max(bench.waits) > 100.0
        bench.seconds += 1_000.0
        bench.ear.fails = [ValueError("no")]
        bench.waits.clear()
        await bench.control.connections[-1].send(wire.encode(OFFER))
        async with asyncio.timeout(5):
            while len(bench.waits) < 2:  # noqa: ASYNC110 (nothing tells of a wait)
                await asyncio.sleep(0)
    assert max(bench.waits) <= 1.0


async def test_a_control_plane_that_does_not_say_welcome_is_left(bench: Bench) -> None:
    bench.control.is_silent = True
    async with running(bench):
        async with asyncio.timeout(5):
            await bench.control.attempts.acquire()
            await bench.control.attempts.acquire()
        bench.control.is_silent = False
        assert (await bench.ear.until(1))[0] == WELCOME


@pytest.mark.parametrize(("asked", "given"), [(float("nan"), 30.0), (0.0, 1.0), (-5.0, 1.0), (1e9, 30.0), (10.0, 10.0)])
async def test_the_heart_beats_at_a_bearable_pace(bench: Bench, asked: float, given: float) -> None:
    bench.control.welcome = wire.Welcome(wire_version=1, node_id="nod_1", heartbeat_seconds=asked)
    async with running(bench):
        [welcome] = (await bench.ear.until(1))[:1]
    assert isinstance(welcome, wire.Welcome)
    assert welcome.heartbeat_seconds == given
