"""What became of each service's newest configuration: kept, so that the control plane hears of it at least once."""

from collections.abc import Iterable

import msgspec

from tenant_agent import wire
from tenant_agent.state import State

_PREFIX = "configured/"


class Reports:
    """The newest report of each service; what is told is told again on each connection."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._untold: list[wire.Configured] = []

    def keep(self, report: wire.Configured) -> None:
        """Take a report in place of the service's last one."""
        if report in self.all():
            return
        self._state.note(_PREFIX + report.service, msgspec.json.encode(report).decode())
        self._untold.append(report)

    def untold(self) -> Iterable[wire.Configured]:
        """Give what has been kept since this was asked last."""
        new, self._untold = self._untold, []
        return new

    def all(self) -> list[wire.Configured]:
        """Give the newest of each service, as kept over lives of the agent."""
        kept = self._state.facts(_PREFIX).values()
        return [msgspec.json.decode(each, type=wire.Configured) for each in kept]
