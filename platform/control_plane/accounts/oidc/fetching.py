"""Requests to a provider: through the wall, without redirects, with an end to how much is read."""

import asyncio
import base64
from typing import TypeVar
from urllib.parse import quote_plus

import httpx
import msgspec

from control_plane.accounts.oidc.errors import ProviderUnusable
from control_plane.core.http import read_some

Document = TypeVar("Document")

_LONGEST_BYTES = 256 * 1024
_PATIENCE_SECONDS = 15
"""For one answer as a whole: who sends a byte now and then would else hold a connection for ever."""
_HEADERS = {"accept": "application/json", "accept-encoding": "identity", "user-agent": "Fleetpost"}


async def fetch(
    http: httpx.AsyncClient,
    address: str,
    shape: type[Document],
    *,
    form: dict[str, str] | None = None,
    credentials: tuple[str, str] | None = None,
) -> Document:
    """Get a document, or send a form for one; raises `ProviderUnusable`."""
    request = _request(http, address, form, credentials)
    status, body = await _send(http, request)
    if status != httpx.codes.OK:
        raise ProviderUnusable(f"{request.url.host} answered {status} at {request.url.path}.")
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.MsgspecError, ValueError) as error:
        raise ProviderUnusable(f"{request.url.host} did not answer as agreed at {request.url.path}.") from error


def _request(
    http: httpx.AsyncClient, address: str, form: dict[str, str] | None, credentials: tuple[str, str] | None
) -> httpx.Request:
    try:
        request = http.build_request("GET" if form is None else "POST", address, data=form, headers=_HEADERS)
        if request.url.scheme not in ("http", "https") or not request.url.host:
            raise ProviderUnusable("The provider names an address that is none.")
    except (httpx.InvalidURL, ValueError, TypeError) as error:
        raise ProviderUnusable("The provider names an address that is none.") from error
    if credentials is not None:
        request.headers["authorization"] = _basic(*credentials)
    return request


async def _send(http: httpx.AsyncClient, request: httpx.Request) -> tuple[int, bytes]:
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            response = await http.send(request, stream=True)
            try:
                return response.status_code, await read_some(response, _LONGEST_BYTES)
            finally:
                await response.aclose()
    except (httpx.HTTPError, TimeoutError, ValueError) as error:
        raise ProviderUnusable(f"{request.url.host} cannot be reached: check the issuer.") from error


def _basic(name: str, secret: str) -> str:
    """Write credentials as RFC 6749 §2.3.1 wants them: each part in the encoding of forms first."""
    pair = f"{quote_plus(name)}:{quote_plus(secret)}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"
