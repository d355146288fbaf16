"""Makes the daemons' tables follow the stored state: compare, write in order, ask as the daemons ask, then settle."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from importlib.metadata import version
from typing import NamedTuple

import msgspec

from tenant_agent import sending, wire
from tenant_agent.clock import Clock
from tenant_agent.design import STOCK
from tenant_agent.identifiers import Unfit
from tenant_agent.moves.duties import Duty, check_move, closed, duty_of
from tenant_agent.peers.book import fit_peers
from tenant_agent.plan import Plan, diff, diff_tables
from tenant_agent.project import (
    Here,
    Projection,
    RowId,
    Rows,
    Table,
    Tables,
    check_node,
    chosen,
    decode,
    project,
    project_tables,
    row_ids_of,
    row_ids_of_host,
    rows_of,
)
from tenant_agent.projections import RowStore, Unavailable, VolatileStore
from tenant_agent.projections.homes import Homes
from tenant_agent.sending import Sending
from tenant_agent.state import ItemId, State, StoredItem
from tenant_agent.transports import PLAIN

NODE = ItemId("node", "self")
SHAPING = ItemId("shaping", "self")
PEERS = ItemId("peers", "self")
_DOVECOT_READS = (Table.LOCAL_NAMES, Table.PEER_ROOTS, Table.PEER_SETTINGS)
DAEMONS = ItemId("daemons", "self")
_FIT_NODE, _FIT_SHAPING, _FIT_DAEMONS = "node", "shaping", "daemons"
_WRITTEN_BY = "written_by"
AGENT_VERSION = version("fleetpost")
"""Another version may write rows in another way."""
_KEYS_AT_ONCE = 500


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a projection did."""

    generation: int
    refused: tuple[wire.Quarantined, ...]
    changes_domains: bool
    changes_local_names: bool
    """Certificates that Dovecot reads when it is reloaded are others, or what it knows of other nodes."""
    changes_own_certificate: bool
    """What is served to clients that ask for no host is another, or lies elsewhere."""
    logins: dict[str, str | None]
    """Changed users as in `Plan.logins`, of which `stale_logins` were others before."""
    stale_logins: frozenset[str]
    node: wire.NodeItem | None
    """What the node is, by the last item that was fit."""
    sending: Sending = Sending()
    daemons: wire.DaemonsItem = STOCK
    """How the daemons are configured, by the last item that was fit."""
    peers: wire.PeersItem = wire.PeersItem(peers=())
    """The other nodes."""
    rerouted: frozenset[str] = frozenset()
    """As in `Plan.rerouted`."""
    duties: dict[str, Duty] = {}
    """Mailboxes that move from here or to here."""
    drifted: tuple[RowId, ...] = ()
    """Rows that somebody else had changed before this life of the agent."""


class Peers(NamedTuple):
    """Who the other nodes are, by the item of these bytes, and where those with mailboxes are."""

    payload: bytes
    item: wire.PeersItem
    homes: Mapping[str, str]


class Examined(NamedTuple):
    """What was not as it had been left."""

    plan: Plan
    keys: frozenset[str]
    """Signing keys in Redis."""


class Projector:
    """The one writer of all tables; blocking, and to be used by one thread at a time."""

    def __init__(
        self,
        state: State,
        node_id: str,
        *,
        stores: Mapping[Table, RowStore],
        signing_keys: VolatileStore,
        homes: Homes,
        clock: Clock,
        renderers: tuple[int, ...] = (),
    ) -> None:
        self._state = state
        self._node_id = node_id
        self._stores = stores
        self._signing_keys = signing_keys
        self._homes = homes
        self._clock = clock
        self._renderers = renderers
        self._keys_due: set[str] | None = None  # none: all of them
        self._audited = False
        self._is_new_life = True
        self._sending: Sending | None = None
        self._peers = Peers(b"", wire.PeersItem(peers=()), {})

    def bring_up(self) -> Outcome:
        """Project what is pending, and the first time everything; raises `Unavailable`, `Unverified` or `OSError`."""
        generation = self._state.generation
        node = self._fit_node()
        here = self._here(node)
        due, explained = self._due(), self._explained()
        ids, hosts = (None, frozenset[str]()) if due is None else self._with_rivals(due, here)
        projection, plan = self._plan_all(here) if ids is None else self._plan(ids, hosts, here)
        self._carry_out(plan)
        self._note_keys_due(ids)
        self._state.settle(generation, ids, projection.refused, projection.names)
        self._audited, self._is_new_life = True, False
        if self._state.fact(_WRITTEN_BY) != AGENT_VERSION:
            self._state.note(_WRITTEN_BY, AGENT_VERSION)
        return Outcome(
            generation=generation,
            refused=tuple(projection.refused),
            changes_domains=plan.changes_domains,
            changes_local_names=any(plan.changes(table) for table in _DOVECOT_READS),
            changes_own_certificate=plan.changes(Table.OWN_CERTIFICATE),
            logins=plan.logins,
            stale_logins=plan.stale_logins,
            node=node,
            sending=self._gathered_sending(ids, here),
            daemons=self._fit_daemons(here),
            peers=self._peers.item,
            rerouted=plan.rerouted,
            duties=self._duties(),
            drifted=() if explained is None else tuple(row for row in plan.rows if row not in explained),
        )

    def _plan_all(self, here: Here) -> tuple[Tables, Plan]:
        desired = project_tables(self._state.items(), here, self._stores)
        return desired, diff_tables(desired.rows, lambda table: self._stores[table].read_all())

    def _plan(self, ids: list[ItemId], hosts: frozenset[str], here: Here) -> tuple[Projection, Plan]:
        projection = project(self._items(ids), here)
        desired = {row_id: value for row_id, value in projection.rows.items() if row_id.table in self._stores}
        return projection, diff(desired, self._projected(ids, hosts, here))

    def examine(self, items: Collection[ItemId], strays: Collection[RowId] = ()) -> Examined:
        """Put right the rows of these items, and rows that no item stands for, where somebody else has changed them."""
        here = self._here(self._fit_node())
        ids, hosts = self._with_rivals(list(items), here)
        projection = project(self._items(ids), here)
        if self._is_refused_by_now(projection):
            return Examined(Plan(steps=(), stale_logins=frozenset()), frozenset())
        desired = {row_id: value for row_id, value in projection.rows.items() if row_id.table in self._stores}
        plan = diff(desired, self._projected(ids, hosts, here) | self._read(strays))
        self._carry_out(plan)
        return Examined(plan, self._examine_keys(ids, chosen(projection.rows, Table.SIGNING_KEYS)))

    def _is_refused_by_now(self, projection: Projection) -> bool:
        """Have items looked at again that were fit and are not: a certificate has expired, which is no drift."""
        if not projection.refused:
            return False
        known = {(entry.kind, entry.key) for entry in self._state.quarantined()}
        new = [ItemId(each.kind, each.key) for each in projection.refused if (each.kind, each.key) not in known]
        self._state.look_again_at(new)
        return bool(new)

    def _examine_keys(self, ids: Iterable[ItemId], desired: Mapping[str, str]) -> frozenset[str]:
        """Have the signing keys written again that are others in Redis; gives which."""
        asked = [item_id.key for item_id in ids if item_id.kind == "dkim"]
        if not asked or self._keys_due != set():
            return frozenset()
        try:
            present = self._signing_keys.read(asked)
        except Unavailable:
            return frozenset()
        wrong = {key for key in asked if present.get(key) != desired.get(key)}
        self._keys_due = wrong
        return frozenset(wrong)

    def look_at_all_again(self) -> None:
        """Compare everything with the next projection: a table was taken away as a whole."""
        self._audited = False

    def fill_signing_keys(self) -> bool:
        """Write the signing keys that are due, or all if Redis has restarted; gives false while it does not answer."""
        try:
            if not self._signing_keys.is_filled():
                self._keys_due = None
            if self._keys_due is None or self._keys_due:
                self._write_keys(self._keys_due)
                self._signing_keys.mark_filled()
                self._keys_due = set()
        except Unavailable:
            return False
        return True

    def _due(self) -> list[ItemId] | None:
        """Give the items to look at, or none for all.

        All are looked at in each new life, which may write rows in another way, and when the node itself has changed.
        """
        pending = self._state.pending()
        return None if not self._audited or self._state.audit_due or {NODE, PEERS} & set(pending) else pending

    def _explained(self) -> frozenset[RowId] | None:
        """Give the rows that nobody else need have changed if they are others now; none: all of them.

        Only the first look in a life finds what somebody changed before: later ones have a round of their own.
        """
        pending = self._state.pending()
        kinds = {item_id.kind for item_id in pending}
        by_this_version = self._state.fact(_WRITTEN_BY) == AGENT_VERSION
        if (
            not self._is_new_life
            or not by_this_version
            or self._state.audit_due
            or kinds & {"node", "peers", "certificate"}
        ):
            return None
        return frozenset(row_id for item_id in pending for row_id in row_ids_of(item_id))

    def _with_rivals(self, due: list[ItemId], here: Here) -> tuple[list[ItemId], frozenset[str]]:
        """Add what has a part in the same rows; give all hosts of the certificates among them.

        Those are the mailboxes that move, and the certificates that share a host with one that is due, and so on.
        """
        moved = [ItemId("mailbox", item_id.key) for item_id in due if item_id.kind == "move"]
        ids, hosts = dict.fromkeys([*due, *moved]), dict[str, None]()
        waiting = [item_id for item_id in due if item_id.kind == "certificate"]
        while waiting:
            new = [host for host in self._hosts_of(waiting.pop(), here) if host not in hosts]
            hosts |= dict.fromkeys(new)
            rivals = [rival for host in new for rival in self._state.holders("certificate", host) if rival not in ids]
            ids |= dict.fromkeys(rivals)
            waiting += rivals
        return list(ids), frozenset(hosts)

    def _hosts_of(self, item_id: ItemId, here: Here) -> frozenset[str]:
        """Give the hosts that a certificate is for, and those that it was for."""
        now = project(self._items([item_id]), here).names.get(item_id, ())
        return self._state.names_of(item_id).union(now)

    def _items(self, ids: Iterable[ItemId]) -> Iterator[StoredItem]:
        return (stored for stored in map(self._state.item, ids) if stored is not None)

    def _projected(self, ids: Iterable[ItemId], hosts: Iterable[str], here: Here) -> Rows:
        asked = [row_id for item_id in ids for row_id in row_ids_of(item_id)]
        asked += [row_id for host in hosts for row_id in row_ids_of_host(host, here)]
        return self._read(asked)

    def _read(self, asked: Collection[RowId]) -> Rows:
        return {
            RowId(table, key): value
            for table, store in self._stores.items()
            for key, value in store.read([row_id.key for row_id in asked if row_id.table is table]).items()
        }

    def _carry_out(self, plan: Plan) -> None:
        for step in plan.steps:
            if step.table is Table.USERS:
                self._homes.prepare(step.puts.values())
            self._stores[step.table].write(step.puts, step.deletes)
        for step in plan.steps:
            self._stores[step.table].verify(step.puts, step.deletes)

    def _note_keys_due(self, ids: Iterable[ItemId] | None) -> None:
        if ids is None:
            self._keys_due = None
        elif self._keys_due is not None:
            rows = (row_id for item_id in ids for row_id in row_ids_of(item_id))
            self._keys_due |= {row_id.key for row_id in rows if row_id.table is Table.SIGNING_KEYS}

    def _write_keys(self, due: Collection[str] | None) -> None:
        """Write those that are due, or all and take away what is too much; never many in memory at once."""
        keys = self._state.keys_of("dkim") if due is None else list(due)
        for first in range(0, len(keys), _KEYS_AT_ONCE):
            self._write_some_keys(keys[first : first + _KEYS_AT_ONCE])
        if due is None:
            known = frozenset(keys)
            for page in self._signing_keys.pages():
                self._signing_keys.write({}, [key for key in page if key not in known])

    def _write_some_keys(self, keys: list[str]) -> None:
        items = self._items(ItemId("dkim", key) for key in keys)
        desired = chosen(project(items, self._here(self._fit_node())).rows, Table.SIGNING_KEYS)
        gone = self._signing_keys.read(keys).keys() - desired.keys()
        self._signing_keys.write(desired, gone)
        self._signing_keys.verify(desired, gone)

    def _fit_node(self) -> wire.NodeItem | None:
        """Give what the node is; if that is not fit, what it was before."""
        stored, noted = self._state.item(NODE), self._state.fact(_FIT_NODE)
        if stored is not None and stored.payload.hex() != noted and _is_fit(stored):
            noted = stored.payload.hex()
            self._state.note(_FIT_NODE, noted)
        return None if noted is None else msgspec.msgpack.decode(bytes.fromhex(noted), type=wire.NodeItem)

    def _gathered_sending(self, ids: Iterable[ItemId] | None, here: Here) -> Sending:
        """Gather how mail leaves, again if an item that says something about it was looked at."""
        if self._sending is None or ids is None or any(item_id.kind in sending.KINDS for item_id in ids):
            items = self._state.items_of(sending.KINDS - {SHAPING.kind})
            self._sending = sending.gathered((_fit_item(each, here) for each in items), self._fit_shaping(here))
        return self._sending

    def _fit_shaping(self, here: Here) -> wire.ShapingItem:
        """Give how providers are treated; if what came is not fit, as it was before."""
        stored, noted = self._state.item(SHAPING), self._state.fact(_FIT_SHAPING)
        if stored is None:
            return PLAIN
        if stored.payload.hex() != noted and _fit_item(stored, here) is not None:
            noted = stored.payload.hex()
            self._state.note(_FIT_SHAPING, noted)
        return PLAIN if noted is None else msgspec.msgpack.decode(bytes.fromhex(noted), type=wire.ShapingItem)

    def _fit_daemons(self, here: Here) -> wire.DaemonsItem:
        """Give how the daemons are configured; if what came is not fit, as they were before."""
        stored, noted = self._state.item(DAEMONS), self._state.fact(_FIT_DAEMONS)
        if stored is None:
            return STOCK
        if stored.payload.hex() != noted and _fit_item(stored, here) is not None:
            noted = stored.payload.hex()
            self._state.note(_FIT_DAEMONS, noted)
        if noted is None:
            return STOCK
        known = msgspec.msgpack.decode(bytes.fromhex(noted), type=wire.DaemonsItem)
        # What its package brought has gone with the package.
        is_gone = known.renderer and known.renderer not in here.renderers
        return msgspec.structs.replace(known, renderer=0) if is_gone else known

    def _homes_of_others(self, now: dt.datetime) -> Mapping[str, str]:
        """Give where the other nodes with mailboxes are; their certificates are looked at when they are others."""
        stored = self._state.item(PEERS)
        payload = b"" if stored is None else stored.payload
        if self._peers.payload != payload:
            item = _peers_in(stored, now)
            homes = {peer.node_id: peer.service_address for peer in item.peers if "mailbox" in peer.roles}
            self._peers = Peers(payload, item, homes)
        return self._peers.homes

    def _moves(self) -> list[wire.MoveItem]:
        items = [_read(stored) for stored in self._state.items_of(["move"])]
        return [item for item in items if isinstance(item, wire.MoveItem)]

    def _duties(self) -> dict[str, Duty]:
        found: dict[str, Duty] = {}
        for move in self._moves():
            stored = self._state.item(ItemId("mailbox", move.address))
            mailbox = None if stored is None else _read(stored)
            if isinstance(mailbox, wire.MailboxItem):
                duty = duty_of(move, mailbox, node_id=self._node_id, mail_store=self._homes.directory)
                found |= {} if duty is None else {move.address: duty}
        return found

    def _here(self, node: wire.NodeItem | None) -> Here:
        roles = frozenset(node.roles) if node is not None else frozenset[str]()
        now = dt.datetime.fromtimestamp(self._clock.now_ms() / 1000, dt.UTC)
        return Here(
            node_id=self._node_id,
            hostname="" if node is None else node.hostname,
            roles=roles,
            mail_store=self._homes.directory,
            peers=self._homes_of_others(now),
            now=now,
            closed=closed(self._moves()),
            renderers=self._renderers,
        )


def _fit_item(stored: StoredItem, here: Here) -> wire.Item | None:
    """Read an item; none if it is one that is refused."""
    try:
        item = decode(stored)
        rows_of(item, here)
    except Unfit:
        return None
    return item


def _peers_in(stored: StoredItem | None, now: dt.datetime) -> wire.PeersItem:
    try:
        item = None if stored is None else decode(stored)
    except Unfit:
        item = None
    return (
        wire.PeersItem(peers=tuple(fit_peers(item, now)))
        if isinstance(item, wire.PeersItem)
        else wire.PeersItem(peers=())
    )


def _read(stored: StoredItem) -> wire.Item | None:
    """Read a move, or a mailbox; none if it is unfit."""
    try:
        item = decode(stored)
        if isinstance(item, wire.MoveItem):
            check_move(item)
    except Unfit:
        return None
    return item


def _is_fit(stored: StoredItem) -> bool:
    try:
        item = decode(stored)
        if isinstance(item, wire.NodeItem):
            check_node(item)
    except Unfit:
        return False
    return isinstance(item, wire.NodeItem)
