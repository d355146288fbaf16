"""The register of nodes: what the operator says they are."""

from datetime import UTC, datetime
from ipaddress import ip_address
from uuid import UUID

import asyncpg
import msgspec

from control_plane.audit import service as audit
from control_plane.core import etag
from control_plane.core.database import Transaction
from control_plane.core.errors import FieldError, Invalid, NotFound
from control_plane.core.ids import NodeId, encode, new_uuid
from control_plane.core.pagination import Page
from control_plane.ip_pools import service as ip_pools
from control_plane.ip_pools.schemas import Ip
from control_plane.nodes import channels
from control_plane.nodes.errors import NodeConflict, NodeRetired
from control_plane.nodes.queries import placements
from control_plane.nodes.queries import registry as queries
from control_plane.nodes.queries.registry import NodeRow
from control_plane.nodes.schemas import ItemChange, NewNode, Node, NodeChange, NodeIp, NodeReaction
from control_plane.nodes.service import desired_state
from tenant_agent import wire

PREFIX = "nod"
_TOLD = ("name", "hostname", "service_address", "region", "roles")
"""What the audit log compares; addresses are listed as they were asked for."""

_NO_ADDRESS = "This is not an IP address."

_GATHER_SECONDS = 0.5
"""Nodes registered within this are given what the fleet has together: a host takes longer to enrol."""
_LAST_MOMENT_MS = 253_402_300_799_000
"""The end of the year 9999: what a node says may be anything."""


class _Said(msgspec.Struct, frozen=True):
    """The parts of a heartbeat that are shown."""

    queue: dict[str, int] = {}
    versions: dict[str, str] = {}
    reactions: tuple[wire.Reaction, ...] = ()


async def register_node(tx: Transaction, new: NewNode) -> Node:
    """Make a node, or bring the one of this name up to date (fleet role); raises `NodeConflict`, `AddressInUse`.

    Every tenant is placed on it; `placements.fill` then sends it their items.
    """
    _check_addresses(new)
    before = await queries.find_by_name(tx.connection, new.name)
    try:
        await queries.insert_node(tx.connection, new_uuid(), new)
    except asyncpg.UniqueViolationError as error:
        raise NodeConflict from error
    row = await queries.find_by_name(tx.connection, new.name)
    assert row is not None
    await ip_pools.assign(tx, row.id, new.ips)
    await _publish_self(tx, row)
    await placements.place_missing(tx.connection)
    await _fill_if_roles_differ(tx, before, row)
    tx.outbox.trigger(channels.OUTFIT_JOB, after_seconds=_GATHER_SECONDS)
    tx.outbox.trigger(channels.PEERS_JOB)
    told = {} if before is None else {name: getattr(before, name) for name in _TOLD}
    public_id, after = encode(PREFIX, row.id), msgspec.to_builtins(new)
    audit.record_for_fleet(tx, "nodes.register", public_id, before=told, after=after)
    return await get(tx, row.id)


async def get(tx: Transaction, node_id: UUID) -> Node:
    """Give a node (fleet role); raises `NotFound`."""
    row = await queries.find(tx.connection, node_id)
    if row is None:
        raise NotFound
    return _view(row, await ip_pools.ips_of(tx, row.id))


async def find_named(tx: Transaction, name: str) -> NodeId | None:
    """Find a node that is not retired by its name (fleet role)."""
    row = await queries.find_by_name(tx.connection, name)
    return None if row is None else row.id


async def list_nodes(tx: Transaction, after: UUID | None, limit: int, *, retired: bool = True) -> Page[Node]:
    """List nodes, oldest first, with or without those that are retired (fleet role)."""
    rows = await queries.page(tx.connection, after, limit + 1, retired=retired)
    ips = await ip_pools.ips_of(tx, *(row.id for row in rows))
    nodes = tuple([_view(row, [ip for ip in ips if ip.node_id == row.id]) for row in rows[:limit]])
    return Page(nodes, nodes[-1].id if len(rows) > limit else None)


async def retired_hosts(tx: Transaction) -> set[str]:
    """List the host names that only nodes had that are retired (fleet role)."""
    return await queries.retired_hosts(tx.connection)


async def change(tx: Transaction, node_id: UUID, wanted: NodeChange, if_match: str | None) -> Node:
    """Change a node (fleet role); raises `NodeConflict`, `NodeRetired`, `PreconditionFailed`."""
    row = await queries.find(tx.connection, node_id, lock=True)
    if row is None:
        raise NotFound
    etag.check(if_match, _view(row, await ip_pools.ips_of(tx, row.id)))
    if row.status == "retired":
        raise NodeRetired
    changed = _changed(row, wanted)
    try:
        await queries.change(tx.connection, changed)
    except asyncpg.UniqueViolationError as error:
        raise NodeConflict from error
    await describe_again(tx, row.id)
    await _fill_if_roles_differ(tx, row, changed)
    tx.outbox.trigger(channels.PEERS_JOB)
    told = ({name: getattr(each, name) for name in _TOLD} for each in (row, changed))
    audit.record_for_fleet(tx, "nodes.change", encode(PREFIX, row.id), before=next(told), after=next(told))
    return await get(tx, row.id)


async def _fill_if_roles_differ(tx: Transaction, before: NodeRow | None, after: NodeRow) -> None:
    """Send a node what its new roles ask for: it was told only of what the former ones did."""
    if before is not None and set(before.roles) != set(after.roles):
        await placements.fill_again(tx.connection, after.id)
        tx.outbox.trigger(channels.FILL_JOB)


def _changed(row: NodeRow, wanted: NodeChange) -> NodeRow:
    given = {name: value for name, value in msgspec.structs.asdict(wanted).items() if value is not msgspec.UNSET}
    if "service_address" in given and not _is_address(given["service_address"]):
        raise Invalid(errors=(FieldError("service_address", _NO_ADDRESS),))
    if "roles" in given:
        given["roles"] = list(given["roles"])
    return msgspec.structs.replace(row, **given)


async def is_enrolled(tx: Transaction, node_id: UUID) -> bool:
    """Say whether the node has a credential (fleet role)."""
    row = await queries.find(tx.connection, node_id)
    return row is not None and row.enrolled


async def describe_again(tx: Transaction, node_id: NodeId) -> None:
    """Tell a node what it is, after its addresses have changed (fleet role); raises `NotFound`."""
    row = await queries.find(tx.connection, node_id)
    if row is None:
        raise NotFound
    await _publish_self(tx, row)


async def _publish_self(tx: Transaction, row: NodeRow) -> None:
    """Tell the node what it is: item `node`/`self`."""
    item = wire.NodeItem(
        name=row.name,
        hostname=row.hostname,
        service_address=row.service_address,
        roles=tuple(row.roles),
        draining=row.draining_since is not None,
        ips=tuple(ip_pools.as_item(ip) for ip in await ip_pools.ips_of(tx, row.id)),
        shared_pool_id=await ip_pools.shared_pool_of(tx, row.id),
    )
    await desired_state.publish_own(tx, row.id, [ItemChange(kind="node", key="self", item=item)])


def _check_addresses(new: NewNode) -> None:
    given = {"service_address": new.service_address} | {f"ips[{n}].address": ip.address for n, ip in enumerate(new.ips)}
    errors = [FieldError(path, _NO_ADDRESS) for path, text in given.items() if not _is_address(text)]
    if not errors and len({ip_address(ip.address) for ip in new.ips}) < len(new.ips):
        errors.append(FieldError("ips", "An address is named twice."))
    if errors:
        raise Invalid(errors=tuple(errors))


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return "%" not in text  # a zone means something on one machine only


def _view(row: NodeRow, ips: list[Ip]) -> Node:
    said = msgspec.json.decode(row.heartbeat, type=_Said)
    return Node(
        id=encode(PREFIX, row.id),
        name=row.name,
        hostname=row.hostname,
        service_address=row.service_address,
        region=row.region,
        roles=row.roles,
        status=row.status,
        generation_desired=row.generation_desired,
        generation_applied=row.generation_applied,
        queue=said.queue,
        versions=said.versions,
        reactions=[_reaction(each) for each in said.reactions],
        last_seen_at=row.last_seen_at,
        draining_since=row.draining_since,
        lost_since=row.lost_since,
        created_at=row.created_at,
        ips=[
            NodeIp(
                encode(ip_pools.IP_PREFIX, ip.id),
                ip.address,
                ip.hostname,
                encode(ip_pools.PREFIX, ip.pool_id),
                ip.status,
            )
            for ip in ips
        ],
    )


def _reaction(told: wire.Reaction) -> NodeReaction:
    until = datetime.fromtimestamp(min(max(told.until_ms, 0), _LAST_MOMENT_MS) / 1000, UTC)
    return NodeReaction(
        ip_id=told.ip_id,
        provider=told.provider,
        domain=told.domain,
        rule=told.rule,
        action=told.action,
        until=until,
    )
