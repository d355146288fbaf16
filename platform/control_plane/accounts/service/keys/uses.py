"""When and from where keys are used: noted in memory with each request, and written down now and then."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address, ip_address
from uuid import UUID

import structlog

from control_plane.accounts.queries import keys as queries
from control_plane.accounts.queries.keys import Use
from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import Unavailable
from control_plane.core.key_ring import LiveKey
from control_plane.core.periodic import periodically

_log = structlog.get_logger()

_EVERY_SECONDS = 60
_SELDOM_SECONDS = 50
"""What another process wrote so short a time ago is not written again."""


async def note_use(tx: Transaction, tenant_id: UUID, key_id: UUID, at: datetime, address: str) -> None:
    """Write down at once that a key was used elsewhere than in a request, unless that was just done (fleet role)."""
    await queries.note_uses(tx, [Use(tenant_id, key_id, at, _address(address))], _SELDOM_SECONDS)


class KeyUses:
    """The uses that one process has seen; what it loses when it is killed is a minute at the most."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._uses: dict[UUID, Use] = {}

    def note(self, key: LiveKey, address: str) -> None:
        """Remember a use; costs no more than that."""
        self._uses[key.id] = Use(key.subject.tenant_id, key.id, self._clock.now(), _address(address))

    async def write(self) -> None:
        """Write down what was noted, in one statement; what cannot be written is kept for the next time."""
        uses, self._uses = self._uses, {}
        if not uses:
            return
        ordered = [uses[key_id] for key_id in sorted(uses)]  # so that no two processes wait for each other
        try:
            async with self._db.fleet_tx() as tx:
                await queries.note_uses(tx, ordered, _SELDOM_SECONDS)
        except Unavailable as error:
            self._uses = uses | self._uses
            _log.warning("uses of keys wait to be written", action="accounts.key_uses_wait", error=error.detail)

    @asynccontextmanager
    async def written(self) -> AsyncGenerator[None]:
        """Write every minute for as long as the block lasts, and once more at its end."""
        try:
            async with periodically(_EVERY_SECONDS, "key uses", self.write):
                yield
        finally:
            await self.write()


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text.partition("%")[0])
    except ValueError:
        return None
