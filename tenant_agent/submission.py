"""Mail that a mailbox's owner submits: which way it takes, and whether it may be taken at all."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Protocol

import msgspec

from tenant_agent import wire
from tenant_agent.assignment import Assignment, Budget
from tenant_agent.owners import Owners
from tenant_agent.route.decision import Wait
from tenant_agent.route.router import Router
from tenant_agent.transports import source_address, transport_of

NO_OBJECTION = "DUNNO"
_NO_ADDRESS = "DEFER_IF_PERMIT 4.3.5 The node has no sending address for this mail just now"
_MOST_REMEMBERED = 2_000


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

    ip: wire.SendingIp
    provider: str


class Submissions:
    """Decides recipient by recipient; the recipients of one message leave from one address.

    Are they of several classes, they take the address's generic transport. Relays are not for submitted mail: it bears
    no token by which a login could be found.
    """

    def __init__(
        self,
        router: Router,
        owners: Owners,
        *,
        count: Callable[[Budget], Awaitable[None]],
        allowances: Allowances | None = None,
    ) -> None:
        self._router = router
        self._owners = owners
        self._count = count
        self._allowances = allowances or Unlimited()
        self._messages: OrderedDict[str, _Chosen] = OrderedDict()

    async def action(self, attributes: dict[str, str]) -> str:
        """Give the action for a request (access(5))."""
        if attributes.get("protocol_state") == "END-OF-MESSAGE":
            return self._at_end(attributes)
        return await self._for_recipient(attributes)

    def _at_end(self, attributes: dict[str, str]) -> str:
        self._messages.pop(attributes.get("instance", ""), None)
        tenant_id = self._owners.tenant_of(attributes.get("sasl_username", ""))
        if tenant_id is None:
            return NO_OBJECTION
        count = attributes.get("recipient_count", "")
        return self._allowances.check(tenant_id, int(count) if count.isdecimal() else 1) or NO_OBJECTION

    async def _for_recipient(self, attributes: dict[str, str]) -> str:
        instance = attributes.get("instance", "")
        provider = await self._router.providers.wait_for(attributes.get("recipient", "").rpartition("@")[2].lower())
        before = self._messages.get(instance)
        found = self._choose(attributes, provider, before)
        if isinstance(found, Wait):
            return f"DEFER_IF_PERMIT 4.3.5 {found.why}" if before or self._router.node.ips else _NO_ADDRESS
        if found.budget is not None:
            await self._count(found.budget)
        return self._same_way(instance, found, provider.name, before)

    def _choose(
        self, attributes: dict[str, str], provider: wire.ProviderClass, before: _Chosen | None
    ) -> Assignment | Wait:
        sender = attributes.get("sender", "")
        domain = sender.rpartition("@")[2].lower()
        envelope = wire.Envelope(
            tenant_id=self._owners.tenant_of(attributes.get("sasl_username", "")) or "",
            message_id="",
            stream="submission",
            pool_id=self._pool_of(domain),
            domain=domain,
            return_domain=domain,
        )
        ips = self._router.open_addresses(envelope.pool_id) if before is None else (before.ip,)
        return self._router.choose(envelope, domain, provider, attributes.get("instance", ""), ips=ips)

    def _pool_of(self, domain: str) -> str:
        ips = self._router.node.ips
        return self._owners.pool_of(domain) or (ips[0].pool_id if ips else "")

    def _same_way(self, instance: str, found: Assignment, provider: str, before: _Chosen | None) -> str:
        transport = found.way.removesuffix(":")
        if before is not None and before.provider != provider:
            provider, transport = wire.GENERIC, transport_of(before.ip.address)
        address = source_address(transport)
        ip = next(each for each in self._router.node.ips if each.address == address)
        self._messages[instance] = _Chosen(ip, provider)
        if len(self._messages) > _MOST_REMEMBERED:
            self._messages.popitem(last=False)
        return f"FILTER {transport}:"
