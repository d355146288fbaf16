"""One signed request to a customer's address, and what came of it."""

import asyncio
import time
from collections.abc import Sequence
from datetime import datetime

import httpx
import msgspec
import structlog

from control_plane.core import http
from control_plane.webhooks import signing
from control_plane.webhooks.retries import Outcome

TRY_SECONDS = 20
"""For connecting, sending and reading the answer; less than a claim lasts."""
HEADERS = {"content-type": "application/json", "accept-encoding": "identity", "user-agent": "Fleetpost-Webhooks/1"}

_EXCERPT_BYTES = 500
_MOST_HEADERS = 20
_HEADER_CHARACTERS = 1000
_UNTOLD = frozenset({"set-cookie", "www-authenticate", "proxy-authenticate"})
"""What an endpoint may say to us alone."""

_log = structlog.get_logger()


class Signed(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be sent, and by which secrets it is signed."""

    url: str
    id: str
    """The same with every try, so that a receiver knows what it has already."""
    body: bytes
    secrets: tuple[str, ...]


async def post(client: httpx.AsyncClient, message: Signed, at: datetime) -> Outcome:
    """Try once; whatever goes wrong is an outcome, since the try would else be repeated for ever."""
    begun = time.monotonic()
    try:
        outcome = await _post(client, message, at)
    except (httpx.PoolTimeout, http.Unresolved) as error:
        outcome = Outcome(None, _told_of(error), ours=True, tried=False)
    except TimeoutError:
        outcome = Outcome(None, "no answer in time")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        outcome = Outcome(None, _told_of(error))
    except Exception:  # noqa: BLE001
        _log.exception("a webhook could not be tried", action="webhooks.broken", message_id=message.id)
        outcome = Outcome(None, "something went wrong on our side", ours=True)
    return msgspec.structs.replace(outcome, milliseconds=round((time.monotonic() - begun) * 1000))


async def _post(client: httpx.AsyncClient, message: Signed, at: datetime) -> Outcome:
    headers = HEADERS | signing.headers(message.id, at, message.body, message.secrets)
    async with (
        asyncio.timeout(TRY_SECONDS),
        client.stream(
            "POST",
            message.url,
            content=message.body,
            headers=headers,
            extensions={http.REPEATABLE: True},  # receivers tell by the id that they have it already
        ) as response,
    ):
        excerpt = await http.read_some(response, _EXCERPT_BYTES)
    return Outcome(response.status_code, _storable(excerpt), _told(response.headers.multi_items()))


def _told_of(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:_EXCERPT_BYTES]


def _told(headers: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Keep some of an answer's headers, and little of each."""
    kept = [(name, value) for name, value in headers if name.lower() not in _UNTOLD][:_MOST_HEADERS]
    share = _HEADER_CHARACTERS // max(len(kept), 1)
    return {name[:share].replace("\0", ""): value[:share].replace("\0", "") for name, value in kept}


def _storable(excerpt: bytes) -> str:
    return excerpt.decode(errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
