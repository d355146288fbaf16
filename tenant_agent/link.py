"""The one connection to the control plane: made from here, kept open, made again after a jittered wait."""

import asyncio
import secrets
import ssl
import time
from collections.abc import Awaitable, Callable
from math import isnan
from pathlib import Path
from typing import Protocol

import msgspec
import structlog
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from tenant_agent import wire
from tenant_agent.backoff import Backoff
from tenant_agent.bundles import Opener
from tenant_agent.identity import Forged, Identity

log = structlog.get_logger(__name__)

_PING_SECONDS = 10.0
_OPEN_TIMEOUT_SECONDS = 10.0
_WELCOME_SECONDS = 30.0
_GOOD_FOR_LONG_SECONDS = 900.0
_REFUSED_STATUSES = frozenset({401, 403})
_NONCE_BYTES = 16
_LONGEST_REASON = 300
_SHORTEST_BEAT_SECONDS = 1.0
_LONGEST_BEAT_SECONDS = 30.0


class LinkDown(Exception):
    """There is no connection to the control plane just now; what was not sent is asked for again on the next one."""


class NotTaken(Exception):
    """A frame could not be taken: it says what cannot be, or something is wrong here."""


class Listener(Protocol):
    """Who is told what happens on the link. Calls come one at a time, in the order of the frames."""

    def hello(self) -> wire.Hello:
        """Give the first frame of a connection."""
        ...

    async def connected(self, welcome: wire.Welcome) -> None: ...

    async def disconnected(self) -> None: ...

    async def received(self, frame: wire.FromControl) -> None: ...


class Link:
    """The agent's end of the link."""

    def __init__(
        self,
        url: str,
        identity: Identity,
        *,
        tls: ssl.SSLContext | None = None,
        backoff: Backoff | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        welcome_seconds: float = _WELCOME_SECONDS,
    ) -> None:
        self._url = link_url(url)
        self._identity = identity
        self._tls = tls if self._url.startswith("wss:") else None
        self._backoff = backoff or Backoff(0.25, 30.0)
        self._distrust = Backoff(10.0, 600.0)
        self._puzzlement = Backoff(1.0, 300.0)
        self._sleep = sleep
        self._monotonic = monotonic
        self._welcome_seconds = welcome_seconds
        self._connection: ClientConnection | None = None
        self._version = wire.OLDEST_WIRE_VERSION

    @property
    def connected(self) -> bool:
        return self._connection is not None

    async def send(self, frame: wire.FromAgent) -> None:
        """Send a frame, if the control plane is new enough to read it.

        Raises `LinkDown` when there is no connection or it breaks.
        """
        if self._connection is None:
            raise LinkDown
        if wire.is_known_to(frame, self._version):
            await _send(self._connection, frame)

    async def reconnect(self) -> None:
        """Connect anew, if there is a connection."""
        if self._connection is not None:
            await self._connection.close()

    async def run(self, listener: Listener) -> None:
        """Keep the link up until cancelled."""
        while True:
            try:
                await self._session(listener)
            except InvalidStatus as error:
                self._refused(error.response.status_code)
            except Forged as error:
                log.error("link.forged", reason=str(error), next_step="find out who is between us")  # noqa: TRY400
                await self._sleep(self._distrust.next_seconds())
            except (NotTaken, msgspec.MsgspecError) as error:
                reason, next_step = str(error)[:_LONGEST_REASON], "compare the versions of both sides"
                log.error("link.not_understood", reason=reason, next_step=next_step)  # noqa: TRY400
                await self._sleep(self._puzzlement.next_seconds())
            except (OSError, InvalidHandshake, ConnectionClosed, LinkDown) as error:
                log.info("link.down", reason=str(error) or type(error).__name__)
            await self._sleep(self._backoff.next_seconds())

    async def _session(self, listener: Listener) -> None:
        async with connect(
            self._url,
            ssl=self._tls,
            additional_headers={"Authorization": f"Bearer {self._identity.credential}"},
            compression=None,
            max_size=wire.MAX_FRAME_BYTES,
            ping_interval=_PING_SECONDS,
            ping_timeout=_PING_SECONDS,
            open_timeout=_OPEN_TIMEOUT_SECONDS,
            proxy=None,
        ) as connection:
            hello = self._hello(listener)
            await _send(connection, hello)
            async with asyncio.timeout(self._welcome_seconds):  # who answers pings may still be at a loss for words
                welcome = _decode(await connection.recv())
            if not isinstance(welcome, wire.Welcome):
                raise LinkDown("the control plane did not answer with Welcome: is it of another version?")
            self._identity.let_in()
            await self._serve(connection, _bearable(welcome), listener, Opener(self._identity, hello))

    def _hello(self, listener: Listener) -> wire.Hello:
        keys, nonce = self._identity.bundle_keys, secrets.token_bytes(_NONCE_BYTES)
        return msgspec.structs.replace(listener.hello(), bundle_keys=keys, nonce=nonce)

    async def _serve(
        self, connection: ClientConnection, welcome: wire.Welcome, listener: Listener, opener: Opener
    ) -> None:
        self._connection, self._version = connection, welcome.wire_version
        self._backoff.reset()
        log.info("link.up", node_id=welcome.node_id)
        since = self._monotonic()
        try:
            await listener.connected(welcome)
            async for data in connection:
                frame = _decode(data)
                if isinstance(frame, wire.Changes | wire.Bundle):
                    frame = opener.open(frame)
                if frame is not None:
                    await _pass_on(frame, listener)
        finally:
            self._connection = None
            self._forgive_after(self._monotonic() - since)
            await listener.disconnected()

    def _forgive_after(self, seconds: float) -> None:
        """What went wrong before a connection that was good for long says nothing of what goes wrong now."""
        if seconds >= _GOOD_FOR_LONG_SECONDS:
            self._distrust.reset()
            self._puzzlement.reset()

    def _refused(self, status: int) -> None:
        if status in _REFUSED_STATUSES:
            next_step = "enrol the node again: its credential is no longer valid"
            log.error("link.refused", status=status, next_step=next_step)
            self._identity.turned_away()
        else:
            log.warning("link.unavailable", status=status)


def link_url(control_url: str) -> str:
    """Give the WebSocket address that belongs to the control plane's address."""
    return "ws" + control_url.removeprefix("http") + wire.LINK_PATH


def tls_context(ca_file: Path | None) -> ssl.SSLContext:
    """Trust the given certificates, or the system's."""
    return ssl.create_default_context(cafile=ca_file)


async def _pass_on(frame: wire.FromControl, listener: Listener) -> None:
    """Whatever comes down the link, the node goes on serving."""
    try:
        await listener.received(frame)
    except LinkDown:
        raise
    except Exception as error:
        raise NotTaken(f"{type(frame).__name__}: {type(error).__name__}: {error}") from error


def _bearable(welcome: wire.Welcome) -> wire.Welcome:
    """Beat neither without a pause nor never, whatever is asked for; NaN is neither."""
    asked = _LONGEST_BEAT_SECONDS if isnan(welcome.heartbeat_seconds) else welcome.heartbeat_seconds
    seconds = min(max(asked, _SHORTEST_BEAT_SECONDS), _LONGEST_BEAT_SECONDS)
    return msgspec.structs.replace(welcome, heartbeat_seconds=seconds)


def _decode(data: str | bytes) -> wire.FromControl | None:
    return wire.decode_from_control(data if isinstance(data, bytes) else data.encode())


async def _send(connection: ClientConnection, frame: wire.FromAgent) -> None:
    try:
        await connection.send(wire.encode(frame))
    except ConnectionClosed as error:
        raise LinkDown from error
