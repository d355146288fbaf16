"""Renewing the credential, against a real HTTP server."""

import asyncio
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec
import pytest

from tenant_agent import wire
from tenant_agent.clock import ManualClock
from tenant_agent.identity import Identity
from tenant_agent.renewal import WEEK_MS, Renewal, due_at_ms


class Control(ThreadingHTTPServer):
    """Gives each asker the next credential."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[str] = []
        self.status = 200
        self.body: bytes | None = None


class Handler(BaseHTTPRequestHandler):
    server: Control

    def do_POST(self) -> None:
        assert self.path == wire.CREDENTIAL_PATH
        self.server.asked.append(self.headers["Authorization"])
        reply = wire.EnrolReply(node_id="nod_1", credential=f"fpn_{len(self.server.asked)}")
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(msgspec.json.encode(reply) if self.server.body is None else self.server.body)

    def log_message(self, format: str, *args: object) -> None: ...  # noqa: A002 (the base class's name)


@pytest.fixture
def control() -> Iterator[Control]:
    with Control() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


class Bench:
    def __init__(self, control: Control, path: Path) -> None:
        self.clock = ManualClock()
        reply = wire.EnrolReply(node_id="nod_1", credential="fpn_0")
        self.identity = Identity.begin(path, reply, self.clock.now_ms())
        self.reconnects = 0
        self.thrice = asyncio.Event()
        self.renewal = Renewal(
            self.identity,
            f"http://127.0.0.1:{control.server_port}",
            None,
            reconnect=self.reconnect,
            clock=self.clock,
            luck=lambda: 0.5,
            sleep=self.sleep,
        )

    async def reconnect(self) -> None:
        self.reconnects += 1
        if self.reconnects == 3:
            self.thrice.set()

    async def sleep(self, seconds: float) -> None:
        self.clock.move(seconds)
        await asyncio.sleep(0)


@pytest.fixture
def bench(control: Control, tmp_path: Path) -> Bench:
    return Bench(control, tmp_path / "credential")


@pytest.mark.parametrize(
    ("renewed_at_ms", "luck", "due"),
    [
        (0, 0.9, 0),  # nobody noted when: at once
        (1000, 0.5, 1000 + WEEK_MS),
        (1000, 0.0, 1000 + WEEK_MS * 9 // 10),
        (1000, 1.0, 1000 + WEEK_MS * 11 // 10),
    ],
)
def test_it_is_due_about_a_week_later(renewed_at_ms: int, luck: float, due: int) -> None:
    assert due_at_ms(renewed_at_ms, luck) == due


async def test_a_credential_is_renewed_every_week_and_used_at_once(bench: Bench, control: Control) -> None:
    begun = bench.clock.now_ms()
    task = asyncio.create_task(bench.renewal.run())
    async with asyncio.timeout(10):
        await bench.thrice.wait()
    task.cancel()
    await asyncio.wait([task])
    assert control.asked[:3] == ["Bearer fpn_0", "Bearer fpn_1", "Bearer fpn_2"]
    assert bench.clock.now_ms() - begun >= 3 * WEEK_MS


@pytest.mark.parametrize(
    ("status", "body"), [(401, None), (404, None), (503, None), (200, b"\xff"), (200, b'{"node_id":"nod_2"}')]
)
async def test_without_a_good_answer_the_credential_stays(
    bench: Bench, control: Control, status: int, body: bytes | None
) -> None:
    control.status, control.body = status, body
    assert not await bench.renewal.renew()
    assert (bench.identity.credential, bench.reconnects) == ("fpn_0", 0)


async def test_an_answer_for_another_node_is_not_taken(bench: Bench, control: Control) -> None:
    control.body = msgspec.json.encode(wire.EnrolReply(node_id="nod_2", credential="fpn_x"))
    assert not await bench.renewal.renew()
    assert bench.identity.credential == "fpn_0"
