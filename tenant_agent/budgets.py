"""What addresses that warm up have sent, by class and UTC hour: counted with the assignment, taken back with it."""

import sqlite3
from collections import Counter
from collections.abc import Iterable

from tenant_agent import wire
from tenant_agent.assignment import Budget
from tenant_agent.journal import Journal

SCHEMA = """
create table if not exists warmup_sent (
  ip_id text not null, provider text not null, hour integer not null, sent integer not null,
  primary key (ip_id, provider, hour)
) without rowid;
"""

_HOUR_MS = 3_600_000
_HOURS_OF_DAY = 24
_HOURS_KEPT = 72


def hour_of(now_ms: int) -> int:
    """Give the hours since 1970."""
    return now_ms // _HOUR_MS


def count(db: sqlite3.Connection, budgets: Iterable[Budget], amount: int) -> None:
    """Count deliveries that were assigned, or with -1 those that were not injected after all."""
    db.executemany(
        "insert into warmup_sent values (?, ?, ?, ?)"
        " on conflict (ip_id, provider, hour) do update set sent = sent + excluded.sent",
        [(each.ip_id, each.provider, each.hour, amount) for each in budgets],
    )


def prune(db: sqlite3.Connection, now_ms: int) -> None:
    """Forget what is older than any cap looks back."""
    db.execute("delete from warmup_sent where hour < ?", (hour_of(now_ms) - _HOURS_KEPT,))


_Key = tuple[str, str, int]


def _on_disk(db: sqlite3.Connection) -> dict[_Key, int]:
    rows = db.execute("select ip_id, provider, hour, sent from warmup_sent").fetchall()
    return {(ip_id, provider, hour): sent for ip_id, provider, hour, sent in rows}


class Budgets:
    """The same numbers in memory, for decisions."""

    def __init__(self) -> None:
        self._sent: dict[_Key, int] = {}
        self._refreshing: list[Counter[_Key]] = []

    def load(self, db: sqlite3.Connection) -> None:
        """Begin with what is on disk."""
        self._sent = _on_disk(db)

    async def refresh(self, journal: Journal) -> None:
        """Go by what is on disk again; what is counted while that is written down and read still counts."""
        meanwhile: Counter[_Key] = Counter()
        self._refreshing.append(meanwhile)
        try:
            found = await journal.write(_on_disk)  # behind all that was counted before
        finally:
            self._refreshing = [each for each in self._refreshing if each is not meanwhile]
        for key, amount in meanwhile.items():
            found[key] = found.get(key, 0) + amount
        self._sent = found

    def count(self, budget: Budget, amount: int) -> None:
        """Count an assignment, or take it back."""
        key = (budget.ip_id, budget.provider, budget.hour)
        self._sent[key] = self._sent.get(key, 0) + amount
        for meanwhile in self._refreshing:
            meanwhile[key] += amount

    def left(self, ip_id: str, provider: str, cap: wire.Cap, now_ms: int) -> int:
        """Give how many more may leave in this hour, within this day."""
        hour = hour_of(now_ms)
        in_hour = self._sent.get((ip_id, provider, hour), 0)
        return min(cap.per_hour - in_hour, cap.per_day - self._in_day(ip_id, provider, hour))

    def turns_ms(self, ip_id: str, provider: str, cap: wire.Cap, now_ms: int) -> int:
        """Give when there is room again: at the turn of the hour, or of the day."""
        hour = hour_of(now_ms)
        is_day_full = self._in_day(ip_id, provider, hour) >= cap.per_day
        turn = hour - hour % _HOURS_OF_DAY + _HOURS_OF_DAY if is_day_full else hour + 1
        return turn * _HOUR_MS

    def today(self, now_ms: int) -> dict[str, dict[str, int]]:
        """Give what left today, by address and class."""
        hour = hour_of(now_ms)
        found: dict[str, dict[str, int]] = {}
        for ip_id, provider in sorted({key[:2] for key in self._sent}):
            if sent := self._in_day(ip_id, provider, hour):
                found.setdefault(ip_id, {})[provider] = sent
        return found

    def _in_day(self, ip_id: str, provider: str, hour: int) -> int:
        first = hour - hour % _HOURS_OF_DAY
        return sum(self._sent.get((ip_id, provider, each), 0) for each in range(first, first + _HOURS_OF_DAY))
