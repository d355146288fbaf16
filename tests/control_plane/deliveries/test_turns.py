"""Start-time fair queueing as a pure decision, also simulated."""

from collections import Counter
from uuid import UUID

import pytest

from control_plane.deliveries.turns import Portion, Standing, portions

POOL, OTHER_POOL, BROADCAST = UUID(int=1), UUID(int=2), UUID(int=3)


def standing(tenant: int, start: float = 0.0, weight: float = 1.0, pool: UUID = POOL) -> Standing:
    """Have a tenant stand in line."""
    return Standing(UUID(int=tenant), pool, "broadcast" if pool == BROADCAST else "transactional", start, weight)


def shared(*line: Standing, most: int = 100) -> dict[int, int]:
    """Divide, and give each tenant's part."""
    parts: Counter[int] = Counter()
    for part in portions(line, most):
        parts[part.standing.tenant_id.int] += part.deliveries
    return dict(parts)


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ([standing(1)], {1: 100}),
        ([standing(1), standing(2)], {1: 50, 2: 50}),
        ([standing(1, weight=3), standing(2)], {1: 75, 2: 25}),  # by weight
        ([standing(1, start=0), standing(2, start=40)], {1: 70, 2: 30}),  # who was served less goes first
        ([standing(1, start=0), standing(2, start=500)], {1: 100}),
        ([standing(n) for n in range(1, 201)], dict.fromkeys(range(1, 101), 1)),  # more than there is: one each
    ],
)
def test_a_claim_is_divided_by_standing_and_weight(line: list[Standing], parts: dict[int, int]) -> None:
    assert shared(*line) == parts


def test_pools_of_one_stream_get_the_same_and_transactional_mail_gets_four_times_as_much_as_broadcast() -> None:
    assert shared(standing(1), standing(2, pool=OTHER_POOL)) == {1: 50, 2: 50}
    assert shared(standing(1), standing(3, pool=BROADCAST)) == {1: 80, 3: 20}
    assert shared(standing(1), standing(3, pool=BROADCAST), most=1) == {1: 1}


def test_nothing_is_divided_among_nobody() -> None:
    assert portions([], 100) == []


def test_over_time_each_gets_its_share_however_small_the_claims_are() -> None:
    line = [standing(1), standing(2, weight=2), standing(3, weight=0.5)]
    parts: Counter[int] = Counter()
    for _ in range(700):
        [part] = portions(line, 1)
        parts[part.standing.tenant_id.int] += 1
        line = [each.after(1) if each == part.standing else each for each in line]
    assert parts == {1: 200, 2: 400, 3: 100}


def test_who_is_served_stands_further_back_by_its_weight() -> None:
    assert Portion(standing(1, weight=4), 8).standing.after(8).start == 2.0


@pytest.mark.parametrize("most", [1, 2, 7, 50])
def test_no_pool_starves_however_many_there_are_and_however_small_the_claims(most: int) -> None:
    pools = 60
    line = [*(standing(n, pool=UUID(int=100 + n)) for n in range(pools)), standing(pools, pool=BROADCAST)]
    parts: Counter[int] = Counter()
    claims = 4 * (4 * pools + 1)
    for claim in range(claims):
        found = portions(line, most, (claim + 0.5) / claims)
        assert sum(part.deliveries for part in found) == most
        parts.update({part.standing.tenant_id.int: part.deliveries for part in found})
    assert parts == {**dict.fromkeys(range(pools), 16 * most), pools: 4 * most}
