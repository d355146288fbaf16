"""What moves look like in the API."""

from datetime import datetime
from typing import Annotated, Literal, TypeAlias

import msgspec

from control_plane.core.body import Body

MoveStatus: TypeAlias = Literal["waiting", "copying", "final", "switched", "done", "failed", "aborted"]
MoveKind: TypeAlias = Literal["mailbox", "domain", "tenant", "node"]
BatchStatus: TypeAlias = Literal["running", "paused", "done", "failed"]
KINDS: tuple[MoveKind, ...] = ("mailbox", "domain", "tenant", "node")
STATUSES: tuple[MoveStatus, ...] = ("waiting", "copying", "final", "switched", "done", "failed", "aborted")

Name: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=320)]


class NewMoves(Body, frozen=True, kw_only=True):
    """Which mailboxes are to move, named in one way, and where to."""

    mailbox: Name | None = None
    """An address, or the mailbox's id."""
    domain: Name | None = None
    tenant: Name | None = None
    """A tenant's id, or its slug: its own mailboxes, not those of clients below it."""
    node: Name | None = None
    """All mailboxes of a node, by its name or id. It is drained too: nobody gets a new mailbox there."""
    to: Name | None = None
    """A node's name or id; null: for each the node that has most room then."""


class NodeName(msgspec.Struct, frozen=True):
    """A node, by its id and its name."""

    id: str
    name: str


class MailboxMove(msgspec.Struct, frozen=True, kw_only=True):
    """One mailbox on its way from one node to another."""

    id: str
    batch_id: str
    tenant_id: str
    mailbox_id: str
    address: str
    source: NodeName
    target: NodeName | None
    """Null until its turn comes, unless it was given."""
    status: MoveStatus
    """`waiting`: for its turn. `copying`: in use meanwhile. `final`: closed for a moment, the rest is copied.
    `switched`: it is at its new node, and not all nodes have heard of that. `failed`, `aborted`: it stayed."""
    passes: int
    """Copies that were made while it was in use."""
    messages: int
    """As counted by the last pass."""
    size_bytes: int
    problem: str
    """What went wrong last."""
    waits_for: str
    """What it waits for, other than its turn."""
    created_at: datetime
    began_at: datetime | None
    switched_at: datetime | None
    ended_at: datetime | None
    old_copy_until: datetime | None
    """How long the old node keeps its copy."""


class MoveBatch(msgspec.Struct, frozen=True, kw_only=True):
    """Moves that were asked for at once, and how far they are."""

    id: str
    kind: MoveKind
    name: str
    """Of what was asked for: an address, a domain, a tenant's slug, a node."""
    to: NodeName | None
    status: BatchStatus
    """`failed`: nothing is under way any more, and something failed."""
    mailboxes: int
    arrived: int
    failed: int
    aborted: int
    under_way: int
    skipped: int
    """Mailboxes that were on their way already."""
    bytes_moved: int
    bytes_per_second: int | None
    """Since the first one began; null before one has arrived."""
    seconds_left: int | None
    """If it goes on like this; null where nobody can know."""
    created_at: datetime
    paused_at: datetime | None
    ended_at: datetime | None
