"""How much waits is looked up rarely, however much is handed up, and is of no one tenant."""

from collections.abc import Awaitable, Callable

import pytest

from control_plane.core.database import Database, Transaction
from control_plane.core.errors import TooMany, Unavailable
from control_plane.core.ids import TenantId, new_uuid
from control_plane.inbound import queries
from control_plane.inbound.service import waiting
from control_plane.inbound.service.waiting import Waiting

ANN, BOB = TenantId(new_uuid()), TenantId(new_uuid())


class Looks:
    """What a look finds, how long it takes, and how many there were."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.takes_seconds = 0.0
        self.number = 0
        self.found: dict[TenantId | None, int] = {}

    async def look(self, _: Transaction) -> dict[TenantId | None, int]:
        self.number += 1
        self.now += self.takes_seconds
        return dict(self.found)


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> Looks:
    found = Looks()
    monkeypatch.setattr(queries, "waiting_bytes", found.look)
    monkeypatch.setattr(waiting, "MOST_WAITING_BYTES", 400)
    return found


@pytest.fixture
def make_room(looks: Looks, db: Database) -> Callable[[TenantId | None, int], Awaitable[None]]:
    known = Waiting(lambda: looks.now)

    async def make(owner: TenantId | None, size: int) -> None:
        async with db.fleet_tx() as tx:
            await known.make_room(tx, owner, size)

    return make


MakeRoom = Callable[[TenantId | None, int], Awaitable[None]]


async def test_nobodys_mail_takes_the_room_of_all_others(looks: Looks, make_room: MakeRoom) -> None:
    looks.found = {ANN: 60, None: 200}
    await make_room(ANN, 40)
    with pytest.raises(TooMany):
        await make_room(ANN, 1)
    await make_room(BOB, 100)
    with pytest.raises(Unavailable):
        await make_room(None, 1)
    assert looks.number == 1


async def test_it_is_looked_up_once_a_second_and_what_came_meanwhile_is_counted(
    looks: Looks, make_room: MakeRoom
) -> None:
    for _ in range(10):
        looks.now += 0.09
        await make_room(ANN, 10)
    with pytest.raises(TooMany):
        await make_room(ANN, 10)
    looks.now += 0.2
    await make_room(ANN, 10)
    assert looks.number == 2


async def test_a_look_that_takes_long_is_made_rarely(looks: Looks, make_room: MakeRoom) -> None:
    looks.takes_seconds = 0.5
    for _ in range(100):
        await make_room(None, 1)
        looks.now += 0.1
    assert looks.number == 1
    looks.now += 1
    await make_room(None, 1)
    assert looks.number == 2
