"""Connections to Valkey that wait for no answer for ever, and that lose no cancellation.

redis-py bounds its writing by `asyncio.wait_for`, which in Python 3.11 forgets a cancellation that comes in the moment
in which the writing ends: the task that was cancelled lives on, and who waits for its end waits for ever.
"""

import asyncio
from collections.abc import Iterable

from redis.asyncio import Connection, ConnectionPool, SSLConnection, UnixDomainSocketConnection
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import TimeoutError as ValkeyTimeout

PATIENCE_SECONDS = 3
"""A Valkey that hangs is away, too: nobody waits longer for an answer of its."""


class _Cancellable(AbstractConnection):
    """Bounds its writing, and the connecting that may come before, by a timeout that passes cancellations on."""

    async def send_packed_command(self, command: bytes | str | Iterable[bytes], check_health: bool = True) -> None:  # noqa: FBT001, FBT002 the library's own signature
        """Write; raises the library's own `TimeoutError`."""
        self.socket_timeout, patience = None, self.socket_timeout
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await super().send_packed_command(command, check_health)
        except TimeoutError:
            await self.disconnect(nowait=True)
            raise ValkeyTimeout("Valkey takes nothing") from None
        finally:
            self.socket_timeout = patience


class _Tcp(_Cancellable, Connection):
    pass


class _Tls(_Cancellable, SSLConnection):
    pass


class _UnixSocket(_Cancellable, UnixDomainSocketConnection):
    pass


_KINDS = {Connection: _Tcp, SSLConnection: _Tls, UnixDomainSocketConnection: _UnixSocket}


def pool_to(url: str, **options: object) -> ConnectionPool:
    """Make a pool whose connections answer within `PATIENCE_SECONDS` or not at all; `options` are the library's."""
    waiting = {"socket_timeout": PATIENCE_SECONDS, "socket_connect_timeout": PATIENCE_SECONDS}
    pool = ConnectionPool.from_url(url, **waiting | options)
    pool.connection_class = _KINDS[pool.connection_class]
    return pool
