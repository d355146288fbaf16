"""A daemon that is told to read its files again: soon after they changed, and not too often."""

from collections.abc import Awaitable, Callable

import structlog

from tenant_agent.clock import Clock
from tenant_agent.debounce import Debounce
from tenant_agent.drivers import NotServing

log = structlog.get_logger(__name__)


class Reloading:
    """One daemon's reloads."""

    def __init__(self, name: str, reload: Callable[[], Awaitable[None]], due: Debounce) -> None:
        self._name = name
        self._reload = reload
        self.due = due

    async def reload_if_due(self, clock: Clock) -> None:
        """Reload the daemon if it is time; one that does not take it is reported, and goes on as it was."""
        if self.due.wait_seconds(clock.monotonic()) != 0.0:
            return
        try:
            await self._reload()
        except NotServing as error:
            log.error("reload.failed", service=self._name, reason=str(error))  # noqa: TRY400 (no trace wanted)
        self.due.done(clock.monotonic())
