"""Which way a delivery takes: a pure decision over what is known of each way at this moment.

In this order: a relay that is to be used always (while that takes no mail, one for when nothing else can, but never an
address of ours); an address of the pool, spread by weight, one that is warming up only within its caps; another address
of the pool; a relay for when nothing else can; and else it waits, here or elsewhere.
"""

import hashlib
import math
from collections.abc import Sequence
from typing import Final, Protocol

import msgspec

from tenant_agent import wire
from tenant_agent.assignment import NEVER, Assignment, Budget
from tenant_agent.relays.book import way_to

PATIENCE_MS: Final = 60_000
"""What can leave from an address of its own so soon waits for that."""

_RELAY_PAUSE_MS = 15_000
_HASHES = float(2**32)


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """An address of the pool on this node, and what it may do just now for the delivery's class."""

    ip: wire.SendingIp
    transport: str
    is_usable: bool = True
    """The host has the address, and Postfix the transport."""
    step: int | None = None
    """Of its warm-up."""
    budget: Budget | None = None
    budget_left: int | None = None
    """None: it is warm."""
    budget_turns_ms: int = 0
    cap: str = ""
    suspended_until_ms: int | None = None
    rules: tuple[str, ...] = ()
    """Rules that slow it down or suspend it."""
    paced_until_ms: int = 0
    full_until_ms: int = 0
    """As many mails are under way as a rule lets be at once."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be decided for."""

    token: str
    pool_id: str
    provider: str
    now_ms: int
    generation: int
    is_draining: bool = False


class Wait(msgspec.Struct, frozen=True):
    """There is no way for now."""

    until_ms: int
    why: str


class Relays(Protocol):
    """The relays that are for this delivery; asked only if it would leave by one."""

    def has_always(self) -> bool:
        """Say whether it is to leave by relays alone, working or not."""
        ...

    def always(self) -> wire.RelayItem | None: ...

    def fallback(self) -> wire.RelayItem | None: ...

    def back_at_ms(self) -> int:
        """Say when one that it is to leave by may be tried again; 0: at any moment."""
        ...


class NoRelays:
    """For mail that relays are not for."""

    def has_always(self) -> bool:
        return False

    def always(self) -> wire.RelayItem | None:
        return None

    def fallback(self) -> wire.RelayItem | None:
        return None

    def back_at_ms(self) -> int:
        return 0


def decide(candidates: Sequence[Candidate], request: Request, relays: Relays) -> Assignment | Wait:
    """Choose the way, or say until when there is none."""
    if request.is_draining:
        return Wait(NEVER, "the node is being drained")
    if relays.has_always():
        return _by_relays_alone(request, relays)
    ranked = sorted(candidates, key=lambda each: _rank(each.ip, request.token))
    passed: list[Candidate] = []
    for each in ranked:
        if _obstacle(each, request.now_ms) is None:
            return _by_address(each, request, passed)
        passed.append(each)
    until_ms = max(request.now_ms + 1, min((_free_at_ms(each) for each in passed), default=NEVER))
    if until_ms - request.now_ms > PATIENCE_MS and (relay := relays.fallback()) is not None:
        return _by_relay(relay, request, f"by the relay {relay.host}, since {_reasons(passed, request)}")
    return Wait(until_ms, _reasons(passed, request))


def _by_relays_alone(request: Request, relays: Relays) -> Assignment | Wait:
    """Choose a relay for mail that no address of ours may send: its domain's records need not name them."""
    if (relay := relays.always()) is not None:
        return _by_relay(relay, request, f"by the relay {relay.host}, as it is set up for this mail")
    out = "the relay that it is to leave by takes no mail just now"
    if (relay := relays.fallback()) is not None:
        return _by_relay(relay, request, f"by the relay {relay.host}, since {out}")
    return Wait(max(request.now_ms + _RELAY_PAUSE_MS, relays.back_at_ms()), out)


def _rank(ip: wire.SendingIp, token: str) -> float:
    """Rank by weighted rendezvous: each token has its own order, and an address that goes moves only its own."""
    digest = hashlib.blake2b(f"{ip.address} {token}".encode(), digest_size=4).digest()
    place = (int.from_bytes(digest) + 0.5) / _HASHES
    return -math.log(place) / max(ip.weight, 1e-9)


def _obstacle(each: Candidate, now_ms: int) -> str | None:
    """Say what keeps mail from an address now, in one clause."""
    address = each.ip.address
    if not each.is_usable:
        return f"{address} is not in force on the node"
    if each.suspended_until_ms is not None and each.suspended_until_ms > now_ms:
        return f"{address} is suspended by the rule {', '.join(each.rules)}"
    if each.budget_left is not None and each.budget_left <= 0:
        return f"{address} has sent its {each.cap}" if each.cap else f"nobody has said yet what {address} may send"
    if each.full_until_ms > now_ms:
        return f"{address} has as many mails under way as the rule {', '.join(each.rules)} lets it"
    if each.paced_until_ms > now_ms:
        return f"{address} keeps to its pace"
    return None


def _free_at_ms(each: Candidate) -> int:
    """Give when the obstacles of an address will have gone."""
    if not each.is_usable:
        return NEVER
    waits = [each.suspended_until_ms or 0, each.paced_until_ms, each.full_until_ms]
    if each.budget_left is not None and each.budget_left <= 0:
        waits.append(each.budget_turns_ms or NEVER)
    return max(waits)


def _reasons(passed: Sequence[Candidate], request: Request) -> str:
    found = [reason for each in passed[:3] if (reason := _obstacle(each, request.now_ms))]
    return "; ".join(found) or f"the node has no sending address in {request.pool_id}"


def _by_address(each: Candidate, request: Request, passed: Sequence[Candidate]) -> Assignment:
    what = "warming up" if each.budget_left is not None else "warm"
    why = (
        f"{each.ip.address}, {what}" if not passed else f"{each.ip.address}, {what}, since {_reasons(passed, request)}"
    )
    rule = each.rules[0] if each.rules else None
    route = wire.Route(
        pool_id=request.pool_id,
        provider=request.provider,
        rule=rule,
        warmup_step=each.step,
        generation=request.generation,
        ip_id=each.ip.ip_id,
        why=why,
    )
    return Assignment(f"{each.transport}:", route, each.budget)


def _by_relay(relay: wire.RelayItem, request: Request, why: str) -> Assignment:
    route = wire.Route(
        pool_id=request.pool_id,
        provider=request.provider,
        generation=request.generation,
        relay_id=relay.relay_id,
        why=why,
    )
    return Assignment(way_to(relay), route)
