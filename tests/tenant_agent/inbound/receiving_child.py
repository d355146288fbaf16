"""A receiver in a process of its own, for a test that kills it; its one argument is the directory it works in."""

import asyncio
import sys
from pathlib import Path

from tenant_agent.inbound import receive
from tenant_agent.inbound.receive import Receiver
from tenant_agent.inbound.shelf import Shelf

NODE_ID = "nod_here"


async def main(root: Path) -> None:
    """Receive until killed."""
    shelf = Shelf(root / "inbound", least_free_bytes=0)
    await receive.serve(Receiver(shelf, NODE_ID, lambda: None, str.lower), root / "intake.sock")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
