"""Weeks of one tenant's mail, hour by hour, with what would have been decided at each."""

from datetime import UTC, datetime, timedelta

import msgspec

from control_plane.enforcement.decide import Standing, account_step, next_step
from control_plane.enforcement.measure import Counts, Evidence, rates_of, worst
from control_plane.enforcement.schemas import Scope, Step
from control_plane.enforcement.thresholds import DAY, PERIODS
from control_plane.ip_pools.schemas import STREAMS, Stream

BEGIN = datetime(2026, 3, 2, tzinfo=UTC)
_HOUR = timedelta(hours=1)
_EVER = datetime(1970, 1, 1, tzinfo=UTC)


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """What is tried to be sent in each hour."""

    mails: int = 0
    bounces: float = 0.0
    """The share that comes back."""
    complaints: float = 0.0

    def counts(self) -> Counts:
        """Say what becomes of it."""
        bounced = round(self.mails * self.bounces)
        arrived = self.mails - bounced
        return Counts(arrived=arrived, bounced=bounced, heard=arrived, complained=round(arrived * self.complaints))


class Simulation:
    """A tenant, its streams' standings, and a clock that is moved by hours."""

    def __init__(self, *, is_new: bool = False) -> None:
        self.now = BEGIN
        self.log: list[tuple[int, Scope, Step]] = []
        """The day, who, and the step that was taken."""
        self._is_new = is_new
        self._hours: dict[Stream, list[tuple[datetime, Counts]]] = {stream: [] for stream in STREAMS}
        self._standings: dict[Scope, Standing] = {}
        self._counts_from: dict[Stream, datetime] = {}

    def standing(self, scope: Scope) -> Standing:
        """Say where a stream, or the account, stands."""
        return self._standings.get(scope, Standing(since=_EVER, bad_at=_EVER))

    def step(self, scope: Scope = "broadcast") -> Step:
        """Say which step is in force."""
        return self.standing(scope).step

    def run(self, days: float, sent: Sent, stream: Stream = "broadcast") -> "Simulation":
        """Send so for some days; what is paused does not leave."""
        for _ in range(int(days * 24)):
            if "paused" not in (self.step(stream), self.step("all")):
                self._hours[stream].append((self.now, sent.counts()))
            self.now += _HOUR
            self._look()
        return self

    def _look(self) -> None:
        for stream in STREAMS:
            finding = worst(rates_of(self._evidence(stream), is_new=self._is_new))
            if finding is not None:
                self._standings[stream] = msgspec.structs.replace(self.standing(stream), bad_at=self.now)
            decision = next_step(self.standing(stream), finding, self.now)
            if decision is not None:
                self._take(stream, decision.step)
                self._counts_from[stream] = self.now
        whole = account_step(self.standing("all"), [self.standing(stream) for stream in STREAMS], self.now)
        if whole is not None:
            self._take("all", whole.step)

    def _take(self, scope: Scope, step: Step) -> None:
        before = self.standing(scope)
        ended = before.step == "paused"
        self._standings[scope] = msgspec.structs.replace(
            before, step=step, since=self.now, paused_at=self.now if ended else before.paused_at
        )
        self.log.append(((self.now - BEGIN) // DAY, scope, step))

    def _evidence(self, stream: Stream) -> Evidence:
        begin = self._counts_from.get(stream, _EVER)
        return {
            name: _sum([counts for at, counts in self._hours[stream] if at >= max(begin, self.now - period)])
            for name, period in PERIODS
        }


def _sum(parts: list[Counts]) -> Counts:
    fields = Counts.__struct_fields__
    return Counts(**{name: sum(getattr(part, name) for part in parts) for name in fields})
