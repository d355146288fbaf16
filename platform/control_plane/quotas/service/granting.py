"""One tenant's leases in one transaction: its counters are locked first, then its leases, then its nodes."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from msgspec.structs import replace

from control_plane.core.database import Transaction
from control_plane.core.ids import NodeId, encode
from control_plane.nodes import service as nodes
from control_plane.nodes.schemas import ItemChange
from control_plane.quotas import grants
from control_plane.quotas.grants import Kind, Share
from control_plane.quotas.queries import leases as queries
from control_plane.quotas.queries.leases import LeaseRow, NodeRow
from control_plane.quotas.resources import MESSAGES
from control_plane.quotas.schemas import Count
from control_plane.quotas.service import consume
from control_plane.quotas.windows import UNLIMITED, Span, after, span_of
from tenant_agent import wire

_EVER = Span(UNLIMITED, datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC))
_A_MOMENT = timedelta(seconds=1)


class Granting:
    """Begun, then told what nodes said, then finished."""

    def __init__(self, tx: Transaction, tenant_id: UUID, now: datetime) -> None:
        self._tx = tx
        self._tenant_id = tenant_id
        self._now = now
        self._kind: Kind = "unlimited"
        self._spans: list[Span] = []
        self._nodes: dict[UUID, NodeRow] = {}
        self._rows: dict[tuple[UUID, str], LeaseRow] = {}
        self._before: dict[tuple[UUID, str], LeaseRow] = {}
        self._message_bytes: int | None = None

    async def begin(self) -> None:
        """Lock what is needed."""
        self._kind = grants.kind_of(await consume.hold(self._tx, *MESSAGES, now=self._now))
        self._spans = _spans(self._kind, self._now)
        rows = await queries.locked(self._tx, self._tenant_id)
        self._rows = {(row.node_id, row.time_window): row for row in rows}
        self._before = dict(self._rows)
        self._message_bytes = await queries.message_bytes(self._tx)
        self._nodes = {node.node_id: node for node in await queries.nodes_of(self._tx, self._tenant_id)}

    # --- What nodes said ----------------------------------------------------------------------------------------------

    async def take_back(self, node_id: UUID, generation: int) -> None:
        """Give back what the node no longer has: it spoke after it had taken its grants as they were told last."""
        node = self._nodes.get(node_id)
        if node is None or node.generation is None or generation < node.generation:
            return
        for row in [row for row in self._rows.values() if row.node_id == node_id and 0 <= row.told < row.granted]:
            kept = min(max(row.told, row.used), row.granted)
            if row.time_window != UNLIMITED:
                await self._count(kept - row.granted, row)
            if self._is_live(row) or row.time_window == UNLIMITED:
                self._put(replace(row, granted=kept, told=kept))
            if not self._is_live(row):
                await self._forget(row)

    def note_wanted(self, node_id: UUID, wanted: int) -> None:
        """Note how much more the node wants in the present window."""
        row = self._rows.get((node_id, self._spans[0].name))
        if row is not None:
            self._put(replace(row, wanted=wanted))

    # --- What they get ------------------------------------------------------------------------------------------------

    async def finish(self) -> None:
        """Grant, store and publish what is now to be."""
        await self._end_what_is_over()
        if self._kind == "unlimited":
            await self._count_unlimited()
            self._grant_unlimited()
        else:
            for number, span in enumerate(self._spans):
                await self._grant(span, is_next=bool(number))
        for row in [row for row in self._rows.values() if self._is_live(row)]:
            self._put(replace(row, message_bytes=self._message_bytes))
        changed = [row for key, row in self._rows.items() if row != self._before.get(key)]
        await queries.save(self._tx, self._tenant_id, changed)
        await self._publish()

    async def _end_what_is_over(self) -> None:
        """Tell nodes that windows are over; of which node never hears it, what it had counts as used."""
        for row in list(self._rows.values()):
            if row.node_id not in self._nodes or (not self._is_live(row) and not row.granted and not row.told):
                await self._forget(row)
            elif not self._is_live(row) and row.told:
                self._put(replace(row, told=0))

    async def _grant(self, span: Span, *, is_next: bool) -> None:
        room = _least(await consume.hold(self._tx, *MESSAGES, now=span.begins_at + _A_MOMENT if is_next else self._now))
        shares = [self._share(node.node_id, span, is_next=is_next) for node in self._nodes.values() if node.takes]
        plan = grants.plan(shares, room)
        more = 0
        for share in shares:
            before = self._rows.get((share.node_id, span.name)) or _new(share.node_id, span)
            told = plan.told[share.node_id]
            row = replace(before, told=told, granted=max(before.granted, told))
            more += row.granted - before.granted
            wanted = 0 if told > before.told else before.wanted
            self._put(replace(row, wanted=wanted, is_all=False))
        if more:
            counts = await consume.count(self._tx, dict.fromkeys(MESSAGES, more), span.begins_at + _A_MOMENT)
            assert all(count.fits for count in counts), "the counters are locked, and there was room"
        self._say_if_it_is_all(span, is_all=plan.is_all and not is_next)

    def _share(self, node_id: UUID, span: Span, *, is_next: bool) -> Share:
        row = self._rows.get((node_id, span.name))
        if row is None:
            return Share(node_id, is_new=True)
        wanted = row.wanted
        if is_next:  # be as ready for the next window as this one needed
            present = self._rows.get((node_id, self._spans[0].name))
            used = 0 if present is None else present.used
            wanted = used - row.told if used >= 2 * row.told else 0
        return Share(node_id, row.told, row.used, wanted)

    def _say_if_it_is_all(self, span: Span, *, is_all: bool) -> None:
        rows = [row for row in self._rows.values() if row.time_window == span.name]
        if is_all and all(row.told >= row.granted for row in rows):
            for row in rows:
                self._put(replace(row, is_all=True))

    # --- Without limits -----------------------------------------------------------------------------------------------

    async def _count_unlimited(self) -> None:
        """Count what was used without having been granted."""
        for row in [row for row in self._rows.values() if row.time_window == UNLIMITED and row.used > row.granted]:
            await consume.count(self._tx, dict.fromkeys(MESSAGES, row.used - row.granted), self._now)
            self._put(replace(row, granted=row.used))

    def _grant_unlimited(self) -> None:
        """Grant it anew, too, where it was called back while there was a limit for a while."""
        for node in self._nodes.values():
            if node.takes:
                row = self._rows.get((node.node_id, UNLIMITED)) or _new(node.node_id, _EVER)
                self._put(replace(row, told=wire.UNLIMITED))

    # --- Out it goes --------------------------------------------------------------------------------------------------

    async def _publish(self) -> None:
        told_anew = {row.node_id for key, row in self._rows.items() if _told(row) != _told(self._before.get(key))}
        for node_id in sorted(told_anew & self._nodes.keys()):
            key = encode("ten", self._tenant_id)
            change = ItemChange(kind="quota", key=key, item=self._item(node_id, key))
            await nodes.publish(self._tx, self._tenant_id, [change], ("mailbox",), only_node=NodeId(node_id))

    def _item(self, node_id: UUID, tenant_id: str) -> wire.QuotaItem | None:
        present = self._rows.get((node_id, self._spans[0].name))
        if present is None:
            return None
        item = wire.QuotaItem(
            tenant_id=tenant_id,
            window=present.time_window,
            ends_at_ms=_ms(present.ends_at),
            granted=present.told,
            is_all=present.is_all,
            message_bytes=present.message_bytes,
        )
        following = self._rows.get((node_id, self._spans[-1].name))
        if following is None or following is present:
            return item
        return replace(
            item,
            next_window=following.time_window,
            next_granted=following.told,
            next_ends_at_ms=_ms(following.ends_at),
        )

    # --- Small things -------------------------------------------------------------------------------------------------

    def _is_live(self, row: LeaseRow) -> bool:
        return row.time_window in {span.name for span in self._spans}

    def _put(self, row: LeaseRow) -> None:
        self._rows[row.node_id, row.time_window] = row

    async def _forget(self, row: LeaseRow) -> None:
        self._rows.pop((row.node_id, row.time_window), None)
        await queries.delete(self._tx, self._tenant_id, [row])

    async def _count(self, amount: int, row: LeaseRow) -> None:
        if amount:
            await consume.count(self._tx, dict.fromkeys(MESSAGES, amount), row.begins_at + _A_MOMENT)


def _spans(kind: Kind, now: datetime) -> list[Span]:
    """Give the window of a moment and the one after it; what is not limited has one that never ends."""
    if kind == "unlimited":
        return [_EVER]
    present = span_of(kind, now)
    return [present, after(kind, present)]


def _new(node_id: UUID, span: Span) -> LeaseRow:
    return LeaseRow(
        node_id=node_id,
        time_window=span.name,
        begins_at=span.begins_at,
        ends_at=span.ends_at,
        granted=0,
        told=0,
        used=0,
    )


def _told(row: LeaseRow | None) -> tuple[int, bool, int | None] | None:
    return None if row is None else (row.told, row.is_all, row.message_bytes)


def _least(counts: Sequence[Count]) -> int:
    rooms: Iterable[int] = (count.room for count in counts if count.room is not None)
    return min(rooms, default=0)


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
