"""Every operation of the document × everybody × own and foreign things."""

from typing import Any

import asyncpg
import pytest

from tests.cases import CASES
from tests.control_plane.documents import Judge
from tests.isolation.crossing import Crossing
from tests.isolation.superuser import digests


def say(found: list[str]) -> None:
    """Fail with all findings, one a line."""
    if found:
        pytest.fail("\n".join(found), pytrace=False)


async def test_every_operation_is_covered(crossing: Crossing) -> None:
    say(crossing.gaps())


async def test_everything_works_at_home_and_answers_as_described(crossing: Crossing, document: dict[str, Any]) -> None:
    say(await crossing.own(Judge(document)))


async def test_nobody_reaches_into_another_tenant(
    crossing: Crossing, all_seeing: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await crossing.prepare()
    victims = [crossing.world.client.id]
    before = await digests(all_seeing, victims)
    say(await crossing.foreign())
    assert await digests(all_seeing, victims) == before


async def test_bodies_that_name_foreign_things_are_refused_as_if_those_never_were(crossing: Crossing) -> None:
    say(await crossing.references())
    say(await crossing.foreign_domains())


async def test_each_role_and_each_scope_may_do_just_what_it_says(crossing: Crossing) -> None:
    say(await crossing.roles())


async def test_an_agency_acts_by_a_grant_or_not_at_all(crossing: Crossing) -> None:
    say(await crossing.grants())


async def test_nobody_gets_anything(crossing: Crossing) -> None:
    say(await crossing.nobody())
    CASES["requests to the API"] = crossing.cases
