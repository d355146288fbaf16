"""The one thing that the mail path needs of the link."""

from typing import Protocol

from tenant_agent import wire


class Outlet(Protocol):
    """Sends frames to the control plane; `tenant_agent.link.Link` is the real one."""

    async def send(self, frame: wire.FromAgent) -> None:
        """Send a frame; raises `tenant_agent.link.LinkDown` without a connection."""
        ...
