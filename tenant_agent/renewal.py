"""Renews the node's credential about once a week, so that one that leaked is worth little for long."""

import asyncio
import random
import ssl
from collections.abc import Awaitable, Callable

import httpx
import msgspec
import structlog

from tenant_agent import wire
from tenant_agent.backoff import Backoff
from tenant_agent.clock import Clock
from tenant_agent.identity import Forged, Identity

log = structlog.get_logger(__name__)

WEEK_MS = 7 * 24 * 3600 * 1000
SPREAD = 0.1
"""A fleet that was enrolled in one hour does not renew in one hour: each wait is up to this part longer or shorter."""
_LOOK_SECONDS = 600.0
_TIMEOUT_SECONDS = 10.0


def due_at_ms(renewed_at_ms: int, luck: float) -> int:
    """Say when a credential is to be renewed; `luck` is between 0 and 1."""
    return renewed_at_ms + round(WEEK_MS * (1 - SPREAD + 2 * SPREAD * luck)) if renewed_at_ms else 0


class Renewal:
    """Looks now and then whether it is time; the former credential works until the new one is used."""

    def __init__(
        self,
        identity: Identity,
        control_url: str,
        tls: ssl.SSLContext | None,
        *,
        reconnect: Callable[[], Awaitable[None]],
        clock: Clock,
        luck: Callable[[], float] = random.random,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._identity = identity
        self._url = control_url + wire.CREDENTIAL_PATH
        self._tls = tls
        self._reconnect = reconnect
        self._clock = clock
        self._luck = luck
        self._sleep = sleep
        self._backoff = Backoff(60.0, 3600.0)

    async def run(self) -> None:
        """Renew when it is time, until cancelled."""
        due = due_at_ms(self._identity.renewed_at_ms, self._luck())
        while True:
            await self._sleep(_LOOK_SECONDS * self._luck())
            if self._clock.now_ms() < due:
                continue
            if await self.renew():
                due = due_at_ms(self._identity.renewed_at_ms, self._luck())
                self._backoff.reset()
            else:
                await self._sleep(self._backoff.next_seconds())

    async def renew(self) -> bool:
        """Get another credential, store it and connect with it; says whether that worked."""
        try:
            reply = await self._ask()
            self._identity.renew(reply, self._clock.now_ms())
        except (httpx.HTTPError, msgspec.MsgspecError, UnicodeDecodeError, OSError) as error:
            log.warning("credential.not_renewed", reason=str(error) or type(error).__name__)
            return False
        except Forged as error:
            log.error("credential.forged", reason=str(error), next_step="enrol the node again")  # noqa: TRY400
            return False
        log.info("credential.renewed", keys=len(reply.bundle_keys))
        await self._reconnect()
        return True

    async def _ask(self) -> wire.EnrolReply:
        headers = {"Authorization": f"Bearer {self._identity.credential}"}
        async with httpx.AsyncClient(verify=self._tls or True, trust_env=False, timeout=_TIMEOUT_SECONDS) as http:
            answer = await http.post(self._url, headers=headers)
        answer.raise_for_status()
        return msgspec.json.decode(answer.content, type=wire.EnrolReply)
