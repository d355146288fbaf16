"""The front follows what certificates there are, and keeps HAProxy alive."""

import asyncio
import os
import signal
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress

import pytest
import structlog

from control_plane.core.clock import SystemClock
from control_plane.core.errors import Unavailable
from control_plane.core.outbox import Signal
from control_plane.core.runtime import Runtime
from control_plane.front.certificates import FrontCertificate
from control_plane.front.follow import SIGNAL, follow, supervise
from control_plane.front.haproxy import NotServing
from tests.control_plane.front.conftest import HOST, Front
from tests.control_plane.front.pki import Made, make


class Shop:
    """What there is, and how often somebody has looked."""

    def __init__(self, *certificates: Made) -> None:
        self.certificates: Sequence[Made] = certificates
        self.looked = asyncio.Semaphore(0)
        self.is_open = True

    async def look(self) -> Sequence[FrontCertificate]:
        """Give all."""
        self.looked.release()
        if not self.is_open:
            raise Unavailable
        return self.certificates


@asynccontextmanager
async def followed(front: Front, shop: Shop, runtime: Runtime, look_seconds: float = 60) -> AsyncGenerator[None]:
    async with runtime.signals.listen(SIGNAL) as signals:
        task = asyncio.create_task(follow(front.keeper, shop.look, signals, HOST, SystemClock(), look_seconds))
        await shop.looked.acquire()
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def served(front: Front, host: str, der: bytes) -> None:
    """Wait until clients get this certificate; each look is a handshake."""
    found = b""
    async with asyncio.timeout(20):
        while found != der:
            with suppress(OSError):
                found = await front.certificate(host)


async def test_a_signal_brings_a_new_certificate_in_at_once(front: Front, runtime: Runtime) -> None:
    shop = Shop(make("a.test"))
    async with followed(front, shop, runtime):
        await served(front, "a.test", shop.certificates[0].der)
        shop.certificates = [make("a.test")]
        await runtime.signals.publish([Signal(SIGNAL)])
        await served(front, "a.test", shop.certificates[0].der)


async def test_a_certificate_that_nobody_signalled_is_found(front: Front, runtime: Runtime) -> None:
    shop = Shop()
    async with followed(front, shop, runtime, look_seconds=0.05):
        shop.certificates = [make("a.test")]
        await served(front, "a.test", shop.certificates[0].der)


async def test_the_front_goes_on_while_the_database_is_away(front: Front, runtime: Runtime) -> None:
    shop = Shop(make("a.test"))
    async with followed(front, shop, runtime, look_seconds=0.05):
        await served(front, "a.test", shop.certificates[0].der)
        shop.is_open = False
        await shop.looked.acquire()
        await shop.looked.acquire()
        await served(front, "a.test", shop.certificates[0].der)
        shop.is_open, shop.certificates = True, [make("a.test")]
        await served(front, "a.test", shop.certificates[0].der)


async def test_haproxy_is_started_again_with_its_certificates(front: Front) -> None:
    kept = make("a.test")
    await front.keeper.keep([kept])
    with structlog.testing.capture_logs() as logs:
        task = asyncio.create_task(supervise(front.keeper))
        os.kill(await front.keeper.worker(), signal.SIGKILL)  # the master goes with its worker
        await front.keeper.haproxy.ended()
        await served(front, "a.test", kept.der)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    assert [line["action"] for line in logs] == ["front.ended"]


async def test_certificates_that_come_while_haproxy_is_down_are_there_when_it_is_back(front: Front) -> None:
    await front.keeper.keep([make("a.test")])
    await front.keeper.haproxy.stop()
    renewed = make("a.test")
    with pytest.raises(NotServing):
        await front.keeper.keep([renewed])
    await front.keeper.restart()
    assert await front.certificate("a.test") == renewed.der
