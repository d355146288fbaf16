"""Our own look at what an authority is about to look at: an order whose proof cannot be found is not wasted."""

import asyncio
from typing import Literal, Protocol, TypeAlias

import httpx

from control_plane.certificates.names import challenge_host
from control_plane.core.http import read_some
from control_plane.mail_domains.resolver import Resolver

PATH = "/.well-known/acme-challenge/"
Seen: TypeAlias = Literal["ours", "other", "nothing"]
"""Our answer; somebody else's; none, which may be due to where we look from."""

_MOST_BYTES = 2048
_SECONDS = 5
_OK = 200


class Prober(Protocol):
    """Looks whether our answers are there."""

    async def over_http(self, host: str, token: str, value: str) -> Seen: ...

    async def in_dns(self, host: str, value: str) -> Seen: ...


class OutsideProber:
    """Looks from here, as anybody would."""

    def __init__(self, client: httpx.AsyncClient, resolver: Resolver, *, seconds: float = _SECONDS) -> None:
        """Look through a client that reaches the public internet only, without TLS too."""
        self._client = client
        self._resolver = resolver
        self._seconds = seconds

    async def over_http(self, host: str, token: str, value: str) -> Seen:
        """Fetch the answer at a host's port 80."""
        try:
            async with asyncio.timeout(self._seconds):  # for all of it: one octet a second would else take an hour
                async with self._client.stream("GET", f"http://{host}{PATH}{token}") as answer:
                    body = await read_some(answer, _MOST_BYTES)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError):
            return "nothing"
        return "ours" if answer.status_code == _OK and body.strip() == value.encode() else "other"

    async def in_dns(self, host: str, value: str) -> Seen:
        """Look up the record of a host."""
        found = await self._resolver.lookup(challenge_host(host), "TXT")
        if value in found.values:
            return "ours"
        return "nothing" if found.problem is not None else "other"
