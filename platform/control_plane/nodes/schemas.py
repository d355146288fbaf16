"""What nodes look like to operators, and what is needed to make one."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal, TypeAlias

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


class NodeReaction(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider's replies led to on a node, while it lasts."""

    ip_id: str
    provider: str
    domain: str
    """Of `generic`, which is many providers: the recipients' domain that it holds for; else empty."""
    rule: str
    action: str
    until: datetime


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """A fleet node as an operator sees it."""

    OBSERVED: ClassVar[frozenset[str]] = frozenset(
        {
            "status",
            "generation_desired",
            "generation_applied",
            "queue",
            "versions",
            "reactions",
            "last_seen_at",
            "lost_since",
            "ips",
        }
    )

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
    reactions: list[NodeReaction]
    """By address and provider class, as the node told them last."""
    last_seen_at: datetime | None
    draining_since: datetime | None
    lost_since: datetime | None
    created_at: datetime
    ips: list[NodeIp]


class NodeChange(Body, frozen=True, kw_only=True):
    """What is to be different about a node; what is left out stays."""

    hostname: Hostname | msgspec.UnsetType = msgspec.UNSET
    service_address: str | msgspec.UnsetType = msgspec.UNSET
    roles: Annotated[tuple[Role, ...], msgspec.Meta(min_length=1)] | msgspec.UnsetType = msgspec.UNSET
    region: Label | msgspec.UnsetType = msgspec.UNSET


class Retirement(Body, frozen=True, kw_only=True):
    """Take a drained node out of service for ever; its credential ends at once."""

    confirm: str | None = None
    """The node's name, if what it still holds may be lost: its mailboxes' mail, and what is in its queue."""


class GivingUp(Body, frozen=True, kw_only=True):
    """Declare a lost node gone for ever; its credential ends at once, and whatever is on its disk is lost."""

    confirm: str
    """The node's name."""
    send_again: bool = False
    """Send what it had taken by other nodes. Some of it may have left already, and then arrives twice; without this,
    what it had not reported as sent is never sent."""


class GivenUp(msgspec.Struct, frozen=True):
    """A node that was given up."""

    node: Node
    sent_again: int
    """Deliveries that other nodes send now."""


class Holdings(msgspec.Struct, frozen=True, kw_only=True):
    """What a node holds that would be lost with it."""

    mailboxes: int = 0
    taken: int = 0
    """Deliveries that it took and did not report as queued."""
    queued: int = 0
    """Mails in its queue."""
    waiting_events: int = 0
    waiting_mails: int = 0

    @property
    def nothing(self) -> bool:
        """Say whether the node is empty."""
        return not (self.mailboxes or self.taken or self.queued or self.waiting_events or self.waiting_mails)


class QueuedGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Deferred mail on a node for one destination."""

    domain: str
    provider: str
    by_age: tuple[int, int, int, int, int, int]
    """Up to 5 minutes old, up to 15, 60 and 240 minutes, up to a day, older."""
    total: int


class NodeQueue(msgspec.Struct, frozen=True, kw_only=True):
    """What is in a node's queue, as the node said last."""

    counts: dict[str, int]
    destinations: list[QueuedGroup]
    """The largest ones, at most 50."""
    holdings: Holdings
    said_at: datetime | None


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """How a node was at a moment."""

    at: datetime
    queued: int
    deferred: int
    waiting_events: int
    behind: int
    """Generations that were desired and not applied."""
    disk_free_bytes: int
    disk_total_bytes: int


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """A change of a node's status."""

    at: datetime
    before: NodeStatus
    after: NodeStatus


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


MOST_CLOCK_OFF_SECONDS = 30
"""What the journey of a heartbeat and a clock that is being set can explain."""


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """How a node is, as far as it said so."""

    waiting_events: int = 0
    """Events that it has not handed over yet."""
    waiting_mails: int = 0
    """Mails for the control plane that it has not handed over yet: reports and complaints."""
    disk_free_bytes: int | None = None
    disk_total_bytes: int | None = None
    quarantined: int = 0
    """Items of desired state that it refused."""
    rspamd: dict[str, int] = {}
    """Counters of its scanner since that was started: scanned, learned, and each action."""
    certificates: dict[str, int] = {}
    """`held`, and `days_left` of the one that ends first."""
    clock_off_seconds: int | None = None
    """How far its clock was ahead of ours with its last heartbeat, or behind if negative; null: it has not said."""
    errors: tuple[str, ...] = ()
    """The last things that went wrong on it, newest first."""

    @property
    def clock_is_wrong(self) -> bool:
        """Say whether warm-up and quotas turn at another time there than here."""
        return self.clock_off_seconds is not None and abs(self.clock_off_seconds) > MOST_CLOCK_OFF_SECONDS


class QuarantinedItem(msgspec.Struct, frozen=True, kw_only=True):
    """An item of desired state that a node refused."""

    kind: str
    key: str
    tenant_id: str | None
    """None: the node's own."""
    tenant_name: str
    reason: str
