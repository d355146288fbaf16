"""When what is looked at: a round through all tables every ten minutes, a little of it each second, then the files.

What is found is kept until the control plane has been told, as much of it as a person would read.
"""

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import islice

import structlog

from tenant_agent import wire
from tenant_agent.audit.places import places, put_right
from tenant_agent.audit.tables import Slice, one_round, owner_of
from tenant_agent.clock import Clock
from tenant_agent.layout import Layout
from tenant_agent.plan import Plan
from tenant_agent.project import RowId, Table
from tenant_agent.projections import RowStore
from tenant_agent.projections.lmdb_map import LmdbMap
from tenant_agent.projector import Projector
from tenant_agent.state import State

log = structlog.get_logger(__name__)

EVERY_SECONDS = 600.0
_SLICE_SECONDS = 0.02
"""How long the tables are looked at without a pause: nobody should notice."""
_MOST_KEPT = 200

Spent = Callable[[], float]


class Watch:
    """Looks after the tables and the files of the agent's own; blocking, in the projector's thread."""

    def __init__(
        self,
        layout: Layout,
        state: State,
        projector: Projector,
        stores: Mapping[Table, RowStore],
        clock: Clock,
        *,
        spent: Spent = time.perf_counter,
    ) -> None:
        self._layout = layout
        self._state = state
        self._projector = projector
        self._stores = stores
        self._clock = clock
        self._spent = spent
        self._round: Iterator[Slice] | None = None
        self._round_at = 0.0  # the first one begins at once
        self._ended = False
        self._wants_projection = False
        self._found: list[wire.Drift] = []

    def look(self) -> list[Plan]:
        """Go on with the round for a moment; gives what was put right in the tables.

        To be called while nothing is pending. Raises what a projection raises.
        """
        self._revive_maps()
        if self._round is None and self._clock.monotonic() < self._round_at:
            return []
        if self._round is None:
            self._round_at = self._clock.monotonic() + EVERY_SECONDS
            self._round = one_round(self._state, self._stores)
        under_way, self._round = self._round, None  # one that fails is over
        return self._go_on(under_way)

    def has_ended(self) -> bool:
        """Say, once, that a round has come to its end."""
        ended, self._ended = self._ended, False
        return ended

    def wants_projection(self) -> bool:
        """Say, once, that something must be projected now: a whole map was gone, or a certificate has expired."""
        wanted, self._wants_projection = self._wants_projection, False
        return wanted

    def note(self, service: str, what: str, tenant_id: str | None = None) -> None:
        """Keep something that was found until it is told."""
        log.warning("drift.repaired", service=service, what=what, tenant_id=tenant_id)
        self._keep(service, what, tenant_id)

    def note_rows(self, rows: Collection[RowId]) -> None:
        """Keep rows that were not as they should be; of many, some."""
        if rows:
            log.warning("drift.repaired", rows=len(rows), first=next(iter(rows)).key)
        for row in islice(rows, _MOST_KEPT):
            self._keep(row.table.name.lower(), row.key, owner_of(self._state, row))

    def found(self) -> tuple[wire.Drift, ...]:
        """Give what is to be told."""
        return tuple(self._found)

    def told(self, found: tuple[wire.Drift, ...]) -> None:
        """Forget what was told."""
        del self._found[: len(found)]

    def _keep(self, service: str, what: str, tenant_id: str | None) -> None:
        if len(self._found) < _MOST_KEPT:
            at_ms = self._clock.now_ms()
            self._found.append(wire.Drift(service=service, what=what, tenant_id=tenant_id, at_ms=at_ms))

    def _go_on(self, slices: Iterator[Slice]) -> list[Plan]:
        plans: list[Plan] = []
        until = self._spent() + _SLICE_SECONDS
        while True:
            part = next(slices, None)
            if part is None:
                self._ended = True
                self._look_at_places()
                break
            if part.items or part.strays:
                plans.append(self._examine(part))
            if self._state.pending():
                self._wants_projection = True
            if self._spent() >= until:
                self._round = slices
                break
        return [plan for plan in plans if plan.steps]

    def _examine(self, part: Slice) -> Plan:
        examined = self._projector.examine(part.items, part.strays)
        rows = [*examined.plan.rows, *(RowId(Table.SIGNING_KEYS, key) for key in sorted(examined.keys))]
        self.note_rows(rows)
        return examined.plan

    def _revive_maps(self) -> None:
        for table, store in self._stores.items():
            if isinstance(store, LmdbMap) and store.revive():
                self.note(table.name.lower(), "the whole map")
                self._projector.look_at_all_again()
                self._wants_projection = True

    def _look_at_places(self) -> None:
        for table, store in self._stores.items():
            for name in store.tidied():
                self.note(table.name.lower(), f"what else was in {name}")
        for path in put_right(places(self._layout)):
            self.note("files", str(path))
