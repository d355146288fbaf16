"""What a pool of sending addresses and an address in it look like to others."""

from datetime import datetime
from typing import Annotated, ClassVar, Final, Literal, NewType, TypeAlias
from uuid import UUID

import msgspec

from control_plane.core.body import Body
from control_plane.core.ids import NodeId
from control_plane.ip_pools.life import IpStatus
from control_plane.ip_pools.readiness import Finding
from control_plane.warmup.schemas import Standing

Stream: TypeAlias = Literal["transactional", "broadcast"]
PoolId = NewType("PoolId", UUID)
PoolKind: TypeAlias = Literal["shared", "dedicated", "risk"]
SANDBOX_POOL: Final = PoolId(UUID("00000000-0000-7000-8000-000000000000"))
"""Where deliveries stand that are played and not sent. There is no such pool, so that nothing of it reaches a node."""
Hostname: TypeAlias = Annotated[
    str,
    msgspec.Meta(max_length=253, pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]*[a-z][a-z0-9-]*$(?!\n)"),
]
"""It ends up in Postfix's configuration; `$` alone would let a line break through."""

STREAMS: tuple[Stream, ...] = ("transactional", "broadcast")
"""In the order in which they are served when a node can take little: who waits for a password reset comes first."""


class NewIp(Body, frozen=True, kw_only=True):
    """An address that mail leaves from, and the shared pool that it joins."""

    address: str
    stream: Stream
    hostname: Hostname
    """What the address's PTR record says; the node greets other servers with it."""
    status: Literal["provisioning", "active"] = "active"
    """`active`: it sends already, or need not be warmed up; `provisioning`: it is checked and warmed up first."""


class Pool(msgspec.Struct, frozen=True, kw_only=True):
    """A pool and what it can send from now."""

    id: PoolId
    name: str
    kind: PoolKind
    stream: Stream
    tenant: str | None
    """Whose it is; None: it is shared."""
    addresses: int
    nodes: int
    """How many nodes have addresses in it."""
    nodes_open: int
    """How many of those take work now."""


class Ip(msgspec.Struct, frozen=True):
    """An address that mail leaves from."""

    id: UUID
    node_id: NodeId
    pool_id: PoolId
    address: str
    hostname: str
    status: IpStatus
    weight: int
    standby: bool
    keeps_warm: bool
    """It stands by, and takes a little mail today."""


PoolName: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
Reason: TypeAlias = Annotated[str, msgspec.Meta(min_length=3, max_length=500)]
Weight: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=1000)]


class NewPool(Body, frozen=True, kw_only=True):
    """A pool to be made; it becomes the default once it has an address and is told to."""

    name: PoolName
    stream: Stream
    tenant_id: str | None = None
    """Whose dedicated pool it is; null: shared by all."""
    kind: Literal["risk"] | None = None
    """`risk`: mail of those whose figures are bad leaves by it, and nobody else's."""


class PoolChange(Body, frozen=True, kw_only=True):
    """What is to be changed; what is left out stays."""

    name: PoolName | msgspec.UnsetType = msgspec.UNSET
    is_default: Literal[True] | msgspec.UnsetType = msgspec.UNSET
    """Its owner's mail of this stream leaves by it from now on; the pool that was the default is one no longer."""


class IpPool(msgspec.Struct, frozen=True, kw_only=True):
    """A pool of sending addresses."""

    OBSERVED: ClassVar[frozenset[str]] = frozenset({"ips"})

    id: str
    name: str
    kind: PoolKind
    stream: Stream
    is_default: bool
    """Whether its owner's mail of this stream leaves by it. Without a default of its own a tenant uses the shared."""
    tenant_id: str | None
    ips: tuple["PooledIp", ...]
    created_at: datetime


class PooledIp(msgspec.Struct, frozen=True, kw_only=True):
    """An address as its pool shows it."""

    id: str
    address: str
    hostname: str
    status: IpStatus
    standby: bool


class NewSendingIp(Body, frozen=True, kw_only=True):
    """An address to send from; it is checked, then warmed up, then active."""

    address: Annotated[str, msgspec.Meta(max_length=45)]
    node_id: str
    pool_id: str
    hostname: Hostname
    weight: Weight = 1
    standby: bool = False


class SendingIpChange(Body, frozen=True, kw_only=True):
    """What is to be changed; what is left out stays."""

    hostname: Hostname | msgspec.UnsetType = msgspec.UNSET
    weight: Weight | msgspec.UnsetType = msgspec.UNSET
    standby: bool | msgspec.UnsetType = msgspec.UNSET
    pool_id: str | msgspec.UnsetType = msgspec.UNSET
    """Another pool of the same stream; the address must be drained."""


class Because(Body, frozen=True, kw_only=True):
    """Why something is done."""

    reason: Reason


class Release(Body, frozen=True, kw_only=True):
    """How an address is given up."""

    even_undrained: bool = False
    """Give it up although mail may still be in its node's queue."""
    reason: Annotated[str, msgspec.Meta(max_length=500)] = ""


class CoolDownChange(Body, frozen=True, kw_only=True):
    """How long a released address cools down."""

    until: datetime
    reason: Reason


class SendingIp(msgspec.Struct, frozen=True, kw_only=True):
    """A sending address as the operator sees it."""

    OBSERVED: ClassVar[frozenset[str]] = frozenset({"findings", "checked_at", "warmup"})

    id: str
    address: str
    node_id: str
    pool_id: str
    stream: Stream
    hostname: str
    status: IpStatus
    status_since: datetime
    reason: str
    """Why it is in this state."""
    weight: int
    standby: bool
    """It takes mail only when another address of its pool fails."""
    cooling_until: datetime | None
    """Released: nobody but its last owner gets it before."""
    findings: tuple[Finding, ...]
    checked_at: datetime | None
    warmup: Standing | None
    created_at: datetime


class Tenure(msgspec.Struct, frozen=True, kw_only=True):
    """A time that an address spent in one pool, and how it fared there."""

    pool_id: str
    pool_name: str
    tenant_id: str | None
    began_at: datetime
    ended_at: datetime | None
    sent: int
    bounced: int
    deferred: int
    complained: int
    listings: int
    burnt: bool


class Tenures(msgspec.Struct, frozen=True):
    """Whose an address was."""

    data: tuple[Tenure, ...]


class IpFilters(msgspec.Struct, frozen=True, kw_only=True):
    """Which addresses are wanted; what is None does not matter."""

    status: IpStatus | None = None
    pool_id: UUID | None = None
    node_id: UUID | None = None
