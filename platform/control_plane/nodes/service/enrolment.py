"""How a machine becomes a node: it trades a one-time token for a credential of its own, and shows that ever after."""

from datetime import timedelta
from uuid import UUID

import msgspec

from control_plane.audit import service as audit
from control_plane.core import crypto
from control_plane.core.clock import Clock
from control_plane.core.crypto import Vault
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import NotFound
from control_plane.core.ids import NodeId, bare, encode, new_uuid
from control_plane.nodes import channels
from control_plane.nodes.errors import EnrolmentRefused, UnknownNode
from control_plane.nodes.queries import enrolment as queries
from control_plane.nodes.queries import registry
from control_plane.nodes.schemas import EnrolmentToken, LinkedNode
from control_plane.nodes.service import bundle_signing
from tenant_agent import wire

PREFIX = "nod"
_TOKEN = "fpe"  # noqa: S105 - the kind of token, not one
_CREDENTIAL = "fpn"
_TOKEN_LIFETIME = timedelta(hours=1)


async def new_enrolment_token(tx: Transaction, node_id: UUID, clock: Clock) -> EnrolmentToken:
    """Make a token that enrols this node once within the hour (fleet role); raises `NotFound`."""
    if await registry.find(tx.connection, node_id) is None:
        raise NotFound
    made, expires_at = crypto.new_credential(_TOKEN), clock.now() + _TOKEN_LIFETIME
    await queries.insert_token(tx.connection, made.lookup, made.hash, node_id, expires_at)
    public_id = encode(PREFIX, node_id)
    audit.record_for_fleet(tx, "nodes.make_enrolment_token", public_id, after={"expires_at": expires_at})
    return EnrolmentToken(public_id, made.token, expires_at)


async def enrol(db: Database, request: wire.EnrolRequest, clock: Clock) -> wire.EnrolReply:
    """Trade a token for a new credential, which replaces the node's old one; raises `EnrolmentRefused`.

    A connection that still lives on the old credential is told to end.
    """
    parts = crypto.split_token(_TOKEN, request.token)
    if parts is None:
        raise EnrolmentRefused
    lookup, secret = parts
    async with db.fleet_tx() as tx:
        found = await queries.lock_token(tx.connection, lookup, clock.now())
        if found is None or not crypto.secret_matches(secret, found.secret_hash):
            raise EnrolmentRefused
        made = crypto.new_credential(_CREDENTIAL)
        await queries.use_token(tx.connection, lookup, clock.now())
        await queries.set_credential(tx.connection, found.node_id, made.lookup, made.hash)
        keys = await bundle_signing.public_keys(tx)
        tx.outbox.signal(channels.connection(found.node_id), bare(new_uuid()))
    return wire.EnrolReply(node_id=encode(PREFIX, found.node_id), credential=made.token, bundle_keys=keys)


async def renew(db: Database, credential: str, vault: Vault) -> wire.EnrolReply:
    """Give a node another credential, which replaces the one shown when it is first used; raises `UnknownNode`.

    Asked again, the former answer is void: it was lost.
    """
    node, known = await authenticate(db, credential), crypto.split_token(_CREDENTIAL, credential)
    made = crypto.new_credential(_CREDENTIAL)
    async with db.fleet_tx() as tx:
        if known is None or not await queries.set_pending(tx.connection, node.id, known[0], made.lookup, made.hash):
            raise UnknownNode  # it was enrolled anew meanwhile, perhaps to shut out who asks
        keys = await bundle_signing.bundle_keys(tx, vault)
        audit.record_for_fleet(tx, "nodes.renew_credential", encode(PREFIX, node.id))
    reply = wire.EnrolReply(
        node_id=encode(PREFIX, node.id), credential=made.token, bundle_keys=tuple([key.public for key in keys])
    )
    return msgspec.structs.replace(reply, signatures=bundle_signing.sign_reply(reply, keys))


async def authenticate(db: Database, credential: str) -> LinkedNode:
    """Find the node by its credential; one that was renewed is the only one from now on. Raises `UnknownNode`."""
    parts = crypto.split_token(_CREDENTIAL, credential)
    if parts is None:
        raise UnknownNode
    lookup, secret = parts
    async with db.fleet_tx() as tx:
        found = await queries.find_credential(tx.connection, lookup)
        if found is None or not crypto.secret_matches(secret, found.secret_hash):
            raise UnknownNode
        if found.is_pending:
            await queries.use_pending(tx.connection, found.node_id, lookup)
    return LinkedNode(NodeId(found.node_id), found.name)
