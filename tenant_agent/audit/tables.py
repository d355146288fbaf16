"""One round through all tables, cut into slices of some milliseconds, so that changes never wait for it.

Items are looked at first (a row is missing or another), then rows (there is no item for them). Mailboxes go by the
passwd-file that they are in, which is so read once.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tenant_agent.by_key import rows as by_key
from tenant_agent.project import RowId, Table
from tenant_agent.projections import RowStore
from tenant_agent.projections.passwd_shards import shard_of
from tenant_agent.state import ItemId, State

_MAILBOXES = "mailbox"
_OTHER_KINDS = ("domain", "dkim", "intake", "inbound", "challenge", "certificate", "smtp_key")
_ITEMS_PER_SLICE = 50
_SORTED_PER_SLICE = 2000
_KIND_OF: dict[Table, str] = {
    Table.USERS: _MAILBOXES,
    Table.SENDER_LOGINS: _MAILBOXES,
    Table.ELSEWHERE: _MAILBOXES,
    Table.PASSED: _MAILBOXES,
    Table.MAILBOXES: _MAILBOXES,
    Table.DOMAINS: "domain",
    Table.INTAKES: "intake",
    Table.QUIET: "intake",
    Table.NEVER_REFUSED: "intake",
    Table.CHALLENGES: "challenge",
    Table.ROUTED: "inbound",
    Table.ROUTED_DOMAINS: "inbound",
    Table.SMTP_KEYS: "smtp_key",
}
"""What each row of a table is named after, but for a `.` before it; the rows of certificates are named after hosts."""


_PEERS = ItemId("peers", "self")
_PEER_TABLES = frozenset({Table.PEER_POLICIES, Table.PEER_CERTIFICATES, Table.PEER_ROOTS, Table.PEER_SETTINGS})


class Slice(NamedTuple):
    """What is looked at together."""

    items: tuple[ItemId, ...]
    strays: tuple[RowId, ...] = ()
    """Rows that no item stands for."""


NOTHING = Slice(())
"""A moment to see whether there is something else to do."""


def one_round(state: State, stores: Mapping[Table, RowStore]) -> Iterator[Slice]:
    """Go through everything once; what changes meanwhile may be seen or not."""
    yield from _by_passwd_file(state)
    for kind in _OTHER_KINDS:
        ids = [ItemId(kind, key) for key in state.keys_of(kind)]
        for first in range(0, len(ids), _ITEMS_PER_SLICE):
            yield Slice(tuple(ids[first : first + _ITEMS_PER_SLICE]))
    yield Slice((_PEERS,), tuple(_of_peers(stores)))
    for table, store in stores.items():
        for keys in store.pages():
            yield Slice((), tuple(row for row in _rows(table, keys) if not _has_item(state, row)))


def owner_of(state: State, row: RowId) -> str | None:
    """Name the tenant that a row is of, if there is an item for it."""
    kind = "dkim" if row.table is Table.SIGNING_KEYS else _KIND_OF.get(row.table)
    ids = state.holders("certificate", row.key) if kind is None else [_item_of(kind, row)]
    stored = state.item(ids[0]) if ids else None
    return None if stored is None else stored.tenant_id


def _of_peers(stores: Mapping[Table, RowStore]) -> Iterator[RowId]:
    """Give all rows that can be of peers: their item is named by none of them."""
    for table in sorted(_PEER_TABLES & stores.keys()):
        for keys in stores[table].pages():
            yield from _rows(table, keys)


def _by_passwd_file(state: State) -> Iterator[Slice]:
    by_file: dict[str, list[str]] = defaultdict(list)
    for number, key in enumerate(state.keys_of(_MAILBOXES)):
        by_file[shard_of(key)].append(key)
        if number % _SORTED_PER_SLICE == 0:
            yield NOTHING
    for keys in by_file.values():
        yield Slice(tuple(ItemId(_MAILBOXES, key) for key in keys))


def _rows(table: Table, keys: list[str]) -> Iterator[RowId]:
    return (RowId(table, key) for key in keys)


def _item_of(kind: str, row: RowId) -> ItemId:
    key = by_key.key_of(row.key) if row.table is Table.SMTP_KEYS else row.key.removeprefix(".")
    return ItemId(kind, key)


def _has_item(state: State, row: RowId) -> bool:
    kind = _KIND_OF.get(row.table)
    if row.table is Table.OWN_CERTIFICATE or row.table in _PEER_TABLES:
        return True  # it is looked at with the certificate that is for the node's own name, or with the peers
    if kind is None:
        return bool(state.holders("certificate", row.key))
    return state.has(_item_of(kind, row))
