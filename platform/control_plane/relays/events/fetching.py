"""Fetches what SNS points to: its certificate, which many messages share, and the address that confirms a topic."""

from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from typing import TypeAlias

import httpx

from control_plane.core.errors import Unavailable
from control_plane.core.http import Network, read_some, walled_client
from control_plane.core.ttl_cache import TtlCache

Fetch: TypeAlias = Callable[[str], Awaitable[bytes]]
"""From an address, which was found to be Amazon's, to what is there; raises `Unavailable`."""

_MOST_BYTES = 64 * 1024
_CERTIFICATE = ".pem"

_certificates: TtlCache[str, bytes] = TtlCache(fresh_seconds=3600)


def walled_fetch(allowed: Sequence[Network]) -> Fetch:
    """Make the fetcher that goes to the public internet only."""

    async def fetch(url: str) -> bytes:
        known = _certificates.get(url)
        if known is not None:
            return known
        found = await _get(url, allowed)
        if url.endswith(_CERTIFICATE):
            _certificates.put(url, found)
        return found

    return fetch


async def _get(url: str, allowed: Sequence[Network]) -> bytes:
    try:
        async with walled_client(allowed) as client, client.stream("GET", url) as answer:
            if answer.status_code != HTTPStatus.OK:
                raise Unavailable("Amazon did not give what its message points to.")
            return await read_some(answer, _MOST_BYTES)
    except httpx.HTTPError as error:
        raise Unavailable("Amazon cannot be reached just now.") from error
