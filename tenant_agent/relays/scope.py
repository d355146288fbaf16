"""Which relays are for a mail, and which of those takes it: pure decisions."""

import zlib
from collections.abc import Iterable, Sequence

from tenant_agent import wire

_CLASS = "class:"


def fitting(
    relays: Iterable[wire.RelayItem], envelope: wire.Envelope, recipient_domain: str, provider: str
) -> tuple[wire.RelayItem, ...]:
    """List the relays that are for a mail, those of one standing together, the highest first.

    A domain that was switched to relays leaves by those alone. Else a tenant's own come before the operator's, and
    those for certain destinations before those for all.
    """
    mine = [relay for relay in relays if relay.tenant_id in (None, envelope.tenant_id)]
    switched = [relay for relay in mine if envelope.domain in relay.always_for]
    if switched:
        return tuple(switched)
    found = [relay for relay in mine if _is_for(relay, envelope, recipient_domain, provider)]
    return tuple(sorted(found, key=standing))


def fallbacks(
    relays: Iterable[wire.RelayItem], envelope: wire.Envelope, recipient_domain: str, provider: str
) -> tuple[wire.RelayItem, ...]:
    """List the relays that take a mail when what it should leave by cannot, the preferred ones first.

    Mail that its tenant lets leave by a relay of its own goes by no relay of the operator's instead: the domain's
    records need not know that one.
    """
    known = list(relays)
    first = [each for each in fitting(known, envelope, recipient_domain, provider) if is_always(each, envelope.domain)]
    owners = {envelope.tenant_id} if any(each.tenant_id for each in first) else {None, envelope.tenant_id}
    found = [
        relay
        for relay in known
        if relay.tenant_id in owners
        and not is_always(relay, envelope.domain)
        and _is_for(relay, envelope, recipient_domain, provider)
    ]
    return tuple(sorted(found, key=standing))


def login_for(relays: Iterable[wire.RelayItem], server: str, sender: str) -> wire.RelayItem | None:
    """Find the relay whose login a sender has at a server, `[host]:port`; several accounts there share by weight."""
    there = [relay for relay in relays if server_of(relay) == server]
    best = min(map(standing, there), default=None)
    return by_weight([relay for relay in there if standing(relay) == best], sender)


def server_of(relay: wire.RelayItem) -> str:
    """Write a relay's server as Postfix's next hop: this very host, whatever its MX says."""
    return f"[{relay.host}]:{relay.port}"


def is_always(relay: wire.RelayItem, domain: str) -> bool:
    """Say whether mail from a domain leaves by the relay even while addresses of our own could take it."""
    return relay.mode == "always" or domain in relay.always_for


def standing(relay: wire.RelayItem) -> tuple[bool, bool]:
    """Rank a relay; among those of the lowest rank the weights decide."""
    return relay.tenant_id is None, not relay.destinations


def by_weight(relays: Sequence[wire.RelayItem], token: str) -> wire.RelayItem | None:
    """Spread deliveries in proportion to the weights; the same token gives the same relay."""
    total = sum(relay.weight for relay in relays)
    if total <= 0:
        return None
    place = zlib.crc32(token.encode()) % total
    for relay in relays:
        place -= relay.weight
        if place < 0:
            return relay
    return None


def _is_for(relay: wire.RelayItem, envelope: wire.Envelope, recipient_domain: str, provider: str) -> bool:
    return (
        (not relay.domains or envelope.domain in relay.domains)
        and (not relay.streams or envelope.stream in relay.streams)
        and (not relay.destinations or bool({recipient_domain, _CLASS + provider}.intersection(relay.destinations)))
    )


def takes_from(relay: wire.RelayItem, domain: str) -> bool:
    """Say whether a relay is for anything at all that is written from a domain."""
    return not relay.domains or domain in relay.domains or domain in relay.always_for
