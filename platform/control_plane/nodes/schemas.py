"""What nodes look like to operators, and what is needed to make one."""

from datetime import datetime
from typing import Annotated, Literal, TypeAlias

import msgspec

from control_plane.core.body import Body
from control_plane.core.ids import NodeId
from control_plane.ip_pools.schemas import Hostname, NewIp
from tenant_agent import wire

Role: TypeAlias = Literal["outbound", "mx", "mailbox"]
ALL_ROLES: tuple[Role, ...] = ("outbound", "mx", "mailbox")
NodeStatus: TypeAlias = Literal["enrolling", "ready", "draining", "lost", "retired"]

Label: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$(?!\n)")]

IN_FORCE = {"in_force_when_answered": True}
"""The `opt` of routes whose answer waits until the change is in force on the nodes; see `nodes.in_force`."""


class NewNode(Body, frozen=True, kw_only=True):
    """A node to be registered."""

    name: Label
    hostname: Hostname
    service_address: str
    roles: Annotated[tuple[Role, ...], msgspec.Meta(min_length=1)]
    region: Label = "default"
    ips: tuple[NewIp, ...] = ()


class NodeIp(msgspec.Struct, frozen=True):
    """An address that the node sends from."""

    id: str
    address: str
    hostname: str
    pool_id: str
    status: str


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """A fleet node as an operator sees it."""

    id: str
    name: str
    hostname: str
    service_address: str
    region: str
    roles: list[Role]
    status: NodeStatus
    generation_desired: int
    generation_applied: int
    queue: dict[str, int]
    versions: dict[str, str]
    last_seen_at: datetime | None
    created_at: datetime
    ips: list[NodeIp]


class NewEnrolmentToken(Body, frozen=True, kw_only=True):
    """For which node a token is wanted."""

    node_id: str


class EnrolmentToken(msgspec.Struct, frozen=True):
    """A one-time token: put it into the agent's `enrolment_token_file`. It is shown once."""

    node_id: str
    token: str
    expires_at: datetime


class NodeAdded(msgspec.Struct, frozen=True, omit_defaults=True):
    """What `fleetpost node add` gives; a node that has enrolled already needs no token."""

    node_id: str
    enrolment_token: str | None = None


class ItemChange(msgspec.Struct, frozen=True, kw_only=True):
    """One item of desired state to be published; without an item it is taken away."""

    kind: str
    key: str
    item: wire.Item | None


class LinkedNode(msgspec.Struct, frozen=True):
    """A node that proved who it is."""

    id: NodeId
    name: str


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """How a node is, as far as it said so."""

    waiting_events: int = 0
    """Events that it has not handed over yet."""
    waiting_mails: int = 0
    """Mails for the control plane that it has not handed over yet: reports and complaints."""
    disk_free_bytes: int | None = None
    quarantined: int = 0
    """Items of desired state that it refused."""


class QuarantinedItem(msgspec.Struct, frozen=True, kw_only=True):
    """An item of desired state that a node refused."""

    kind: str
    key: str
    tenant_id: str | None
    """None: the node's own."""
    tenant_name: str
    reason: str
