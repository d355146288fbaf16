"""The daemons as the agent sees them: something to render, check, reload and probe.

The agent never starts a daemon. A supervisor does, once the agent has put its marker into the `ready` directory, and
starts again what dies.
"""

from pathlib import Path
from typing import Protocol

from tenant_agent import wire
from tenant_agent.design import Design
from tenant_agent.render import Tree


class Rejected(Exception):
    """The daemon's own checker does not accept the configuration."""


class NotServing(Exception):
    """The daemon does not answer as it should."""


class Driver(Protocol):
    """One daemon on this node."""

    @property
    def name(self) -> str:
        """The service's name, also that of its ready marker."""
        ...

    @property
    def directory(self) -> Path:
        """Where its configuration is."""
        ...

    def render(self, design: Design) -> Tree | None:
        """Give the configuration, or none if the service has no place on this node; raises `RendererFailed`."""
        ...

    async def check(self, staged: Path) -> None:
        """Have a staged configuration checked by the daemon's own checker; raises `Rejected`."""
        ...

    async def reload(self) -> None:
        """Make a running daemon take the configuration; does nothing if it does not run. Raises `NotServing`."""
        ...

    async def probe(self, node: wire.NodeItem) -> None:
        """Ask the daemon something a client would ask; raises `NotServing`."""
        ...
