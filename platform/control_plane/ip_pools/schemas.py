"""What a pool of sending addresses and an address in it look like to others."""

from typing import Annotated, Literal, NewType, TypeAlias
from uuid import UUID

import msgspec

from control_plane.core.body import Body
from control_plane.core.ids import NodeId

Stream: TypeAlias = Literal["transactional", "broadcast"]
PoolId = NewType("PoolId", UUID)
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


class Pool(msgspec.Struct, frozen=True, kw_only=True):
    """A pool and what it can send from now."""

    id: PoolId
    name: str
    kind: Literal["shared", "dedicated"]
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
    status: str
