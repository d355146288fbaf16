"""Fetches one file from the control plane with the node's own credential, from where a former try ended."""

import asyncio
import re
import ssl
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import httpx

from tenant_agent import wire
from tenant_agent.fetched.cache import Unfinished
from tenant_agent.fetched.wanted import Wanted

_TIMEOUT_SECONDS = 30.0
_PIECE_BYTES = 256 * 1024
_GOES_ON = re.compile(r"bytes ([0-9]+)-")


class NotFetched(Exception):
    """A file could not be fetched; the text says why."""


class Download:
    """The control plane, as files are fetched from it."""

    def __init__(self, control_url: str, credential: Callable[[], str], tls: ssl.SSLContext | None) -> None:
        self._url = control_url + wire.FILES_PATH
        self._credential = credential
        self._tls = tls

    @asynccontextmanager
    async def connected(self) -> AsyncGenerator[httpx.AsyncClient]:
        """Open a client for many files."""
        limits = httpx.Timeout(_TIMEOUT_SECONDS, connect=10.0)
        async with httpx.AsyncClient(verify=self._tls or True, trust_env=False, timeout=limits) as http:
            yield http

    async def fetch(self, http: httpx.AsyncClient, wanted: Wanted, into: Unfinished) -> None:
        """Fetch what is missing of a file; raises `NotFetched`, and what there is by then stays."""
        envelope, file = wanted.envelope, wanted.file
        if into.size >= file.size:  # all was there, but for its name
            return
        headers = {"Authorization": f"Bearer {self._credential()}", "Range": f"bytes={into.size}-"}
        address = f"{self._url}/{envelope.tenant_id}/{envelope.message_id}/{file.id}"
        try:
            async with http.stream("GET", address, headers=headers) as answer:
                await _take(answer, file, into)
        except (httpx.TransportError, httpx.InvalidURL) as error:
            raise NotFetched(str(error) or type(error).__name__) from error


async def _take(answer: httpx.Response, file: wire.FileRef, into: Unfinished) -> None:
    if answer.status_code not in (httpx.codes.OK, httpx.codes.PARTIAL_CONTENT):
        raise NotFetched(f"the control plane says {answer.status_code} {answer.reason_phrase}")
    goes_on = _GOES_ON.match(answer.headers.get("content-range", ""))
    if (int(goes_on[1]) if goes_on else 0) != into.size:
        await asyncio.to_thread(into.start_over)
        if goes_on:
            raise NotFetched("the answer begins elsewhere")
    async for some in answer.aiter_bytes(_PIECE_BYTES):
        if into.size + len(some) > file.size:
            await asyncio.to_thread(into.start_over)
            raise NotFetched("it is longer than was said")
        await asyncio.to_thread(into.write, some)
