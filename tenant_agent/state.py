"""The node's private copy of its desired state, and how far the daemons' files have followed it.

One SQLite file, opened by the agent alone. A change is stored here first, with a mark that it is still to be projected;
the mark goes when the projection is verified. So an agent killed at any moment finds on its next start what it was
about, does it again (every projection may be repeated) and ends in the one generation that is stored.
"""

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tenant_agent import wire

_SCHEMA = """
create table if not exists items (
  kind text not null, key text not null, tenant_id text, payload blob not null, primary key (kind, key)
) without rowid;
create table if not exists pending (kind text not null, key text not null, primary key (kind, key)) without rowid;
create table if not exists quarantine (
  kind text not null, key text not null, tenant_id text, reason text not null, primary key (kind, key)
) without rowid;
create table if not exists names (
  kind text not null, key text not null, name text not null, primary key (kind, key, name)
) without rowid;
create index if not exists names_by_name on names (kind, name);
create table if not exists arriving (
  kind text not null, key text not null, tenant_id text, payload blob not null, primary key (kind, key)
) without rowid;
create table if not exists facts (name text primary key, value text not null) without rowid;
"""


class ItemId(NamedTuple):
    """What an item is called."""

    kind: str
    key: str


class StoredItem(NamedTuple):
    """An item as it was received; the payload may turn out not to be readable."""

    id: ItemId
    tenant_id: str | None
    payload: bytes


class State:
    """The desired state; every method that changes it is one durable transaction."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("pragma journal_mode = wal")
        self._db.execute("pragma synchronous = full")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        self._db.close()

    @property
    def generation(self) -> int:
        """The generation that is stored."""
        return int(self.fact("generation") or 0)

    @property
    def applied_generation(self) -> int:
        """The last generation that was in force as a whole."""
        return int(self.fact("applied_generation") or 0)

    @property
    def audit_due(self) -> bool:
        """Whether everything is to be compared with the files, not only the pending items."""
        return self.fact("audit_due") is not None

    def store(self, generation: int, changes: Iterable[wire.Change]) -> None:
        """Take a delta."""
        with self._transaction():
            for change in changes:
                self._take(change)
                self._db.execute("insert or ignore into pending values (?, ?)", (change.kind, change.key))
            self._set("generation", str(max(generation, self.generation)))

    def replace(self, generation: int, changes: Iterable[wire.Change]) -> None:
        """Take a snapshot, or its last part: what is in none of them is gone."""
        with self._transaction():
            self._arrive(changes)
            self._db.execute("delete from items")
            self._db.execute("delete from pending")
            self._db.execute("insert into items select * from arriving")
            self._db.execute("delete from arriving")
            self._set("generation", str(generation))
            self._set("audit_due", "yes")

    def keep_part(self, changes: Iterable[wire.Change], *, begins: bool) -> None:
        """Keep a part of a snapshot until `replace` brings the last one; the first drops what came of another."""
        with self._transaction():
            if begins:
                self._db.execute("delete from arriving")
            self._arrive(changes)

    def _arrive(self, changes: Iterable[wire.Change]) -> None:
        """An item that was deleted while the snapshot was read turns up again, without payload."""
        for change in changes:
            if change.payload is None:
                self._db.execute("delete from arriving where kind = ? and key = ?", (change.kind, change.key))
            else:
                values = (change.kind, change.key, change.tenant_id, change.payload)
                self._db.execute("insert or replace into arriving values (?, ?, ?, ?)", values)

    def replace_tenants(self, generation: int, tenants: Iterable[str], changes: Iterable[wire.Change]) -> None:
        """Take all there is of some tenants, the empty name being the node's own: what else is here of them is gone."""
        with self._transaction():
            for tenant_id in tenants:
                self._db.execute(
                    "insert or ignore into pending select kind, key from items where tenant_id is nullif(?, '')",
                    (tenant_id,),
                )
                self._db.execute("delete from items where tenant_id is nullif(?, '')", (tenant_id,))
            for change in changes:
                self._take(change)
                self._db.execute("insert or ignore into pending values (?, ?)", (change.kind, change.key))
            self._set("generation", str(max(generation, self.generation)))

    def keys_of(self, kind: str) -> list[str]:
        """List the items of a kind, in order."""
        return [row[0] for row in self._db.execute("select key from items where kind = ? order by key", (kind,))]

    def has(self, item_id: ItemId) -> bool:
        """Say whether there is such an item."""
        return self._db.execute("select 1 from items where kind = ? and key = ?", item_id).fetchone() is not None

    def look_again_at(self, ids: Collection[ItemId]) -> None:
        """Mark items as still to be projected."""
        if ids:
            with self._transaction():
                self._db.executemany("insert or ignore into pending values (?, ?)", ids)

    def pending(self) -> list[ItemId]:
        return [ItemId(*row) for row in self._db.execute("select kind, key from pending")]

    def item(self, item_id: ItemId) -> StoredItem | None:
        row = self._db.execute("select tenant_id, payload from items where kind = ? and key = ?", item_id).fetchone()
        return None if row is None else StoredItem(item_id, *row)

    def items(self) -> Iterator[StoredItem]:
        for kind, key, tenant_id, payload in self._db.execute("select kind, key, tenant_id, payload from items"):
            yield StoredItem(ItemId(kind, key), tenant_id, payload)

    def items_of(self, kinds: Iterable[str]) -> list[StoredItem]:
        """List the items of some kinds."""
        query = "select key, tenant_id, payload from items where kind = ? order by key"
        return [
            StoredItem(ItemId(kind, key), tenant_id, payload)
            for kind in sorted(kinds)
            for key, tenant_id, payload in self._db.execute(query, (kind,))
        ]

    def names_of(self, item_id: ItemId) -> frozenset[str]:
        """Give the names that an item was projected under, beside its key."""
        rows = self._db.execute("select name from names where kind = ? and key = ?", item_id)
        return frozenset(row[0] for row in rows)

    def holders(self, kind: str, name: str) -> list[ItemId]:
        """List the items of a kind that were projected under a name."""
        rows = self._db.execute("select kind, key from names where kind = ? and name = ?", (kind, name))
        return [ItemId(*row) for row in rows]

    def settle(
        self,
        generation: int,
        seen: Iterable[ItemId] | None,
        refused: Iterable[wire.Quarantined],
        names: Mapping[ItemId, Iterable[str]] | None = None,
    ) -> None:
        """Note that the projections are at this generation. `seen` are the items looked at; none means all.

        `names` are those that items among them were projected under, beside their keys.
        """
        with self._transaction():
            if seen is None:
                self._db.execute("delete from pending")
                self._db.execute("delete from quarantine")
                self._db.execute("delete from names")
                self._db.execute("delete from facts where name = 'audit_due'")
            else:
                for item_id in seen:
                    self._db.execute("delete from pending where kind = ? and key = ?", item_id)
                    self._db.execute("delete from quarantine where kind = ? and key = ?", item_id)
                    self._db.execute("delete from names where kind = ? and key = ?", item_id)
            for item_id, under in (names or {}).items():
                self._db.executemany("insert or ignore into names values (?, ?, ?)", [(*item_id, n) for n in under])
            for entry in refused:
                self._quarantine(entry)
            self._set("applied_generation", str(generation))

    def quarantined(self) -> tuple[wire.Quarantined, ...]:
        rows = self._db.execute("select kind, key, tenant_id, reason from quarantine order by kind, key")
        return tuple(wire.Quarantined(kind=k, key=key, tenant_id=t, reason=r) for k, key, t, r in rows)

    def fact(self, name: str) -> str | None:
        row = self._db.execute("select value from facts where name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def facts(self, prefix: str) -> dict[str, str]:
        """Give all facts whose names begin so."""
        rows = self._db.execute("select name, value from facts where substr(name, 1, ?) = ?", (len(prefix), prefix))
        return {str(name): str(value) for name, value in rows}

    def note(self, name: str, value: str) -> None:
        """Remember a fact of the agent's own."""
        self.note_all({name: value})

    def note_all(self, facts: Mapping[str, str]) -> None:
        """Remember facts of the agent's own, together."""
        if facts:
            with self._transaction():
                for name, value in facts.items():
                    self._set(name, value)

    def _take(self, change: wire.Change) -> None:
        if change.payload is None:
            self._db.execute("delete from items where kind = ? and key = ?", (change.kind, change.key))
        else:
            self._db.execute(
                "insert or replace into items values (?, ?, ?, ?)",
                (change.kind, change.key, change.tenant_id, change.payload),
            )

    def _quarantine(self, entry: wire.Quarantined) -> None:
        self._db.execute(
            "insert or replace into quarantine values (?, ?, ?, ?)",
            (entry.kind, entry.key, entry.tenant_id, entry.reason),
        )

    def _set(self, name: str, value: str) -> None:
        self._db.execute("insert or replace into facts values (?, ?)", (name, value))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("begin immediate")
        try:
            yield
        except BaseException:
            self._db.execute("rollback")
            raise
        self._db.execute("commit")
