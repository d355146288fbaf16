"""How much mail waits to be taken, and whose: looked up now and then, with what was stored meanwhile."""

import time
from collections import Counter
from collections.abc import Callable

from control_plane.core.database import Transaction
from control_plane.core.errors import TooMany, Unavailable
from control_plane.core.ids import TenantId
from control_plane.inbound import queries

MOST_WAITING_BYTES = 2 * 1024**3
"""Of mail that no handler has taken yet; beyond it nodes keep theirs, and when they are full, senders theirs."""
_SHARES = 4
"""One tenant's mail takes at most such a part of it."""
_LEAST_SECONDS = 1.0
_REST = 20
"""A look that took long, as in a backlog of hundreds of thousands of mails, is followed by so many times its length."""


class Waiting:
    """What one process knows of it; what others store between two of its looks is not counted."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._look_again_at = 0.0
        self._bytes: Counter[TenantId | None] = Counter()

    async def make_room(self, tx: Transaction, owner: TenantId | None, size: int) -> None:
        """Count a mail that is about to be stored; raises `TooMany` if its owner, `Unavailable` if nobody has room."""
        began = self._clock()
        if began >= self._look_again_at:
            self._look_again_at = began + _LEAST_SECONDS  # others need not look meanwhile
            self._bytes = Counter(await queries.waiting_bytes(tx))
            ended = self._clock()
            self._look_again_at = ended + max(_LEAST_SECONDS, _REST * (ended - began))
        if self._bytes.total() + size > MOST_WAITING_BYTES:
            raise Unavailable("Too much mail waits here: keep it, and try again later.")
        if owner is not None and self._bytes[owner] + size > MOST_WAITING_BYTES // _SHARES:
            raise TooMany("Too much mail of this account waits here: keep it, and try again later.")
        self._bytes[owner] += size
