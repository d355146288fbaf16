"""What is known of all ways out at this moment, and the deliveries that are in hand."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

import msgspec

from tenant_agent import wire
from tenant_agent.assignment import Assignment, Budget
from tenant_agent.budgets import Budgets, hour_of
from tenant_agent.clock import Clock, SystemClock
from tenant_agent.ledger import Delivery
from tenant_agent.maillog.answers import Answer
from tenant_agent.relays.book import RelayBook
from tenant_agent.relays.scope import is_always
from tenant_agent.route.decision import PATIENCE_MS, Candidate, NoRelays, Request, Wait, decide
from tenant_agent.route.pace import Pace
from tenant_agent.route.providers import Providers
from tenant_agent.route.under_way import UnderWay
from tenant_agent.sending import Sending
from tenant_agent.transports import source_address, transport_of

_TAKE_MAIL = frozenset({"warming", "active"})
_MOST_SUBMITTED = 5_000
_FULL_MS = 1_000
"""After so long it is looked again whether a mail is no longer under way."""
_LOOKED_UP_MS = 250
"""In so long it is asked again whose servers a domain has."""

_RelayMode = Literal["always", "fallback"]


class Router:
    """Decides, counts what was decided, and remembers it for the policy service while it is in hand."""

    def __init__(
        self,
        node: wire.NodeItem,
        generation: int,
        *,
        providers: Providers,
        relays: RelayBook,
        clock: Clock | None = None,
        is_held: Callable[[str], bool] = lambda _: True,
    ) -> None:
        self.node = node
        self.generation = generation
        self.providers = providers
        self.relays = relays
        self.budgets = Budgets()
        self._shaping = Sending().shaping
        self.reactions = wire.Reactions(self._shaping)
        self._clock = clock or SystemClock()
        self._is_held = is_held
        self._transports: frozenset[str] | None = None
        self._once_used: frozenset[str] = frozenset()
        self._warmups: dict[str, wire.WarmupItem] = {}
        self._restored: tuple[wire.Reaction, ...] = ()
        self._pace = Pace()
        self._under_way = UnderWay()
        self._in_hand: dict[str, Assignment] = {}
        self._submitted: OrderedDict[str, str] = OrderedDict()

    def set_node(self, node: wire.NodeItem, generation: int) -> None:
        """Decide by this from now on; what is in hand keeps its way."""
        self.node, self.generation = node, generation

    def set_sending(self, sending: Sending) -> None:
        """Follow these limits, caps and relays from now on."""
        self._warmups = {each.ip_id: each for each in sending.warmups}
        self.providers.set_shaping(sending.shaping)
        self.relays.set_relays(sending.relays)
        if sending.shaping != self._shaping:  # what was counted towards a rule's threshold must not begin anew
            self._shaping = sending.shaping
            in_force = (*self._restored, *self.reactions.in_force(self._clock.now_ms()))
            self.reactions = wire.Reactions(sending.shaping, in_force)
            if sending.shaping.release:
                self._restored = ()

    def set_transports(self, names: frozenset[str]) -> None:
        """Use no transport but these: Postfix has no others."""
        self._once_used |= self._transports or frozenset()
        self._transports = names

    def remember(self, transports: Iterable[str]) -> None:
        """Know by which transports mail in Postfix's queue was to leave, whether or not there are such."""
        self._once_used |= {each for each in transports if source_address(each) is not None}

    def restore(self, reactions: tuple[wire.Reaction, ...]) -> None:
        """Go on with what was in force in a former life, when the rules are known."""
        self._restored = reactions

    def hear(self, answer: Answer) -> wire.Reaction | None:
        """Take what a server said into account; gives what it leads to, if it leads to something."""
        if answer.token is not None:
            self._under_way.end(answer.token)
        relay_id = answer.relay_id or self._submitted.get(answer.queue_id)
        if relay_id is not None and answer.address is None:
            if answer.status == "deferred":
                self.relays.failed(relay_id, f"{answer.dsn} {answer.reply}")
            else:
                self.relays.succeeded(relay_id)
        ip = next((each for each in self.node.ips if each.address == answer.address), None)
        if ip is None or answer.status == "sent":
            return None
        provider, domain = answer.provider, answer.domain
        if answer.host is not None:
            provider = self.providers.who_said(answer.host, domain).name
        return self.reactions.hear(ip.ip_id, provider, answer.dsn, answer.reply, answer.at_ms, domain=domain)

    def note_submitted(self, queue_id: str, relay_id: str) -> None:
        """Know by which relay a mail leaves that people submitted: it has no delivery that would say so."""
        self._submitted[queue_id] = relay_id
        if len(self._submitted) > _MOST_SUBMITTED:
            self._submitted.popitem(last=False)

    # --- Deciding -----------------------------------------------------------------------------------------------------

    def assign(self, delivery: Delivery) -> Assignment | Wait:
        """Decide for a delivery that is about to be injected, and count it."""
        domain = delivery.recipient.rpartition("@")[2].lower()
        now_ms = self._clock.now_ms()
        provider = self.providers.of(domain)
        if provider is None:
            return Wait(now_ms + _LOOKED_UP_MS, "whose servers the recipient has is being looked up")
        found = self.choose(delivery.envelope, domain, provider, delivery.token)
        if isinstance(found, Assignment):
            self._in_hand[delivery.return_local] = found
            if found.route.ip_id is not None:
                way = _connected(found.route.ip_id, provider, domain)
                self._under_way.begin(delivery.token, way, self._clock.monotonic())
        return found

    def choose(
        self,
        envelope: wire.Envelope,
        domain: str,
        provider: wire.ProviderClass,
        token: str,
        *,
        ips: Sequence[wire.SendingIp] | None = None,
        by_relays: bool = True,
        relay_token: str | None = None,
    ) -> Assignment | Wait:
        """Decide for a mail, and count it.

        `ips` are those that it may leave from, instead of the pool's. Among relays `relay_token` decides, if given.
        """
        now_ms = self._clock.now_ms()
        open_ones = self.open_addresses(envelope.pool_id) if ips is None else ips
        candidates = [self._candidate(ip, provider, domain, now_ms) for ip in open_ones]
        request = Request(
            token=token,
            pool_id=envelope.pool_id,
            provider=provider.name,
            now_ms=now_ms,
            generation=self.generation,
            is_draining=self.node.draining and ips is None,
        )
        mine = _Relays(self.relays, envelope, domain, provider.name, relay_token or token)
        relays = mine if by_relays else NoRelays()
        found = decide(candidates, request, relays)
        if isinstance(found, Assignment):
            self._count(found, provider, domain, now_ms)
        elif any(each.paced_until_ms == found.until_ms for each in candidates):
            return self._in_turn(found, candidates, provider, domain, now_ms)
        return found

    def open_addresses(self, pool_id: str) -> tuple[wire.SendingIp, ...]:
        """List a pool's addresses on this node that take mail."""
        return tuple(ip for ip in self.node.ips if ip.pool_id == pool_id and ip.status in _TAKE_MAIL)

    def has_closed_ways(self) -> bool:
        """Say whether there may be mail in Postfix's queue that had better leave by another way."""
        now_ms = self._clock.now_ms()
        return (
            any(ip.status not in _TAKE_MAIL for ip in self.node.ips)
            or any(each.action == "suspend" for each in self.reactions.in_force(now_ms))
            or any(map(self._is_gone, self._once_used))
            or self.relays.has_out()
        )

    def another_way(self, delivery: Delivery) -> Assignment | None:
        """Choose another way for what Postfix has, and count it; none if its own is open, or there is no other."""
        if delivery.assignment is None:
            return None
        domain = delivery.recipient.rpartition("@")[2].lower()
        return self.another(delivery.envelope, domain, delivery.assignment, delivery.token)

    def another(self, envelope: wire.Envelope, domain: str, has: Assignment, token: str) -> Assignment | None:
        """Choose another way for a mail that has one; none if that is open, or there is no other."""
        is_closed = self._is_closed(has.route, domain)
        if not is_closed and not self._is_gone(has.transport):
            return None
        mine = self.open_addresses(envelope.pool_id)
        others = tuple(ip for ip in mine if not is_closed or ip.ip_id != has.route.ip_id)
        found = self.choose(envelope, domain, self.providers.named(has.route.provider), token, ips=others)
        return found if isinstance(found, Assignment) and found.way != has.way else None

    def _is_gone(self, transport: str) -> bool:
        """Say whether Postfix had a transport and has it no more: a class of providers may have been given up."""
        if source_address(transport) is None:  # those to relays do not go
            return False
        return self._transports is not None and transport not in self._transports

    def _is_closed(self, before: wire.Route, domain: str) -> bool:
        if before.relay_id is not None:
            return self.relays.is_out(before.relay_id)
        ip = next((each for each in self.node.ips if each.ip_id == before.ip_id), None)
        if ip is None or ip.status not in _TAKE_MAIL:
            return True
        now_ms = self._clock.now_ms()
        provider = self.providers.named(before.provider)
        until_ms = self.reactions.limits(ip.ip_id, provider, now_ms, domain=domain).suspended_until_ms
        return until_ms is not None and until_ms > now_ms

    def _candidate(self, ip: wire.SendingIp, provider: wire.ProviderClass, domain: str, now_ms: int) -> Candidate:
        limits = self.reactions.limits(ip.ip_id, provider, now_ms, domain=domain)
        wait_ms = 0.0
        if limits.per_minute is not None:
            way = _paced(ip.ip_id, provider, domain, limits)
            wait_ms = self._pace.wait_ms(way, limits.per_minute, self._monotonic_ms())
        warmup = self._warmups.get(ip.ip_id) if ip.status == "warming" else None
        plain = Candidate(
            ip=ip,
            transport=self._transport(ip, provider.name),
            is_usable=self._is_usable(ip),
            suspended_until_ms=limits.suspended_until_ms,
            rules=limits.rules,
            paced_until_ms=now_ms + int(wait_ms) + 1 if wait_ms else 0,
            full_until_ms=now_ms + _FULL_MS if self._is_full(ip, provider, domain, limits) else 0,
        )
        if ip.status != "warming":
            return plain
        return self._warming(plain, warmup, provider.name, now_ms)

    def _is_full(self, ip: wire.SendingIp, provider: wire.ProviderClass, domain: str, limits: wire.Limits) -> bool:
        """Say whether a rule lets no more be under way at once; what the class itself allows, Postfix sees to."""
        if limits.connections >= provider.connections:
            return False
        way = _connected(ip.ip_id, provider, domain)
        return self._under_way.count(way, self._clock.monotonic()) >= limits.connections

    def _warming(self, plain: Candidate, warmup: wire.WarmupItem | None, provider: str, now_ms: int) -> Candidate:
        if warmup is None:
            return msgspec.structs.replace(plain, budget_left=0)
        name = provider if provider in warmup.caps else wire.GENERIC
        cap = warmup.caps.get(name, wire.Cap(0, 0))
        return msgspec.structs.replace(
            plain,
            step=warmup.steps.get(name, warmup.step),
            budget=Budget(plain.ip.ip_id, name, hour_of(now_ms)),
            budget_left=self.budgets.left(plain.ip.ip_id, name, cap, now_ms),
            budget_turns_ms=self.budgets.turns_ms(plain.ip.ip_id, name, cap, now_ms),
            cap=f"{cap.per_hour} an hour and {cap.per_day} a day for {name}",
        )

    def _count(self, found: Assignment, provider: wire.ProviderClass, domain: str, now_ms: int) -> None:
        if found.budget is not None:
            self.budgets.count(found.budget, 1)
        if found.route.ip_id is not None:
            limits = self.reactions.limits(found.route.ip_id, provider, now_ms, domain=domain)
            if limits.per_minute is not None:
                way = _paced(found.route.ip_id, provider, domain, limits)
                self._pace.take(way, limits.per_minute, self._monotonic_ms())

    def _in_turn(
        self, wait: Wait, candidates: Sequence[Candidate], provider: wire.ProviderClass, domain: str, now_ms: int
    ) -> Wait:
        """Let what keeps to a pace wait one behind the other, at the address that is free first."""
        first = next(each for each in candidates if each.paced_until_ms == wait.until_ms)
        limits = self.reactions.limits(first.ip.ip_id, provider, now_ms, domain=domain)
        assert limits.per_minute is not None
        way = _paced(first.ip.ip_id, provider, domain, limits)
        promised = self._pace.promise_ms(way, limits.per_minute, self._monotonic_ms(), most_ms=PATIENCE_MS)
        return Wait(now_ms + 1 + int(promised), wait.why)

    def _transport(self, ip: wire.SendingIp, provider: str) -> str:
        own = transport_of(ip.address, provider)
        return own if self._transports is None or own in self._transports else transport_of(ip.address)

    def _is_usable(self, ip: wire.SendingIp) -> bool:
        has_transport = self._transports is None or transport_of(ip.address) in self._transports
        return has_transport and self._is_held(ip.address)

    def _monotonic_ms(self) -> float:
        return self._clock.monotonic() * 1000

    # --- In hand ------------------------------------------------------------------------------------------------------

    def assigned(self, return_local: str) -> Assignment | None:
        """Give what was decided for the delivery in hand whose return path has this left side."""
        return self._in_hand.get(return_local)

    def release(self, delivery: Delivery) -> None:
        """The delivery is no longer in hand."""
        self._in_hand.pop(delivery.return_local, None)

    def take_back(self, token: str, assignment: Assignment | None) -> None:
        """It was not injected after all."""
        self._under_way.end(token)
        if assignment is not None and assignment.budget is not None:
            self.budgets.count(assignment.budget, -1)


def _paced(ip_id: str, provider: wire.ProviderClass, domain: str, limits: wire.Limits) -> tuple[str, str, str]:
    """Name what has a pace of its own: a class, or of `generic` a domain whose servers asked for less."""
    return ip_id, provider.name, domain if limits.rules and provider.name == wire.GENERIC else ""


def _connected(ip_id: str, provider: wire.ProviderClass, domain: str) -> tuple[str, str, str]:
    """Name what has connections of its own: a class, or of `generic` each domain, as in Postfix's configuration."""
    return ip_id, provider.name, domain if provider.name == wire.GENERIC else ""


class _Relays:
    """The relays that are for one mail."""

    def __init__(self, book: RelayBook, envelope: wire.Envelope, domain: str, provider: str, token: str) -> None:
        self._book = book
        self._envelope = envelope
        self._domain = domain
        self._provider = provider
        self._token = token

    def has_always(self) -> bool:
        fitting = self._book.candidates(self._envelope, self._domain, self._provider)
        return any(is_always(each, self._envelope.domain) for each in fitting)

    def always(self) -> wire.RelayItem | None:
        return self._choose("always")

    def fallback(self) -> wire.RelayItem | None:
        return self._choose("fallback")

    def back_at_ms(self) -> int:
        return self._book.back_at_ms(self._envelope, self._domain, self._provider)

    def _choose(self, mode: _RelayMode) -> wire.RelayItem | None:
        return self._book.choose(self._envelope, self._domain, self._provider, self._token, mode=mode)
