"""One connection to an address that was checked, under the name that was asked for."""

import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import httpcore
import httpx
import msgspec

_SAME: dict[type[Exception], type[httpx.TransportError]] = {
    httpcore.ConnectTimeout: httpx.ConnectTimeout,
    httpcore.ReadTimeout: httpx.ReadTimeout,
    httpcore.WriteTimeout: httpx.WriteTimeout,
    httpcore.ConnectError: httpx.ConnectError,
    httpcore.ReadError: httpx.ReadError,
    httpcore.WriteError: httpx.WriteError,
    httpcore.LocalProtocolError: httpx.LocalProtocolError,
    httpcore.RemoteProtocolError: httpx.RemoteProtocolError,
}
_BROKEN = (httpcore.RemoteProtocolError, httpcore.ReadError, httpcore.WriteError)


class Place(msgspec.Struct, frozen=True):
    """Where a connection leads. Two names are two places, also at one address: a server tells them apart."""

    scheme: str
    name: str
    port: int
    address: str


class Stale(Exception):
    """A kept connection was of no use any more: nothing came in answer to what was sent."""


class Line:
    """A connection, made with the first request. It carries one at a time."""

    def __init__(self, place: Place, context: ssl.SSLContext) -> None:
        self.place = place
        self.idle_until = 0.0
        self.reused = False
        self._wire = _Wire(place.address)
        origin = httpcore.Origin(place.scheme.encode(), place.name.encode(), place.port)
        self._connection = httpcore.AsyncHTTPConnection(origin, ssl_context=context, network_backend=self._wire)

    async def ask(self, request: httpcore.Request) -> httpcore.Response:
        """Send a request and read how the answer begins; raises `Stale` if the line was kept and is of no use."""
        self._wire.heard = False
        try:
            answer = await self._connection.handle_async_request(request)
        except _BROKEN as error:
            if self.reused and not self._wire.heard:
                raise Stale from error
            raise
        if not self._wire.heard:  # it was sent before we asked, behind the answer to something else
            raise Stale
        return answer

    @property
    def is_free(self) -> bool:
        """Say whether the last answer was read to its end, so that another request can follow."""
        return self._connection.is_idle()

    @property
    def is_open(self) -> bool:
        """Say whether the server has neither closed an idle line nor said anything unasked."""
        return not (self._connection.has_expired() or self._wire.holds_more())

    async def close(self) -> None:
        """Close it; a line that is closed may be closed again."""
        await self._connection.aclose()


@contextmanager
def told_as_httpx() -> Iterator[None]:
    """Raise what goes wrong as httpx has it."""
    try:
        yield
    except tuple(_SAME) as error:
        raise _SAME[type(error)](str(error)) from error


class _Wire(httpcore.AsyncNetworkBackend):
    """Connects to its address, whatever the name, and notes whether anything came from there."""

    def __init__(self, address: str) -> None:
        self.heard = False
        self.tls: ssl.SSLObject | None = None
        self._address = address
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,  # noqa: ARG002  the name, which was looked up and checked before
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  httpcore asks so
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect; the host's name is not looked up again."""
        connect = self._network.connect_tcp  # pyright: ignore[reportAttributeAccessIssue]  it sees the one without anyio
        return _Stream(await connect(self._address, port, timeout, local_address, socket_options), self)

    def holds_more(self) -> bool:
        """Say whether something came that nobody has read; what TLS holds, the socket does not tell of."""
        if self.tls is None:
            return False
        try:
            self.tls.read(1)
        except ssl.SSLWantReadError:
            return False
        except ssl.SSLError:
            return True
        return True


class _Stream(httpcore.AsyncNetworkStream):
    """Hands everything on, and tells the wire what is heard."""

    def __init__(self, stream: httpcore.AsyncNetworkStream, wire: _Wire) -> None:
        self._stream = stream
        self._wire = wire

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        data = await self._stream.read(max_bytes, timeout)
        self._wire.heard = self._wire.heard or bool(data)
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        await self._stream.write(buffer, timeout)

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore.AsyncNetworkStream:
        try:
            stream = await self._stream.start_tls(ssl_context, server_hostname, timeout)
        except BaseException:  # httpcore leaves it open when we are cancelled here
            await self.aclose()
            raise
        self._wire.tls = stream.get_extra_info("ssl_object")
        return _Stream(stream, self._wire)

    async def aclose(self) -> None:
        await self._stream.aclose()

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)
