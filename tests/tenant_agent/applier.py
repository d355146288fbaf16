"""Applies one generation after the other, for ever, until it is killed: `python -m tests.tenant_agent.applier ROOT`."""

import sys
import time
from pathlib import Path

from tenant_agent import wire
from tenant_agent.agent import prepare_directories, stores
from tenant_agent.clock import SystemClock
from tenant_agent.layout import Layout
from tenant_agent.project import RowId, Rows
from tenant_agent.projections import ForgetfulRows
from tenant_agent.projections.homes import Homes
from tenant_agent.projector import Projector
from tenant_agent.state import State
from tests.tenant_agent.samples import NODE_ID, change, domain, mailbox, node, removal

BOXES = 30


class Node:
    """An agent's disk and what works on it."""

    def __init__(self, root: Path) -> None:
        layout = Layout.under(root)
        prepare_directories(layout)
        self.state = State(layout.state_database)
        self.tables = stores(layout)
        self.projector = Projector(
            self.state,
            NODE_ID,
            stores=self.tables,
            signing_keys=ForgetfulRows(),
            homes=Homes(layout.mail_store),
            clock=SystemClock(),
        )

    def advance(self) -> None:
        """Store and project the next generation; every third is a snapshot."""
        number = self.state.generation + 1
        there: list[wire.Item] = [
            domain(f"g{number}.test"),
            *(mailbox(f"u{box}@g{number}.test") for box in range(BOXES)),
        ]
        gone: list[wire.Item] = [
            domain(f"g{number - 1}.test"),
            *(mailbox(f"u{box}@g{number - 1}.test") for box in range(BOXES)),
        ]
        if number % 3 == 1:
            self.state.replace(number, [change(node()), *map(change, there)])
        else:
            self.state.store(number, [*map(change, there), *map(removal, gone)])
        self.projector.bring_up()

    def rows(self) -> Rows:
        """Read what is on disk."""
        return {RowId(table, key): row for table, store in self.tables.items() for key, row in store.read_all().items()}


if __name__ == "__main__":
    applying = Node(Path(sys.argv[1]))
    begun = time.perf_counter()
    applying.advance()
    print(time.perf_counter() - begun, flush=True)  # at which pace it comes forward
    while True:
        applying.advance()
