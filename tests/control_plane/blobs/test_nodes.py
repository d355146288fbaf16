"""A node is given the files of what it is to send, and of nothing else; one that cannot fetch gets them inline."""

import base64
import os

import httpx
import pytest
from litestar import Litestar

from control_plane.core import ids
from control_plane.core.blobs import StoreAway
from control_plane.core.database import Database
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from control_plane.deliveries import service as deliveries
from tenant_agent import wire
from tests.conftest import MakeDomain, MakeTenant, Tenant
from tests.control_plane.conftest import FleetNode, MakeNode, give_pool
from tests.control_plane.link_client import LinkClient, greeted, linked
from tests.control_plane.messages.messages import message

LARGE = os.urandom(200_000)


async def send(client: httpx.AsyncClient, tenant: Tenant, domain: str, *files: bytes) -> str:
    attachments = [
        {"filename": "a.pdf", "content_type": "application/pdf", "content": base64.b64encode(content).decode()}
        for content in files
    ]
    sent = await client.post("/v1/messages", json=message(domain, attachments=attachments), headers=tenant.headers)
    assert sent.status_code == 202, sent.text
    message_id: str = sent.json()["id"]
    return message_id


async def offered(db: Database, node: FleetNode) -> wire.Content:
    offer = await deliveries.claim(db, node.id, 10)
    assert offer is not None
    return wire.decode_as(bytes(offer.messages[0].content), wire.Content)


def address(tenant: Tenant, message_id: str, file: wire.FileRef) -> str:
    return f"{wire.FILES_PATH}/{ids.encode('ten', tenant.id)}/{message_id}/{file.id}"


def credentials(node: FleetNode, **headers: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {node.credential}"} | headers


def ref_in(content: wire.Content) -> wire.FileRef:
    [file] = wire.files_of(content)
    return file


async def test_a_node_fetches_what_it_was_offered(
    client: httpx.AsyncClient, db: Database, make_node: MakeNode, tenant: Tenant, domain: str
) -> None:
    node = await make_node(tenant)
    message_id = await send(client, tenant, domain, LARGE)
    file = ref_in(await offered(db, node))
    answer = await client.get(address(tenant, message_id, file), headers=credentials(node))
    assert (answer.status_code, answer.content) == (200, LARGE)
    part = await client.get(address(tenant, message_id, file), headers=credentials(node, Range="bytes=123456-"))
    assert (part.status_code, part.content) == (206, LARGE[123456:])
    assert part.headers["content-range"] == f"bytes 123456-{len(LARGE) - 1}/{len(LARGE)}"
    for odd in (f"bytes={len(LARGE)}-", "bytes=-5", "bytes=1-2", "bytes=" + "9" * 30 + "-"):
        whole = await client.get(address(tenant, message_id, file), headers=credentials(node, Range=odd))
        assert (whole.status_code, whole.content) == (200, LARGE)


async def test_nobody_else_does(
    client: httpx.AsyncClient,
    db: Database,
    make_node: MakeNode,
    make_tenant: MakeTenant,
    make_domain: MakeDomain,
    tenant: Tenant,
    domain: str,
) -> None:
    other = await make_tenant()
    node, others_node = await make_node(tenant), await make_node(other)
    message_id = await send(client, tenant, domain, LARGE)
    others_id = await send(client, other, await make_domain(other), LARGE[::-1])
    before = await client.get(address(tenant, message_id, wire.FileRef("0" * 26, 1, b"")), headers=credentials(node))
    assert before.status_code == 404
    file, others_file = ref_in(await offered(db, node)), ref_in(await offered(db, others_node))
    odd = [
        (address(tenant, message_id, file), {}),
        (address(tenant, message_id, file), {"Authorization": "Bearer fpn_" + "0" * 56}),
        (address(tenant, message_id, file), tenant.headers),
        (address(tenant, message_id, file), credentials(others_node)),
        (address(tenant, message_id, others_file), credentials(node)),
        (address(other, others_id, others_file), credentials(node)),
        (address(other, message_id, file), credentials(node)),
        (address(tenant, others_id, file), credentials(node)),
        (address(tenant, "msg_x", file), credentials(node)),
        (f"{wire.FILES_PATH}/ten_%00/{message_id}/{file.id}", credentials(node)),
    ]
    statuses = [(await client.get(path, headers=headers)).status_code for path, headers in odd]
    assert set(statuses[:3]) == {401}
    assert set(statuses[3:]) == {404}


async def test_what_postfix_has_is_given_no_more(
    client: httpx.AsyncClient, db: Database, make_node: MakeNode, tenant: Tenant, domain: str
) -> None:
    node = await make_node(tenant)
    message_id = await send(client, tenant, domain, LARGE)
    file = ref_in(await offered(db, node))
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            await tx.connection.execute("update deliveries set status = 'queued'")
    answer = await client.get(address(tenant, message_id, file), headers=credentials(node))
    assert answer.status_code == 404


async def one_offer(app: Litestar, node: FleetNode, *, fetches_files: bool) -> wire.Offer:
    async with linked(app, node.credential) as link:
        hello = wire.Hello(
            wire_version=wire.WIRE_VERSION, agent_version="test", generation=0, fetches_files=fetches_files
        )
        await link.send(hello)
        await link.next(wire.Welcome)
        await link.send(wire.Credit(deliveries=10))
        return await link.next(wire.Offer)


@pytest.mark.parametrize("fetches_files", [True, False])
async def test_an_agent_that_fetches_nothing_gets_files_inline(
    app: Litestar,
    client: httpx.AsyncClient,
    make_node: MakeNode,
    tenant: Tenant,
    domain: str,
    fetches_files: bool,
) -> None:
    node = await make_node(tenant)
    await send(client, tenant, domain, LARGE, b"small")
    offer = await one_offer(app, node, fetches_files=fetches_files)
    large, small = wire.decode_as(bytes(offer.messages[0].content), wire.Content).attachments
    assert small.content == b"small"
    assert isinstance(large.content, wire.FileRef) if fetches_files else large.content == LARGE


async def take(link: LinkClient) -> wire.Offer:
    offer = await link.next(wire.Offer)
    await link.send(wire.Take(lease_id=offer.lease_id))
    assert (await link.next(wire.Taken)).yours
    return offer


async def test_inline_files_come_in_as_many_frames_as_they_need(
    app: Litestar, client: httpx.AsyncClient, make_node: MakeNode, tenant: Tenant, domain: str
) -> None:
    node = await make_node(tenant)
    contents = [bytes([number]) * 14 * 1024 * 1024 for number in range(3)]
    for content in contents:
        await send(client, tenant, domain, content)
    async with greeted(app, node.credential) as link:
        await link.send(wire.Credit(deliveries=10))
        offers = [await take(link), await take(link)]
    assert [len(offer.deliveries) for offer in offers] == [2, 1]
    found = [wire.decode_as(bytes(each.content), wire.Content) for offer in offers for each in offer.messages]
    assert [content.attachments[0].content for content in found] == contents
    assert all(len(wire.encode(offer)) < wire.MAX_FRAME_BYTES for offer in offers)


async def test_while_files_cannot_be_read_nothing_is_lost(
    app: Litestar,
    client: httpx.AsyncClient,
    runtime: Runtime,
    make_node: MakeNode,
    tenant: Tenant,
    domain: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    node = await make_node()
    await give_pool(runtime.db, tenant, node)
    await send(client, tenant, domain, LARGE)

    def away(*_: object) -> object:
        raise StoreAway

    async with greeted(app, node.credential) as link:
        with monkeypatch.context() as patched:
            patched.setattr(runtime.blobs, "get", away)
            await link.send(wire.Credit(deliveries=10))

            async def is_tried() -> bool:
                async with runtime.db.fleet_tx() as tx:
                    found: bool = await tx.connection.fetchval(
                        "select exists (select from leases where node_id = $1)", node.id
                    )
                return found

            await link.until(is_tried)
        offer = await take(link)
    assert wire.decode_as(bytes(offer.messages[0].content), wire.Content).attachments[0].content == LARGE
