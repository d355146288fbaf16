"""Which way out a delivery takes, case by case."""

from collections import Counter

import msgspec
import pytest

from tenant_agent import wire
from tenant_agent.assignment import NEVER, Assignment, Budget
from tenant_agent.route.decision import Candidate, NoRelays, Request, Wait, decide

NOW_MS = 1_800_000_000_000
HOUR_MS = 3_600_000
REQUEST = Request(token="token", pool_id="pool_t", provider="google", now_ms=NOW_MS, generation=17)


def relay(relay_id: str) -> wire.RelayItem:
    return wire.RelayItem(
        relay_id=relay_id,
        tenant_id=None,
        kind="smtp",
        host=f"{relay_id}.example",
        port=587,
        tls="starttls",
        username="u",
        password="p",
        mode="always",
    )


class Relays(NoRelays):
    """Relays that are set up and work, or not."""

    def __init__(self, *, always: str | None = None, fallback: str | None = None, is_set: bool = False) -> None:
        self._always = always
        self._fallback = fallback
        self._is_set = is_set

    def has_always(self) -> bool:
        return self._is_set or self._always is not None

    def always(self) -> wire.RelayItem | None:
        return relay(self._always) if self._always else None

    def fallback(self) -> wire.RelayItem | None:
        return relay(self._fallback) if self._fallback else None


def candidate(number: int, *, weight: int = 1, **fields: object) -> Candidate:
    ip = wire.SendingIp(
        ip_id=f"ip_{number}", address=f"10.77.1.{number}", hostname="h", pool_id="pool_t", weight=weight
    )
    return Candidate(ip=ip, transport=f"out-10-77-1-{number}--google", **fields)  # type: ignore[arg-type]


def warming(number: int, left: int, **fields: object) -> Candidate:
    budget = Budget(f"ip_{number}", "google", 500_000)
    values: dict[str, object] = {"budget": budget, "budget_turns_ms": NOW_MS + HOUR_MS, "step": 3, "cap": "60 an hour"}
    return candidate(number, budget_left=left, **(values | fields))  # type: ignore[arg-type]


def suspended(number: int, seconds: int) -> Candidate:
    return candidate(number, suspended_until_ms=NOW_MS + seconds * 1000, rules=("ts04",))


def test_a_delivery_leaves_by_its_pools_address_and_says_why() -> None:
    decision = decide([candidate(11)], REQUEST, NoRelays())
    assert decision == Assignment(
        "out-10-77-1-11--google:",
        wire.Route(pool_id="pool_t", provider="google", generation=17, ip_id="ip_11", why="10.77.1.11, warm"),
    )


def test_what_warms_up_is_counted_in_its_hour_and_tells_its_step() -> None:
    decision = decide([warming(11, left=1)], REQUEST, NoRelays())
    assert isinstance(decision, Assignment)
    assert (decision.budget, decision.route.warmup_step) == (Budget("ip_11", "google", 500_000), 3)


@pytest.mark.parametrize(
    ("candidates", "relays", "way", "words"),
    [
        (
            [candidate(11)],
            Relays(is_set=True, fallback="r2"),
            "relay-starttls:[r2.example]:587",
            "since the relay that it is to leave by takes no mail",
        ),
        ([candidate(11)], Relays(always="r1"), "relay-starttls:[r1.example]:587", "as it is set up"),
        ([warming(11, 0), candidate(12)], NoRelays(), "out-10-77-1-12--google:", "10.77.1.12, warm"),
        ([warming(11, 0), candidate(12)], Relays(fallback="r2"), "out-10-77-1-12--google:", "10.77.1.12, warm"),
        ([warming(11, 0)], Relays(fallback="r2"), "relay-starttls:[r2.example]:587", "has sent its 60 an hour"),
        ([suspended(11, 600)], Relays(fallback="r2"), "relay-starttls:[r2.example]:587", "by the rule ts04"),
        ([suspended(11, 600), candidate(12)], NoRelays(), "out-10-77-1-12--google:", "10.77.1.12, warm"),
        ([suspended(11, -1)], NoRelays(), "out-10-77-1-11--google:", "10.77.1.11, warm"),
        ([candidate(11, is_usable=False), candidate(12)], NoRelays(), "out-10-77-1-12--google:", "12, warm"),
        (
            [candidate(11, paced_until_ms=NOW_MS + 90_000)],
            Relays(fallback="r2"),
            "relay-starttls:[r2.example]:587",
            "pace",
        ),
        ([], Relays(fallback="r2"), "relay-starttls:[r2.example]:587", "no sending address in pool_t"),
    ],
)
def test_the_way_that_is_taken(candidates: list[Candidate], relays: Relays, way: str, words: str) -> None:
    decision = decide(candidates, REQUEST, relays)
    assert isinstance(decision, Assignment)
    assert decision.way == way
    assert words in decision.route.why


@pytest.mark.parametrize(
    ("candidates", "relays", "seconds", "words"),
    [
        ([warming(11, 0)], NoRelays(), 3600, "10.77.1.11 has sent its 60 an hour"),
        ([warming(11, 0), suspended(12, 600)], NoRelays(), 600, "suspended by the rule ts04"),
        ([candidate(11, paced_until_ms=NOW_MS + 5_000)], Relays(fallback="r2"), 5, "keeps to its pace"),
        ([candidate(11)], Relays(is_set=True), 15, "the relay that it is to leave by takes no mail"),
    ],
)
def test_until_when_it_waits(candidates: list[Candidate], relays: Relays, seconds: int, words: str) -> None:
    decision = decide(candidates, REQUEST, relays)
    assert isinstance(decision, Wait)
    assert decision.until_ms == NOW_MS + seconds * 1000
    assert words in decision.why


@pytest.mark.parametrize(
    ("candidates", "words"),
    [
        ([], "no sending address in pool_t"),
        ([candidate(11, is_usable=False)], "not in force on the node"),
        ([warming(11, 0, budget_turns_ms=0, cap="")], "nobody has said yet"),
    ],
)
def test_what_only_another_state_can_help_waits_for_that(candidates: list[Candidate], words: str) -> None:
    decision = decide(candidates, REQUEST, NoRelays())
    assert isinstance(decision, Wait)
    assert decision.until_ms == NEVER
    assert words in decision.why


def test_a_node_that_drains_sends_nothing_anew() -> None:
    draining = msgspec.structs.replace(REQUEST, is_draining=True)
    assert decide([candidate(11)], draining, Relays(always="r1")) == Wait(NEVER, "the node is being drained")


def ways(candidates: list[Candidate], count: int = 2000) -> Counter[str]:
    requests = (msgspec.structs.replace(REQUEST, token=f"token{number}") for number in range(count))
    decisions = (decide(candidates, request, NoRelays()) for request in requests)
    return Counter(each.way for each in decisions if isinstance(each, Assignment))


def test_a_pools_addresses_share_its_deliveries_by_weight() -> None:
    counts = ways([candidate(11), candidate(12, weight=3)])
    assert counts.total() == 2000
    assert 2.4 < counts["out-10-77-1-12--google:"] / counts["out-10-77-1-11--google:"] < 3.8


def test_an_address_that_goes_moves_only_its_own_deliveries() -> None:
    both, one = [candidate(11), candidate(12), candidate(13)], [candidate(11), candidate(12)]
    for number in range(200):
        request = msgspec.structs.replace(REQUEST, token=f"token{number}")
        before, after = decide(both, request, NoRelays()), decide(one, request, NoRelays())
        assert isinstance(before, Assignment)
        assert isinstance(after, Assignment)
        assert before.way == after.way or before.way.startswith("out-10-77-1-13")


def test_the_same_delivery_is_decided_alike_in_whatever_order_the_addresses_come() -> None:
    one, other = candidate(11), candidate(12)
    assert decide([one, other], REQUEST, NoRelays()) == decide([other, one], REQUEST, NoRelays())
