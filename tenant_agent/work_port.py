"""What the rest of the agent asks of the mail path, so that both can be built and tested apart."""

from typing import Protocol

from tenant_agent import wire
from tenant_agent.sending import Sending


class MailPath(Protocol):
    """Takes leased batches to delivery events; `tenant_agent.work.MailWork` is the real one."""

    async def connected(self) -> None: ...

    async def disconnected(self) -> None: ...

    async def offered(self, offer: wire.Offer) -> None: ...

    async def taken(self, answer: wire.Taken) -> None: ...

    async def received(self, answer: wire.Received) -> None: ...

    async def run(self) -> None: ...

    def set_node(self, node: wire.NodeItem, generation: int) -> None: ...

    def set_sending(self, sending: Sending) -> None: ...

    def spooled(self) -> int:
        """Give how many events wait to be acknowledged."""
        ...
