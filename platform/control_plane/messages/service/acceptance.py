"""A batch that is being accepted: its rows, gathered and then stored at once."""

from uuid import UUID

import msgspec

from control_plane.core import ids
from control_plane.core.clock import Clock
from control_plane.core.database import Transaction
from control_plane.core.errors import Refused
from control_plane.core.tenancy import bound_tenant
from control_plane.deliveries import service as deliveries
from control_plane.ip_pools import service as ip_pools
from control_plane.ip_pools.schemas import PoolId, Stream
from control_plane.mail_domains.errors import DomainNotUsable
from control_plane.mail_domains.schemas import SendingDomain
from control_plane.messages.compose import Composed
from control_plane.messages.queries import store
from control_plane.messages.schemas import AcceptedMessage, AcceptedRecipient
from control_plane.messages.service.allowance import Admission, Allowance
from control_plane.webhooks import service as webhooks
from tenant_agent import wire


class Acceptance:
    """The rows of a batch, gathered and then stored at once."""

    def __init__(
        self,
        tx: Transaction,
        clock: Clock,
        domains: dict[str, SendingDomain | DomainNotUsable],
        pools: dict[Stream, PoolId],
    ) -> None:
        self._tx = tx
        self._domains = domains
        self._pools = pools
        self._tenant_id = bound_tenant()
        self._tenant = ids.encode("ten", self._tenant_id)
        self.now = clock.now()
        self._ms = int(self.now.timestamp() * 1000)
        self._messages: list[store.MessageRow] = []
        self._deliveries: list[store.DeliveryRow] = []

    @property
    def size(self) -> int:
        """Give how many deliveries were gathered."""
        return len(self._deliveries)

    def add(self, composed: Composed, allowance: Allowance | None = None) -> AcceptedMessage | Refused:
        """Take a message in, unless its domain may not send or its allowance does not reach."""
        domain = self._domains[composed.domain]
        if isinstance(domain, DomainNotUsable):
            return domain
        status = allowance.admit(len(composed.recipients)) if allowance else "accepted"
        if isinstance(status, Refused):
            return status
        message_id = ids.new_uuid(self._ms)
        public_id, pool_id = ids.encode("msg", message_id), self._pools[composed.source.stream]
        envelope = self._envelope(public_id, domain, composed.source.stream, pool_id)
        self._messages.append(_message_row(message_id, domain, composed, wire.encode(envelope)))
        rows = self._rows(message_id, pool_id, composed, status)
        self._deliveries += rows
        recipients = tuple(
            AcceptedRecipient(email=row.recipient, delivery_id=ids.encode("dlv", row.id), status=status) for row in rows
        )
        return AcceptedMessage(id=public_id, status=status, recipients=recipients)

    def _rows(
        self, message_id: UUID, pool_id: PoolId, composed: Composed, status: Admission
    ) -> list[store.DeliveryRow]:
        delivery_ids = sorted(self._next_id() for _ in composed.recipients)  # so that they list in the given order
        return [
            store.DeliveryRow(delivery_id, message_id, each.kind, each.email, pool_id, self._next_id(), status)
            for delivery_id, each in zip(delivery_ids, composed.recipients, strict=True)
        ]

    async def store(self) -> None:
        """Store everything, put the events on their way to webhooks, and wake the nodes of the pools."""
        if not self._messages:
            return
        await store.store(self._tx.connection, self._tenant_id, self._messages, self._deliveries, self.now)
        event_ids = [row.event_id for row in self._deliveries]
        tenants, types = [self._tenant_id] * len(event_ids), [f"message.{row.status}" for row in self._deliveries]
        await webhooks.fan_out(self._tx, tenants, event_ids, types)
        deliveries.await_turn(self._tx, {row.pool_id for row in self._deliveries if row.status == "accepted"})

    def _next_id(self) -> UUID:
        return ids.new_uuid(self._ms)

    def _envelope(self, message_id: str, domain: SendingDomain, stream: Stream, pool_id: PoolId) -> wire.Envelope:
        return wire.Envelope(
            tenant_id=self._tenant,
            message_id=message_id,
            stream=stream,
            pool_id=ids.encode(ip_pools.PREFIX, pool_id),
            domain=domain.name,
            return_domain=domain.return_domain,
        )


def _message_row(message_id: UUID, domain: SendingDomain, composed: Composed, envelope: bytes) -> store.MessageRow:
    source = composed.source
    return store.MessageRow(
        message_id,
        domain.id,
        composed.sender,
        source.subject,
        source.stream,
        store.text_array(source.tags),
        msgspec.json.encode(source.metadata).decode(),
        envelope,
        composed.content,
    )
