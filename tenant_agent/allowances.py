"""What tenants may submit by SMTP: counted here against what the control plane granted in advance, exact over restarts.

Grants are items of the kind `quota`, read as they are stored. A count is written down before the mail is accepted; it
survives the agent's end at once, and a power failure but for the last seconds (`told` makes it safe with each beat).
"""

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from tenant_agent import wire
from tenant_agent.clock import Clock

_SCHEMA = """
create table if not exists used (
  tenant_id text not null, window text not null, recipients integer not null,
  dropped_ms integer,                      -- when it was first missing in the tenant's item; null: it is in it
  primary key (tenant_id, window)
) without rowid;
"""
_DROPPED_FOR_MS = 600_000
"""For so long a window that is over is still told about."""
_UNKNOWN = "451 4.3.0 It is not known here yet how much your account may send: try again in a minute"
_NO_MORE_YET = (
    "452 4.3.1 Your account's share of its limit is used up on this server: more is asked for, try again soon"
)
_AWAY = "452 4.3.1 Your account's share of its limit is used up, and no more can be asked for just now: try again later"

_quota = msgspec.msgpack.Decoder(wire.QuotaItem)


class _Grant(msgspec.Struct, frozen=True):
    """What counts at a moment."""

    window: str
    recipients: int
    ends_at_ms: int


class Allowances:
    """Counts what is submitted, and says no when it is too much."""

    def __init__(self, state_database: Path, path: Path, clock: Clock, on_need: Callable[[], None]) -> None:
        self._state_database = state_database
        self._opened: sqlite3.Connection | None = None
        path.touch(mode=0o600)
        self._used = sqlite3.connect(path, isolation_level=None)
        self._used.execute("pragma journal_mode = wal")
        self._used.execute("pragma synchronous = normal")
        self._used.executescript(_SCHEMA)
        self._clock = clock
        self._on_need = on_need
        self._had: dict[str, tuple[_Grant, int]] = {}
        self._refused: dict[str, int] = {}

    def close(self) -> None:
        if self._opened is not None:
            self._opened.close()
        self._used.close()

    def check(self, tenant_id: str, recipients: int, size: int = 0) -> str | None:
        """Count a mail to so many recipients and give None; or count nothing, and give the SMTP reply that says no.

        `size`: of what a program submits, in bytes.
        """
        item = self._item(tenant_id)
        if item is None:
            return _UNKNOWN if self._knows_of_quotas() else None
        if item.message_bytes is not None and size > item.message_bytes:
            return _too_large(item.message_bytes, size)
        grant = _grant(item, self._clock.now_ms())
        if grant is None:
            return self._refuse(item, recipients, _AWAY)
        used = self._used_in(tenant_id, grant.window)
        if grant.recipients != wire.UNLIMITED and used + recipients > grant.recipients:
            return self._refuse(item, recipients, _full(item) if item.is_all else _NO_MORE_YET)
        self._count(tenant_id, grant.window, recipients)
        self._look_ahead(tenant_id, grant, used, recipients)
        return None

    def told(self, beat: wire.Heartbeat) -> wire.Heartbeat:
        """Add to a heartbeat what was used and what is wanted."""
        items = self._all_items()
        used: dict[str, dict[str, int]] = {}
        for tenant_id, window, recipients in self._to_tell(items):
            used.setdefault(tenant_id, {})[window] = recipients
        wanted = {tenant_id: more for tenant_id in items if (more := self._wanted(tenant_id)) > 0}
        self._refused.clear()
        self._used.execute("pragma wal_checkpoint(passive)")
        return msgspec.structs.replace(beat, quota_used=used, quota_wanted=wanted)

    # --- Items --------------------------------------------------------------------------------------------------------

    @property
    def _items(self) -> sqlite3.Connection:
        """Open the agent's state, which is made after this."""
        if self._opened is None:
            self._opened = sqlite3.connect(self._state_database, isolation_level=None)
            self._opened.execute("pragma query_only = on")
        return self._opened

    def _item(self, tenant_id: str) -> wire.QuotaItem | None:
        query = "select payload from items where kind = 'quota' and key = ?"
        row = self._items.execute(query, (tenant_id,)).fetchone()
        return None if row is None else _readable(row[0])

    def _all_items(self) -> dict[str, wire.QuotaItem]:
        rows = self._items.execute("select key, payload from items where kind = 'quota'").fetchall()
        return {key: item for key, payload in rows if (item := _readable(payload)) is not None}

    def _knows_of_quotas(self) -> bool:
        """A control plane of an older version grants nothing, and limits nothing here."""
        return self._items.execute("select 1 from items where kind = 'quota' limit 1").fetchone() is not None

    # --- Counts -------------------------------------------------------------------------------------------------------

    def _used_in(self, tenant_id: str, window: str) -> int:
        query = "select recipients from used where tenant_id = ? and window = ?"
        row = self._used.execute(query, (tenant_id, window)).fetchone()
        return 0 if row is None else int(row[0])

    def _count(self, tenant_id: str, window: str, recipients: int) -> None:
        self._used.execute(
            "insert into used (tenant_id, window, recipients) values (?, ?, ?)"
            " on conflict (tenant_id, window) do update set recipients = recipients + excluded.recipients",
            (tenant_id, window, recipients),
        )

    def _to_tell(self, items: dict[str, wire.QuotaItem]) -> list[tuple[str, str, int]]:
        """Give the counts that matter, and forget those of windows that have long been over."""
        now_ms = self._clock.now_ms()
        told: list[tuple[str, str, int]] = []
        for tenant_id, window, recipients, dropped_ms in self._used.execute("select * from used").fetchall():
            item, key = items.get(tenant_id), (tenant_id, window)
            if item is not None and window in {item.window, item.next_window}:
                told.append((*key, recipients))
            elif dropped_ms is None:
                self._used.execute("update used set dropped_ms = ? where tenant_id = ? and window = ?", (now_ms, *key))
                told.append((*key, recipients))
            elif now_ms - dropped_ms < _DROPPED_FOR_MS:
                told.append((*key, recipients))
            else:
                self._used.execute("delete from used where tenant_id = ? and window = ?", key)
        return told

    # --- What is wanted -----------------------------------------------------------------------------------------------

    def _refuse(self, item: wire.QuotaItem, recipients: int, reply: str) -> str:
        is_news = item.tenant_id not in self._refused
        self._refused[item.tenant_id] = max(recipients, self._refused.get(item.tenant_id, 0))
        if is_news:
            self._on_need()
        return reply

    def _look_ahead(self, tenant_id: str, grant: _Grant, used: int, recipients: int) -> None:
        """Ask for more in the moment in which half of what there was is used."""
        if grant.recipients == wire.UNLIMITED:
            return
        known, _ = self._had.get(tenant_id, (None, 0))
        if known != grant:
            self._had[tenant_id] = (grant, grant.recipients - used)
        had, left = self._had[tenant_id][1], grant.recipients - used - recipients
        if left * 2 < had <= (left + recipients) * 2:
            self._on_need()

    def _wanted(self, tenant_id: str) -> int:
        """Twice what there was, once half of it is gone; and what was refused, whatever there was."""
        grant, had = self._had.get(tenant_id, (None, 0))
        refused = self._refused.get(tenant_id, 0)
        if grant is None:
            return refused
        left = grant.recipients - self._used_in(tenant_id, grant.window)
        return max(refused, 2 * had - left if left * 2 < had else 0)


def _grant(item: wire.QuotaItem, now_ms: int) -> _Grant | None:
    """Give what may be used now: the window's own, the next one's when it has ended, then nothing."""
    if item.granted == wire.UNLIMITED or now_ms < item.ends_at_ms:
        return _Grant(item.window, item.granted, item.ends_at_ms)
    if item.next_window is not None and now_ms < item.next_ends_at_ms:
        return _Grant(item.next_window, item.next_granted, item.next_ends_at_ms)
    return None


def _full(item: wire.QuotaItem) -> str:
    """Say that the limit is reached; programs are to come back by themselves only if it is not for long."""
    ends = datetime.fromtimestamp(item.ends_at_ms / 1000, UTC)
    what = {13: "hour", 10: "day", 7: "month"}.get(len(item.window), "time")
    code = "452 4.3.1" if what == "hour" else "550 5.7.1"
    return (
        f"{code} Your account's limit of messages for this {what} is reached:"
        f" wait until {ends:%Y-%m-%d %H:%M} UTC, or ask your provider for a larger plan"
    )


def _too_large(most: int, size: int) -> str:
    return (
        f"552 5.3.4 Your plan allows messages of at most {most // 1024:,} KiB, and this one has {size // 1024 + 1:,}:"
        " send links to files instead of them, or ask your provider for a larger plan"
    )


def _readable(payload: bytes) -> wire.QuotaItem | None:
    try:
        return _quota.decode(payload)
    except msgspec.MsgspecError:
        return None
