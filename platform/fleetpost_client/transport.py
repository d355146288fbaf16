"""How the client's methods reach the API: one connection pool, tries that are repeated, refusals as exceptions."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

import httpx

from fleetpost_client.errors import Failed
from fleetpost_client.memory import Memory
from fleetpost_client.request import Answer, Attempts, Request, base_of, headers_for
from fleetpost_client.retrying import Retrying

_TIMEOUT_SECONDS = 30.0


class Transport(Memory):
    """A connection that waits; with `acting_for` an agency's key acts for its client. Close it, or use `with`."""

    def __init__(
        self,
        url: str,
        key: str,
        *,
        acting_for: str | None = None,
        retrying: Retrying | None = None,
        timeout_seconds: float = _TIMEOUT_SECONDS,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__()
        self.http = httpx.Client(
            base_url=base_of(url), headers=headers_for(key, acting_for), timeout=timeout_seconds, transport=transport
        )
        self._retrying = retrying or Retrying()
        self._sleep = sleep

    def send(self, request: Request, wanted: type[Answer] | None) -> Answer:
        """Send a request, again where that helps; raises `Failed`."""
        attempts = Attempts(request, self._retrying)
        while True:
            try:
                answer = self._ask(attempts)
                return self._kept(attempts.read(answer, wanted), answer)
            except Failed as failure:
                pause = attempts.pause_after(failure, random.random())  # noqa: S311  spreads retries, guards nothing
                if pause is None:
                    raise
            self._sleep(pause)

    def _ask(self, attempts: Attempts) -> httpx.Response:
        try:
            return self._heard(self.http.request(**attempts.request.arguments()))  # type: ignore[arg-type]
        except httpx.TransportError as error:
            raise attempts.lost(error) from error

    def close(self) -> None:
        """Close the connection."""
        self.http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class AsyncTransport(Memory):
    """A connection that does not wait; else as `Transport`."""

    def __init__(
        self,
        url: str,
        key: str,
        *,
        acting_for: str | None = None,
        retrying: Retrying | None = None,
        timeout_seconds: float = _TIMEOUT_SECONDS,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        super().__init__()
        self.http = httpx.AsyncClient(
            base_url=base_of(url), headers=headers_for(key, acting_for), timeout=timeout_seconds, transport=transport
        )
        self._retrying = retrying or Retrying()
        self._sleep = sleep

    async def send(self, request: Request, wanted: type[Answer] | None) -> Answer:
        """Send a request, again where that helps; raises `Failed`."""
        attempts = Attempts(request, self._retrying)
        while True:
            try:
                answer = await self._ask(attempts)
                return self._kept(attempts.read(answer, wanted), answer)
            except Failed as failure:
                pause = attempts.pause_after(failure, random.random())  # noqa: S311  spreads retries, guards nothing
                if pause is None:
                    raise
            await self._sleep(pause)

    async def _ask(self, attempts: Attempts) -> httpx.Response:
        try:
            return self._heard(await self.http.request(**attempts.request.arguments()))  # type: ignore[arg-type]
        except httpx.TransportError as error:
            raise attempts.lost(error) from error

    async def close(self) -> None:
        """Close the connection."""
        await self.http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
