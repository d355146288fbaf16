"""Hands mails up to the control plane, a few at once and the oldest first, for as long as it takes."""

import asyncio
import enum
import ssl
from collections.abc import Awaitable, Callable
from typing import NamedTuple, TypeAlias

import httpx
import msgspec
import structlog

from tenant_agent import wire
from tenant_agent.backoff import Backoff
from tenant_agent.inbound.shelf import Shelf, read_back

log = structlog.get_logger(__name__)

_AT_ONCE = 2
_TIMEOUT_SECONDS = 120.0
_WORTH_WAITING = frozenset({401, 403, 408, 425, 429})
"""Refusals that are not the mail's fault: credential, pace, time."""
_REST_SECONDS = 5.0
"""So long those wait of whose mail enough is up there already, once everybody else's is handed up."""


class _Outcome(enum.Enum):
    """What became of a try."""

    OVER = enum.auto()
    LATER = enum.auto()
    RESTS = enum.auto()
    """Enough of its owner's mail waits up there: theirs is for later, and everybody else's goes on."""


class Letter(NamedTuple):
    """What is posted of something on the shelf."""

    headers: dict[str, str]
    content: bytes


Describe: TypeAlias = Callable[[bytes], Letter]
"""From what lies on the shelf to what is posted; raises `msgspec.MsgspecError` if it was damaged."""


def inbound_letter(written: bytes) -> Letter:
    """Post a mail from the world as it is, and what is known of it in headers."""
    kept = read_back(written)
    said: dict[str, str] = msgspec.to_builtins(kept.headers)
    headers = {wire.inbound_header(name): value for name, value in said.items()}
    return Letter(headers | {"Content-Type": "message/rfc822"}, kept.raw)


class Uploader:
    """Empties the shelf."""

    def __init__(
        self,
        shelf: Shelf,
        control_url: str,
        credential: Callable[[], str],
        tls: ssl.SSLContext | None,
        *,
        path: str = wire.INBOUND_PATH,
        describe: Describe = inbound_letter,
        backoff: Backoff | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._shelf = shelf
        self._url = control_url + path
        self._describe = describe
        self._credential = credential
        self._tls = tls
        self._backoff = backoff or Backoff(1.0, 60.0)
        self._sleep = sleep
        self._resting: set[str] = set()
        self._news = asyncio.Event()

    def wake(self) -> None:
        """There is something on the shelf."""
        self._news.set()

    async def run(self) -> None:
        """Hand up until cancelled."""
        limits = httpx.Timeout(_TIMEOUT_SECONDS, connect=10.0)
        async with httpx.AsyncClient(verify=self._tls or True, trust_env=False, timeout=limits) as http:
            while True:
                await self._empty(http)
                await self._news.wait()

    async def _empty(self, http: httpx.AsyncClient) -> None:
        self._news.clear()
        while len(self._shelf):
            mails = self._shelf.first(_AT_ONCE, self._resting)
            outcomes = await asyncio.gather(*(self._hand_up(http, mail_id) for mail_id in mails))
            if _Outcome.LATER in outcomes:
                await self._pause(self._backoff.next_seconds())
            elif mails:
                self._backoff.reset()
            else:
                await self._pause(_REST_SECONDS)

    async def _pause(self, seconds: float) -> None:
        await self._sleep(seconds)
        self._resting.clear()

    async def _hand_up(self, http: httpx.AsyncClient, mail_id: str) -> _Outcome:
        try:
            written = await asyncio.to_thread(self._shelf.read_bytes, mail_id)
            status = await self._post(http, self._describe(written))
        except FileNotFoundError:
            self._shelf.drop(mail_id)  # somebody took it away
            return _Outcome.OVER
        except (msgspec.MsgspecError, UnicodeError, httpx.LocalProtocolError) as error:  # or no request can carry it
            log.error("inbound.unreadable", id=mail_id, reason=str(error))  # noqa: TRY400 (no trace wanted)
            self._shelf.set_aside(mail_id)
            return _Outcome.OVER
        except OSError as error:
            log.error("inbound.waiting", id=mail_id, reason=str(error))  # noqa: TRY400 (no trace wanted)
            self._shelf.put_off(mail_id)
            return _Outcome.LATER
        except httpx.TransportError as error:
            log.info("inbound.waiting", waiting=len(self._shelf), reason=str(error) or type(error).__name__)
            return _Outcome.LATER
        return self._settle(mail_id, status)

    async def _post(self, http: httpx.AsyncClient, letter: Letter) -> int:
        headers = letter.headers | {"Authorization": f"Bearer {self._credential()}"}
        answer = await http.post(self._url, content=letter.content, headers=headers)
        return answer.status_code

    def _settle(self, mail_id: str, status: int) -> _Outcome:
        if httpx.codes.is_success(status):
            self._shelf.drop(mail_id)
            return _Outcome.OVER
        if httpx.codes.is_client_error(status) and status not in _WORTH_WAITING:
            log.error("inbound.refused", id=mail_id, to=self._url, status=status)
            self._shelf.set_aside(mail_id)
            return _Outcome.OVER
        log.warning("inbound.waiting", waiting=len(self._shelf), status=status)
        self._shelf.put_off(mail_id)
        owner = self._shelf.owner_of(mail_id)
        if status != httpx.codes.TOO_MANY_REQUESTS or owner is None:
            return _Outcome.LATER
        self._resting.add(owner)
        return _Outcome.RESTS
