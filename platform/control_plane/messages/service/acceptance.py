"""A batch that is being accepted: its rows, gathered and then stored at once."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from control_plane.blobs import service as blobs
from control_plane.core import ids
from control_plane.core.clock import Clock
from control_plane.core.database import Transaction
from control_plane.core.errors import Refused
from control_plane.core.sandbox import is_played
from control_plane.core.tenancy import bound_tenant
from control_plane.deliveries import service as deliveries
from control_plane.ip_pools import service as ip_pools
from control_plane.ip_pools.schemas import SANDBOX_POOL, PoolId, Stream
from control_plane.mail_domains.errors import DomainNotUsable
from control_plane.mail_domains.schemas import SendingDomain
from control_plane.messages.compose import Composed, ComposedRecipient
from control_plane.messages.events import in_sandbox, scheduled_data, suppressed_data
from control_plane.messages.queries import store
from control_plane.messages.queries.store import DeliveryRow, FirstStatus
from control_plane.messages.schedule import date_ms, due_at
from control_plane.messages.schemas import AcceptedMessage, AcceptedRecipient
from control_plane.messages.search.terms import Findable, keys_of
from control_plane.messages.service import schedules
from control_plane.messages.service.allowance import Admission, Allowance
from control_plane.messages.statuses import summary
from control_plane.sandbox import service as sandbox
from control_plane.webhooks import service as webhooks
from tenant_agent import wire


class Surroundings(msgspec.Struct, frozen=True):
    """What decides about the messages of a batch."""

    domains: Mapping[str, SendingDomain | DomainNotUsable]
    """Those that they are from."""
    pools: Mapping[Stream, PoolId]
    suppressed: Mapping[Stream, Mapping[str, str]]
    """Which addresses are not written to, in lower case, and why."""
    room: sandbox.Room | None
    """What may still be played; None: nothing is to be."""


class Acceptance:
    """The rows of a batch, gathered and then stored at once."""

    def __init__(self, tx: Transaction, clock: Clock, surroundings: Surroundings) -> None:
        self._tx = tx
        self._surroundings = surroundings
        self._tenant_id = bound_tenant()
        self._tenant = ids.encode("ten", self._tenant_id)
        self.now = clock.now()
        self._ms = int(self.now.timestamp() * 1000)
        self._messages: list[store.MessageRow] = []
        self._deliveries: list[DeliveryRow] = []
        self._uses: list[tuple[UUID, UUID]] = []
        """Which message uses which large file."""
        self._paused: frozenset[str] = frozenset()

    def pause(self, streams: frozenset[str]) -> None:
        """Hold what is of these streams."""
        self._paused = streams

    @property
    def counting(self) -> int:
        """Give how many deliveries were gathered that are to be sent now."""
        return sum(row.status == "accepted" and row.pool_id != SANDBOX_POOL for row in self._deliveries)

    @property
    def staying(self) -> int:
        """Give how many do not go out now: they are played or held, and what is held is counted when it goes."""
        return sum(row.pool_id == SANDBOX_POOL or row.status == "held" for row in self._deliveries)

    def add(self, composed: Composed, allowance: Allowance | None = None) -> AcceptedMessage | Refused:
        """Take a message in, unless its domain may not send or its allowance does not reach."""
        domain = self._surroundings.domains[composed.domain]
        if isinstance(domain, Refused):
            return domain
        due = due_at(composed.send_at, self.now)
        if isinstance(due, Refused):
            return due
        reasons = self._surroundings.suppressed[composed.stream]
        played = sum(map(is_played, (each.email for each in composed.recipients))) if self._surroundings.room else 0
        status = self._admitted(composed, due, reasons, played, allowance)
        if isinstance(status, Refused):
            return status
        if self._surroundings.room:
            self._surroundings.room.use(played)
        return self._add(composed, domain, due, status, reasons)

    def _admitted(
        self,
        composed: Composed,
        due: datetime | None,
        reasons: Mapping[str, str],
        played: int,
        allowance: Allowance | None,
    ) -> Admission | Refused:
        """Say whether there is room for it: what is played has room of its own."""
        if self._surroundings.room and (refusal := self._surroundings.room.refusal(played)):
            return refusal
        wanted = sum(
            each.email.lower() not in reasons and (due is not None or not played or not is_played(each.email))
            for each in composed.recipients
        )
        if allowance is None or not wanted:
            return "accepted"
        return allowance.admit(wanted, is_scheduled=due is not None, is_paused=composed.stream in self._paused)

    def _add(
        self,
        composed: Composed,
        domain: SendingDomain,
        due: datetime | None,
        status: Admission,
        reasons: Mapping[str, str],
    ) -> AcceptedMessage:
        message_id, pool_id = ids.new_uuid(self._ms), self._surroundings.pools[composed.stream]
        public_id = ids.encode("msg", message_id)
        envelope = self._envelope(public_id, domain, composed, due, pool_id)
        self._uses += [(message_id, ids.from_bare(file.id)) for file in composed.files]
        delivery_ids = sorted(self._next_id() for _ in composed.recipients)  # so that they list in the given order
        rows = [
            self._row(message_id, delivery_id, each, pool_id, status, due, reasons)
            for delivery_id, each in zip(delivery_ids, composed.recipients, strict=True)
        ]
        self._deliveries += rows
        goes_nowhere = all(row.pool_id == SANDBOX_POOL for row in rows)
        self._messages.append(
            _message_row(message_id, domain, composed, wire.encode(envelope), goes_nowhere=goes_nowhere)
        )
        recipients = tuple(map(_accepted, rows))
        return AcceptedMessage(
            id=public_id,
            status=summary(each.status for each in recipients),
            recipients=recipients,
            sandbox=goes_nowhere,
        )

    def _row(
        self,
        message_id: UUID,
        delivery_id: UUID,
        recipient: ComposedRecipient,
        pool_id: PoolId,
        admission: Admission,
        due: datetime | None,
        reasons: Mapping[str, str],
    ) -> DeliveryRow:
        status: FirstStatus = admission
        data, reason = "{}", reasons.get(recipient.email.lower()) if reasons else None
        if reason is not None:
            status, due, data = "suppressed", None, suppressed_data(reason)
        elif due is not None:
            data = scheduled_data(due)
        if self._surroundings.room and is_played(recipient.email):
            pool_id, data = SANDBOX_POOL, in_sandbox(data)
            status = "accepted" if status == "held" else status  # what holds mail back is there to spare others
        return DeliveryRow(
            delivery_id, message_id, recipient.kind, recipient.email, pool_id, self._next_id(), status, due, data
        )

    async def store(self) -> None:
        """Store everything, put the events on their way to webhooks, and wake the nodes of the pools."""
        if not self._messages:
            return
        paused = [pool_id for stream, pool_id in self._surroundings.pools.items() if stream in self._paused]
        await store.store(self._tx.connection, self._tenant_id, self._messages, self._deliveries, self.now, paused)
        await blobs.use(self._tx, self._uses)
        event_ids = [row.event_id for row in self._deliveries]
        tenants, types = [self._tenant_id] * len(event_ids), [f"message.{row.status}" for row in self._deliveries]
        message_ids = [row.message_id for row in self._deliveries]
        await webhooks.fan_out(self._tx, tenants, event_ids, types, message_ids)
        waiting = [row for row in self._deliveries if row.status == "accepted" and row.pool_id != SANDBOX_POOL]
        if waiting:
            deliveries.await_turn(self._tx, {row.pool_id for row in waiting}, min(row.id for row in waiting))
        if self._surroundings.room:
            await self._surroundings.room.settle()
            self._tx.outbox.trigger(sandbox.PLAY_JOB)
        schedules.expect(self._tx, [(row.pool_id, row.send_at) for row in self._deliveries if row.send_at])

    def _next_id(self) -> UUID:
        return ids.new_uuid(self._ms)

    def _envelope(
        self, message_id: str, domain: SendingDomain, composed: Composed, due: datetime | None, pool_id: PoolId
    ) -> wire.Envelope:
        return wire.Envelope(
            tenant_id=self._tenant,
            message_id=message_id,
            stream=composed.stream,
            pool_id=ids.encode(ip_pools.PREFIX, pool_id),
            domain=domain.name,
            return_domain=domain.return_domain,
            date_ms=date_ms(due or composed.date),
        )


def _accepted(row: DeliveryRow) -> AcceptedRecipient:
    return AcceptedRecipient(email=row.recipient, delivery_id=ids.encode("dlv", row.id), status=row.status)


def _message_row(
    message_id: UUID, domain: SendingDomain, composed: Composed, envelope: bytes, *, goes_nowhere: bool
) -> store.MessageRow:
    return store.MessageRow(
        message_id,
        domain.id,
        composed.sender,
        composed.subject,
        composed.stream,
        store.text_array(composed.tags),
        msgspec.json.encode(composed.metadata).decode(),
        envelope,
        composed.content,
        store.number_array(keys_of(bound_tenant(), message_id, _findable(composed, goes_nowhere=goes_nowhere))),
    )


def _findable(composed: Composed, *, goes_nowhere: bool) -> Findable:
    return Findable(
        sender=composed.sender,
        recipients=[each.email for each in composed.recipients],
        subject=composed.subject,
        stream=composed.stream,
        tags=composed.tags,
        metadata=composed.metadata,
        message_id=composed.message_id,
        sandbox=goes_nowhere,
    )
