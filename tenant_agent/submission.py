"""Mail that a mailbox's owner submits: which way it takes, and whether it may be taken at all."""

import sqlite3
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

import msgspec
import structlog

from tenant_agent import wire
from tenant_agent.assignment import Assignment, Budget
from tenant_agent.owners import Owners
from tenant_agent.route.decision import Wait
from tenant_agent.route.router import Router
from tenant_agent.submitted import Submitted
from tenant_agent.transports import source_address, transport_of

log = structlog.get_logger(__name__)

Note = Callable[[Submitted], Awaitable[None]]
"""Writes down what Postfix has."""

NO_OBJECTION = "DUNNO"
_NO_ADDRESS = "DEFER_IF_PERMIT 4.3.5 The node has no sending address for this mail just now"
_MOST_REMEMBERED = 2_000
_STREAM = "transactional"


class Allowances(Protocol):
    """What tenants may still submit on this node."""

    def check(self, tenant_id: str, recipients: int) -> str | None:
        """Count the recipients of a mail and give none, or the reply that refuses it."""
        ...


class Unlimited:
    """Lets everything pass."""

    def check(self, tenant_id: str, recipients: int) -> str | None:  # noqa: ARG002 (the Protocol's signature)
        return None


class _Chosen(msgspec.Struct, frozen=True):
    """The way of a message: one for all its recipients, since Postfix keeps one per message."""

    assignment: Assignment
    ip: wire.SendingIp | None
    """None: it leaves by a relay."""
    domain: str
    """The first recipient's."""
    budgets: tuple[Budget, ...] = ()
    """What was counted for its recipients."""

    @property
    def provider(self) -> str:
        return self.assignment.route.provider


class Submissions:
    """Decides recipient by recipient; the recipients of one message leave from one address, or by one relay.

    The first recipient decides which. Are they of several classes, they take the address's generic transport. For
    relays, it is transactional mail as it is for pools. A mail without a sender has no login at any relay.
    """

    def __init__(
        self,
        router: Router,
        owners: Owners,
        *,
        count: Callable[[Sequence[Budget], int], Awaitable[None]],
        allowances: Allowances | None = None,
        note: Note | None = None,
    ) -> None:
        self._note = note
        self._router = router
        self._owners = owners
        self._count = count
        self._allowances = allowances or Unlimited()
        self._messages: OrderedDict[str, _Chosen] = OrderedDict()
        self._in_process: dict[str, str] = {}
        """By process of smtpd(8), the message that it is at."""

    async def action(self, attributes: dict[str, str]) -> str:
        """Give the action for a request (access(5))."""
        if attributes.get("protocol_state") == "END-OF-MESSAGE":
            return await self._at_end(attributes)
        return await self._for_recipient(attributes)

    async def _at_end(self, attributes: dict[str, str]) -> str:
        chosen = self._messages.pop(attributes.get("instance", ""), None)
        tenant_id = self._owners.tenant_of(attributes.get("sasl_username", ""))
        refusal = None if tenant_id is None else self._refusal(attributes, tenant_id)
        if refusal is not None:
            await self._take_back(chosen)
            return refusal
        if chosen is not None:
            await self._remember(chosen, attributes, tenant_id or "")
        return NO_OBJECTION

    def _refusal(self, attributes: dict[str, str], tenant_id: str) -> str | None:
        count = attributes.get("recipient_count", "")
        return self._allowances.check(tenant_id, int(count) if count.isdecimal() else 1)

    async def _take_back(self, chosen: _Chosen | None) -> None:
        """It does not leave after all: others may have its place in their addresses' warm-up."""
        if chosen is not None and chosen.budgets:
            for budget in chosen.budgets:
                self._router.budgets.count(budget, -1)
            await self._count(chosen.budgets, -1)

    async def _begin(self, instance: str) -> None:
        """A process is at one message at a time: one that it left without its end is none (its client said RSET)."""
        process = instance.partition(".")[0]
        before = self._in_process.pop(process, instance)
        self._in_process[process] = instance
        while len(self._in_process) > _MOST_REMEMBERED:
            del self._in_process[next(iter(self._in_process))]
        if before != instance:
            await self._take_back(self._messages.pop(before, None))

    async def _remember(self, chosen: _Chosen, attributes: dict[str, str], tenant_id: str) -> None:
        """Know what is in the queue; what cannot be written down keeps its way."""
        queue_id, sender = attributes.get("queue_id", ""), attributes.get("sender", "").lower()
        relay_id = chosen.assignment.route.relay_id
        if relay_id is not None:
            self._router.note_submitted(queue_id, relay_id)
        if self._note is None or not queue_id or not sender:
            return
        mail = Submitted(
            queue_id=queue_id, sender=sender, tenant_id=tenant_id, domain=chosen.domain, assignment=chosen.assignment
        )
        try:
            await self._note(mail)
        except (OSError, sqlite3.Error) as error:
            log.warning("submitted.not_noted", reason=str(error) or type(error).__name__)

    async def _for_recipient(self, attributes: dict[str, str]) -> str:
        instance = attributes.get("instance", "")
        await self._begin(instance)
        provider = await self._router.providers.wait_for(_recipient_domain(attributes))
        before = self._messages.get(instance)
        if before is not None and before.ip is None:
            return f"FILTER {before.assignment.way}"
        found = self._choose(attributes, provider, before)
        if isinstance(found, Wait):
            return f"DEFER_IF_PERMIT 4.3.5 {found.why}" if before or self._router.node.ips else _NO_ADDRESS
        answer = self._same_way(instance, found, attributes, before)
        if found.budget is not None:
            await self._count([found.budget], 1)
        return answer

    def _choose(
        self, attributes: dict[str, str], provider: wire.ProviderClass, before: _Chosen | None
    ) -> Assignment | Wait:
        sender = attributes.get("sender", "").lower()
        envelope = self.envelope(sender, self._owners.tenant_of(attributes.get("sasl_username", "")) or "")
        ips = self._router.open_addresses(envelope.pool_id) if before is None or before.ip is None else (before.ip,)
        return self._router.choose(
            envelope,
            _recipient_domain(attributes),
            provider,
            attributes.get("instance", ""),
            ips=ips,
            by_relays=before is None and bool(envelope.domain),
            relay_token=sender,
        )

    def envelope(self, sender: str, tenant_id: str) -> wire.Envelope:
        """Describe a mail as the router knows those of the platform."""
        domain = sender.rpartition("@")[2]
        return wire.Envelope(
            tenant_id=tenant_id,
            message_id="",
            stream=_STREAM,
            pool_id=self._pool_of(domain),
            domain=domain,
            return_domain=domain,
        )

    def _pool_of(self, domain: str) -> str:
        node = self._router.node
        first = node.ips[0].pool_id if node.ips else ""
        return self._owners.pool_of(domain) or (first if node.shared_pool_id is None else node.shared_pool_id)

    def _same_way(self, instance: str, found: Assignment, attributes: dict[str, str], before: _Chosen | None) -> str:
        chosen = self._chosen(found, _recipient_domain(attributes) if before is None else before.domain)
        if before is not None and before.ip is not None and before.provider != chosen.provider:
            route = msgspec.structs.replace(found.route, provider=wire.GENERIC)
            chosen = _Chosen(Assignment(f"{transport_of(before.ip.address)}:", route), before.ip, before.domain)
        counted = (*(before.budgets if before is not None else ()), *([found.budget] if found.budget else ()))
        self._messages[instance] = msgspec.structs.replace(chosen, budgets=counted)
        if len(self._messages) > _MOST_REMEMBERED:
            self._messages.popitem(last=False)
        return f"FILTER {chosen.assignment.way}"

    def _chosen(self, found: Assignment, domain: str) -> _Chosen:
        address = source_address(found.transport)
        ip = next((each for each in self._router.node.ips if each.address == address), None)
        return _Chosen(found, ip, domain)


def _recipient_domain(attributes: dict[str, str]) -> str:
    return attributes.get("recipient", "").rpartition("@")[2].lower()
