"""The relays that this node knows, and which of them works: what the router asks, and what it tells.

The router asks `choose` for the relay that takes a delivery. It tells `succeeded` when the relay took a mail or refused
it for good, and `failed` when the mail was put off, with DSN and reply as the log has them.
"""

from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Literal

import structlog

from tenant_agent import wire
from tenant_agent.clock import Clock
from tenant_agent.relays import memory, scope
from tenant_agent.relays.breaker import Breaker

log = structlog.get_logger(__name__)

_LONG_PAUSE_MS = 120_000
"""A relay that is left alone for so long has failed at least two probes: what waits for it may go another way."""

_MOST_TOLD = 1_000
STARTTLS_TRANSPORT, IMPLICIT_TRANSPORT = "relay-starttls", "relay-implicit"


class RelayBook:
    """All relays of the desired state; used by the agent's event loop alone."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._relays: dict[str, wire.RelayItem] = {}
        self._breakers: dict[str, Breaker] = memory.recall(path)
        self._once_known: set[str] = set()
        self._is_told = False

    def set_relays(self, relays: Iterable[wire.RelayItem]) -> None:
        """Know these from now on; one whose server or login is another begins anew."""
        before, self._relays = self._relays, {relay.relay_id: relay for relay in relays}
        self._once_known |= before.keys()
        self._is_told = True
        changed = {
            relay_id for relay_id, relay in before.items() if _server(relay) != _server_of(self._relays, relay_id)
        }
        self._breakers = {
            relay_id: breaker
            for relay_id, breaker in self._breakers.items()
            if relay_id in self._relays and relay_id not in changed
        }

    def remember(self, relay_ids: Iterable[str]) -> None:
        """Know which relays mail in Postfix's queue is to leave by, whether or not there are such."""
        self._once_known |= set(relay_ids)

    def has_out(self) -> bool:
        """Say whether mail may wait for a relay that it had better not wait for."""
        return any(map(self.is_out, self._once_known | self._relays.keys()))

    def find(self, relay_id: str) -> wire.RelayItem | None:
        """Give a relay, if it is still there."""
        return self._relays.get(relay_id)

    def candidates(self, envelope: wire.Envelope, recipient_domain: str, provider: str) -> Sequence[wire.RelayItem]:
        """List the relays that are for a mail, whether or not they work, the preferred ones first."""
        return scope.fitting(self._relays.values(), envelope, recipient_domain, provider)

    def choose(
        self,
        envelope: wire.Envelope,
        recipient_domain: str,
        provider: str,
        token: str,
        *,
        mode: Literal["always", "fallback"],
    ) -> wire.RelayItem | None:
        """Choose the relay that a delivery leaves by; none if there is none that works.

        `always` is asked before addresses of our own are looked at, `fallback` when neither those nor the relays of
        `always` can take the mail.
        """
        if mode == "always":
            fitting = self.candidates(envelope, recipient_domain, provider)
            fitting = [relay for relay in fitting if scope.is_always(relay, envelope.domain)]
        else:
            fitting = scope.fallbacks(self._relays.values(), envelope, recipient_domain, provider)
        wanted = [relay for relay in fitting if not self.is_open(relay.relay_id)]
        best = [relay for relay in wanted if scope.standing(relay) == scope.standing(wanted[0])]
        chosen = scope.by_weight(best, token)
        if chosen is not None:
            self._set(chosen.relay_id, self._breaker(chosen.relay_id).tried(self._clock.now_ms()))
        return chosen

    def back_at_ms(self, envelope: wire.Envelope, recipient_domain: str, provider: str) -> int:
        """Give when the first relay that a mail is to leave by may be tried again; 0: at any moment."""
        fitting = self.candidates(envelope, recipient_domain, provider)
        mine = (relay for relay in fitting if scope.is_always(relay, envelope.domain))
        return min((self._breaker(relay.relay_id).open_until_ms for relay in mine), default=0)

    def of_tenant(self, tenant_id: str) -> tuple[wire.RelayItem, ...]:
        """List the relays that a tenant's mail may leave by: its own and the operator's."""
        return tuple(relay for relay in self._relays.values() if relay.tenant_id in (None, tenant_id))

    def is_out(self, relay_id: str) -> bool:
        """Say whether what waits for a relay had better not: it is gone, or has failed again and again."""
        if relay_id not in self._relays:
            return self._is_told
        return self._breaker(relay_id).pause_ms >= _LONG_PAUSE_MS and self.is_open(relay_id)

    def is_open(self, relay_id: str) -> bool:
        """Say whether the relay is not to be used just now."""
        return not self._breaker(relay_id).admits(self._clock.now_ms())

    def succeeded(self, relay_id: str) -> None:
        """The relay took a mail, or refused it for the mail's own sake."""
        self._set(relay_id, self._breaker(relay_id).succeeded(self._clock.now_ms()))

    def failed(self, relay_id: str, reply: str) -> None:
        """The relay could not be given a mail: it does not answer, let us log in, or it puts the mail off."""
        self._set(relay_id, self._breaker(relay_id).failed(reply, self._clock.now_ms()))

    def open_relays(self) -> dict[str, str]:
        """Give the relays that are not used just now, and the last reply; for the heartbeat, which must not grow."""
        found = (
            (relay_id, breaker.last_reply)
            for relay_id, breaker in self._breakers.items()
            if relay_id in self._relays and not breaker.is_closed
        )
        return dict(islice(found, _MOST_TOLD))

    def _breaker(self, relay_id: str) -> Breaker:
        return self._breakers.get(relay_id, Breaker())

    def _set(self, relay_id: str, breaker: Breaker) -> None:
        before = self._breaker(relay_id)
        self._breakers[relay_id] = breaker
        if before.open_until_ms != breaker.open_until_ms:
            memory.remember(self._path, self._breakers)
            log.warning(
                "relay.closed" if breaker.is_closed else "relay.opened",
                relay_id=relay_id,
                reply=breaker.last_reply or before.last_reply,
            )


def way_to(relay: wire.RelayItem) -> str:
    """Give Postfix's transport and next hop: this very host, whatever its MX says."""
    transport = STARTTLS_TRANSPORT if relay.tls == "starttls" else IMPLICIT_TRANSPORT
    return f"{transport}:{scope.server_of(relay)}"


def _server_of(relays: dict[str, wire.RelayItem], relay_id: str) -> tuple[str, int, str, str] | None:
    relay = relays.get(relay_id)
    return None if relay is None else _server(relay)


def _server(relay: wire.RelayItem) -> tuple[str, int, str, str]:
    return relay.host, relay.port, relay.username, relay.password
