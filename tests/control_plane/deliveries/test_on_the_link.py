"""Giving back on a node's connection: answered in turn, and once however often it is said."""

from litestar import Litestar

from control_plane.core.database import Database
from control_plane.deliveries import service as deliveries
from tenant_agent import wire
from tests.conftest import Tenant
from tests.control_plane.conftest import MakeNode
from tests.control_plane.deliveries.conftest import LetWait, MakePool
from tests.control_plane.link_client import LinkClient, greeted


async def take_all(client: LinkClient) -> wire.Offer:
    """Take the next batch."""
    offer = await client.next(wire.Offer)
    await client.send(wire.Take(lease_id=offer.lease_id))
    assert (await client.next(wire.Taken)).yours
    return offer


async def test_a_node_gives_back_what_it_took_and_another_gets_it(
    app: Litestar, db: Database, make_node: MakeNode, make_pool: MakePool, let_wait: LetWait, tenant: Tenant
) -> None:
    first, second = await make_node(), await make_node()
    pool = await make_pool(first, second)
    sent = await let_wait(tenant, pool, 2)
    async with greeted(app, first.credential) as client:
        await client.send(wire.Credit(deliveries=10))
        offer = await take_all(client)
        returned = tuple(wire.Returned(each.delivery_id, offer.lease_id, "no address") for each in offer.deliveries)
        for batch in (1, 2):
            await client.send(wire.Return(batch=batch, deliveries=returned))
            assert (await client.next(wire.Accepted)).batch == batch
        await client.send(wire.Take(lease_id=offer.lease_id))
        assert (await client.next(wire.Taken)).yours, "the lease is its own, though nothing is left of it"
    again = await deliveries.claim(db, second.id, 10)
    assert again is not None
    assert sorted(each.delivery_id for each in again.deliveries) == sorted(sent)


async def test_credit_for_transactional_mail_is_kept_for_it(
    app: Litestar, make_node: MakeNode, make_pool: MakePool, let_wait: LetWait, tenant: Tenant
) -> None:
    node = await make_node()
    broadcast, transactional = await make_pool(node, stream="broadcast"), await make_pool(node)
    await let_wait(tenant, broadcast, 5)
    async with greeted(app, node.credential) as client:
        await client.send(wire.Credit(deliveries=2, transactional=3))
        common = await client.next(wire.Offer)
        assert (len(common.deliveries), common.transactional) == (2, False)
        sent = await let_wait(tenant, transactional, 4)
        await client.send(wire.Credit(deliveries=0))
        kept = await client.next(wire.Offer)
        assert ([each.delivery_id for each in kept.deliveries], kept.transactional) == (sorted(sent)[:3], True)
        await client.send(wire.Credit(deliveries=2))
        common = await client.next(wire.Offer)
        assert (len(common.deliveries), common.transactional) == (2, False)
        assert sorted(sent)[3] in {each.delivery_id for each in common.deliveries}


async def test_mail_that_waits_for_common_credit_takes_nothing_of_the_other(
    app: Litestar, db: Database, make_node: MakeNode, make_pool: MakePool, let_wait: LetWait, tenant: Tenant
) -> None:
    node = await make_node()
    await let_wait(tenant, await make_pool(node, stream="broadcast"), 5)
    assert await deliveries.claim(db, node.id, 10, only_transactional=True) is None
    async with greeted(app, node.credential) as client:
        await client.send(wire.Credit(deliveries=0, transactional=3))
        await client.send(wire.Credit(deliveries=1))
        assert len((await client.next(wire.Offer)).deliveries) == 1
