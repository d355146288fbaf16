"""Workers drive the same moves while sources speak: nothing begins twice, and nobody waits for each other for ever."""

import asyncio

import httpx
import pytest

from control_plane.core.database import Database
from tests.conftest import Tenant
from tests.control_plane.moves.conftest import Operator, Pair, home_of, make_mailbox


@pytest.fixture
async def pairs(pair: Pair, client: httpx.AsyncClient, tenant: Tenant, domain: str, db: Database) -> list[Pair]:
    """Eight mailboxes beside each other."""
    more = [await make_mailbox(client, tenant, domain) for _ in range(7)]
    return [pair, *(Pair(db, pair.clock, pair.source, pair.target, address) for address in more)]


async def test_workers_begin_no_more_than_may_be_under_way(fleet: Operator, pairs: list[Pair], domain: str) -> None:
    batch = await fleet.ask(domain=domain)
    await asyncio.gather(*(pairs[0].drive() for _ in range(4)))
    assert (await fleet.get(f"/batches/{batch['id']}")).json()["under_way"] == 4
    begun = [item for each in pairs if (item := await each.item(each.source)) is not None]
    assert [item.number for item in begun] == [1] * 4  # type: ignore[union-attr]


async def test_all_arrive_whoever_drives_and_speaks_at_the_same_time(
    fleet: Operator, pairs: list[Pair], domain: str, db: Database
) -> None:
    batch = await fleet.ask(domain=domain)
    for _ in range(40):
        begun = [each for each in pairs if await each.item(each.source) is not None]
        if not begun and all([await home_of(db, each.address) == each.target.public_id for each in pairs]):
            break
        await asyncio.gather(*(each.say() for each in begun), pairs[0].drive(), pairs[0].drive())
    shown = (await fleet.get(f"/batches/{batch['id']}")).json()
    assert (shown["arrived"], shown["failed"]) == (8, 0)


async def test_a_deletion_and_the_switch_do_not_wait_for_each_other(
    fleet: Operator, pairs: list[Pair], client: httpx.AsyncClient, tenant: Tenant, db: Database
) -> None:
    for each in pairs[:3]:
        await fleet.ask(mailbox=each.address)
        await each.until_closed()
        listed = (await client.get("/v1/mailboxes?limit=100", headers=tenant.headers)).json()["data"]
        [mailbox] = [one["id"] for one in listed if one["address"] == each.address]
        deleted, _, _ = await asyncio.gather(
            client.delete(f"/v1/mailboxes/{mailbox}", headers=tenant.headers), each.say(), each.drive()
        )
        assert deleted.status_code == 204
        await each.drive()
        for node in (each.source, each.target):
            assert await each.item(node) is None
            assert await each.item(node, "mailbox") is None
