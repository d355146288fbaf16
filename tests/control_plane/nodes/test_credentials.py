"""A node's credential renewed, over the real application."""

import asyncio
import base64
from datetime import timedelta

import httpx
import msgspec
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from litestar import Litestar

from control_plane.core import crypto
from control_plane.core.clock import FixedClock
from control_plane.core.database import Database
from control_plane.core.errors import Conflict
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from control_plane.nodes import service as nodes
from control_plane.nodes.errors import UnknownNode
from control_plane.nodes.queries import enrolment
from tenant_agent import wire
from tests.conftest import Tenant
from tests.control_plane.conftest import FleetNode, MakeNode
from tests.control_plane.link_client import Refused, greeted, linked


async def renew(client: httpx.AsyncClient, credential: str) -> wire.EnrolReply:
    answer = await client.post(wire.CREDENTIAL_PATH, headers={"Authorization": f"Bearer {credential}"})
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=wire.EnrolReply)


async def is_let_in(app: Litestar, credential: str) -> bool:
    try:
        async with linked(app, credential):
            return True
    except Refused:
        return False


@pytest.fixture
async def node(make_node: MakeNode) -> FleetNode:
    return await make_node()


async def test_the_former_credential_works_until_the_renewed_one_is_used(
    app: Litestar, client: httpx.AsyncClient, node: FleetNode
) -> None:
    reply = await renew(client, node.credential)
    assert reply.node_id == node.public_id
    assert await is_let_in(app, node.credential)
    assert await is_let_in(app, reply.credential)
    assert not await is_let_in(app, node.credential)
    assert await is_let_in(app, reply.credential)


async def test_an_answer_that_was_lost_is_void_once_there_is_another(
    app: Litestar, client: httpx.AsyncClient, node: FleetNode
) -> None:
    lost = await renew(client, node.credential)
    reply = await renew(client, node.credential)
    assert not await is_let_in(app, lost.credential)
    assert await is_let_in(app, reply.credential)


async def test_enrolling_again_voids_a_renewed_credential_too(
    app: Litestar, client: httpx.AsyncClient, node: FleetNode, runtime: Runtime
) -> None:
    renewed = await renew(client, node.credential)
    async with runtime.db.fleet_tx() as tx:
        token = await nodes.new_enrolment_token(tx, node.id, runtime.clock)
    await nodes.enrol(runtime.db, wire.EnrolRequest(token=token.token, agent_version="test"), runtime.clock)
    assert not await is_let_in(app, node.credential)
    assert not await is_let_in(app, renewed.credential)


@pytest.mark.parametrize("credential", ["", "fpn_", "fpn_" + "0" * 56, "fp_" + "0" * 56, "fpn_\u00e9"])
async def test_who_has_no_credential_gets_none(client: httpx.AsyncClient, credential: str) -> None:
    answer = await client.post(wire.CREDENTIAL_PATH, headers={b"authorization": f"Bearer {credential}".encode()})
    assert answer.status_code == 401
    assert answer.json()["code"] == "unknown_node"


async def test_a_renewed_credential_is_signed_with_every_key_that_comes_with_it(
    client: httpx.AsyncClient, node: FleetNode
) -> None:
    reply = await renew(client, node.credential)
    assert reply.bundle_keys
    assert reply.signatures.keys() == set(reply.bundle_keys)
    for key, signature in reply.signatures.items():
        public(key).verify(base64.b64decode(signature), wire.signed_part(reply))
        with pytest.raises(InvalidSignature):
            public(key).verify(base64.b64decode(signature), wire.signed_part(reply) + b"x")


async def test_renewing_is_in_the_operators_audit_log_without_the_credential(
    client: httpx.AsyncClient, operator: Tenant, make_node: MakeNode, db: Database
) -> None:
    node = await make_node()
    reply = await renew(client, node.credential)
    async with db.fleet_tx() as tx:
        owner = await tx.connection.fetchval(
            "select id from tenants where kind = 'operator' and parent_id is null order by id limit 1"
        )
    with acting_for(owner):
        async with db.tenant_tx() as tx:
            entries = await tx.connection.fetch("select * from audit_log where target = $1", node.public_id)
    assert "nodes.renew_credential" in {entry["action"] for entry in entries}
    assert not [entry for entry in entries if reply.credential[4:] in str(dict(entry))]


async def test_of_two_rotations_a_node_must_see_one(app: Litestar, runtime: Runtime, node: FleetNode) -> None:
    """Two keys are live at a time; who knows neither of them is told to enrol again."""
    async with runtime.db.fleet_tx() as tx:
        before = await nodes.public_keys(tx)
        second = await nodes.rotate_bundle_key(tx, runtime.vault, runtime.clock, force=True)
        between = await nodes.public_keys(tx)
    assert between == (second, before[0])
    async with runtime.db.fleet_tx() as tx:
        third = await nodes.rotate_bundle_key(tx, runtime.vault, runtime.clock, force=True)
        assert await nodes.public_keys(tx) == (third, second)
    hello = wire.Hello(wire_version=2, agent_version="test", generation=0, bundle_keys=("gone",))
    async with linked(app, node.credential) as agent:
        await agent.send(hello)
        assert (await agent.end()).code == 4403


async def test_a_second_rotation_within_eight_days_is_refused_unless_it_is_forced(runtime: Runtime) -> None:
    later = FixedClock(runtime.clock.now() + timedelta(days=9))
    async with runtime.db.fleet_tx() as tx:
        await nodes.rotate_bundle_key(tx, runtime.vault, later, force=True)
    async with runtime.db.fleet_tx() as tx:
        before = await nodes.public_keys(tx)
        with pytest.raises(Conflict, match="wait until it is eight days old"):
            await nodes.rotate_bundle_key(tx, runtime.vault, runtime.clock)
        assert await nodes.public_keys(tx) == before
    async with runtime.db.fleet_tx() as tx:
        await nodes.rotate_bundle_key(tx, runtime.vault, runtime.clock, force=True)
    async with runtime.db.fleet_tx() as tx:
        assert await nodes.rotate_bundle_key(tx, runtime.vault, later) == (await nodes.public_keys(tx))[0]


async def test_changes_are_signed_for_a_node_that_has_keys(app: Litestar, runtime: Runtime, node: FleetNode) -> None:
    keys = tuple(key.public for key in app.state.pulse.signer.keys)
    hello = wire.Hello(wire_version=2, agent_version="test", generation=0, bundle_keys=keys, nonce=b"n" * 16)
    async with linked(app, node.credential) as agent:
        await agent.send(hello)
        await agent.next(wire.Welcome)
        bundle = await agent.next(wire.Bundle)
    public(bundle.key).verify(bundle.signature, bundle.payload)
    said = wire.decode_as(bundle.payload, wire.SignedChanges)
    assert (said.node_id, said.nonce, said.number) == (node.public_id, b"n" * 16, 1)
    assert said.changes.snapshot


async def test_an_agent_without_keys_gets_plain_changes(app: Litestar, node: FleetNode) -> None:
    async with greeted(app, node.credential) as agent:
        assert (await agent.whole_state())[0].snapshot


def public(key: str) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(base64.b64decode(key))


async def test_who_renews_while_the_node_is_enrolled_anew_gets_nothing(
    app: Litestar, runtime: Runtime, node: FleetNode
) -> None:
    async with runtime.db.fleet_tx() as tx:
        await tx.connection.execute("select from nodes where id = $1 for update", node.id)
        thief = asyncio.create_task(nodes.renew(runtime.db, node.credential, runtime.vault))
        await is_kept_waiting(runtime.db)
        made = crypto.new_credential("fpn")
        await enrolment.set_credential(tx.connection, node.id, made.lookup, made.hash)
    with pytest.raises(UnknownNode):
        await thief
    assert await is_let_in(app, made.token)


async def is_kept_waiting(db: Database) -> None:
    """Wait until somebody waits for a row that another transaction has."""
    async with asyncio.timeout(10):
        waiting = False
        while not waiting:
            async with db.fleet_tx() as tx:
                waiting = await tx.connection.fetchval(
                    """select exists (select from pg_stat_activity
                                      where wait_event_type = 'Lock' and datname = current_database())"""
                )
