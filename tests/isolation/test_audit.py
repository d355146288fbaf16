"""Every operation that changes something leaves an entry in the log of the tenant that it was done to."""

import httpx
import pytest

from control_plane.core.runtime import Runtime
from tests.isolation.crossing import Crossing, NotCovered
from tests.isolation.operations import Operation
from tests.isolation.places import Somebody, build
from tests.isolation.samples import BEFORE, TOO_SOON

UNLOGGED = {
    "sendMessage": "messages have a history of their own",
    "sendBatch": "messages have a history of their own",
    "verifyDomain": "looks, and logs what it changes",
    "checkBrandHost": "looks, and logs what it changes",
    "lookUpIpReputation": "looks, and logs what it changes",
    "explainInboundRoute": "looks, and changes nothing",
    "testInboundRoute": "messages have a history of their own",
    "previewTemplate": "shows, and changes nothing",
    "previewUnsavedTemplate": "shows, and changes nothing",
    "tryShapingRules": "looks at what was, and changes nothing",
}
"""Operations that leave no entry, and why."""


@pytest.fixture
async def quiet_world(runtime: Runtime, asking: httpx.AsyncClient, operations: list[Operation]) -> Crossing:
    """A world in which nothing has happened yet."""
    return Crossing(asking, await build(runtime), operations)


async def head_of(crossing: Crossing, who: Somebody) -> int:
    """Give the number of the newest entry in somebody's log."""
    [operation] = [each for each in crossing.operations if each.id == "getAuditLogHead"]
    head: int = (await crossing.ask(who, operation, {})).json()["seq"]
    return head


async def left(crossing: Crossing, operation: Operation) -> str | None:
    """Say what is wrong with what an operation leaves in its owner's log, if it can be tried."""
    try:
        return await _left(crossing, operation)
    except NotCovered as gap:
        return f"{operation.id}: {gap}"


async def _left(crossing: Crossing, operation: Operation) -> str | None:
    place = crossing.world.owner(operation.owner)
    owner = Somebody(name="owner", place=place, key=place.key)
    values = {name: await crossing.make(place, name) for name in operation.parameters}
    for earlier in (each for each in crossing.operations if each.id == BEFORE.get(operation.id)):
        await crossing.ask(owner, earlier, values, await crossing.body(place, earlier))
    body = await crossing.body(place, operation)
    before = await head_of(crossing, owner)
    answer = await crossing.ask(owner, operation, values, body)
    if operation.id in TOO_SOON:
        return None
    if not answer.is_success:
        return f"{operation.id}: {answer.status_code} {answer.text}"
    return None if await head_of(crossing, owner) > before else f"{operation.id} leaves no entry: record one"


async def test_every_change_is_logged(quiet_world: Crossing) -> None:
    changing = [each for each in quiet_world.operations if each.changes and each.id not in UNLOGGED]
    found = [await left(quiet_world, operation) for operation in changing]
    assert [fault for fault in found if fault] == []


def test_what_is_not_logged_is_still_there(quiet_world: Crossing) -> None:
    assert UNLOGGED.keys() <= {operation.id for operation in quiet_world.operations}
