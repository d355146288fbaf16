"""The mail path in a process of its own, for tests that kill it: `python -m tests.tenant_agent.mail_child ROOT PORT`.

It is offered the batches in `ROOT/offers` at every start, as by a control plane that does not know what became of
them, and writes each event that it is sent to `ROOT/events` before it acknowledges.
"""

import asyncio
import sys
from pathlib import Path

import msgspec

from tenant_agent import wire
from tenant_agent.layout import Layout, Ports
from tests.tenant_agent.mail_fixtures import FakeControl, mail_work

_offers = msgspec.msgpack.Decoder(list[wire.Offer])


class WritingControl(FakeControl):
    """Writes down what it is told before it answers."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._file = path.open("ab", buffering=0)

    async def send(self, frame: wire.FromAgent) -> None:
        if isinstance(frame, wire.Report):
            self._file.write(b"".join(msgspec.json.encode(event) + b"\n" for event in frame.events))
        await super().send(frame)


async def main(root: Path, port: int) -> None:
    """Work until killed."""
    control = WritingControl(root / "events")
    offers = _offers.decode((root / "offers").read_bytes())
    async with mail_work(Layout.under(root, ports=Ports(inject=port)), control):
        sys.stdout.write("working\n")
        sys.stdout.flush()
        for offer in offers:
            await control.offer(offer)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
