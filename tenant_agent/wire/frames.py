"""The frames on the link, one struct each."""

import msgspec

from tenant_agent.wire.events import Event
from tenant_agent.wire.mail import OfferedDelivery, OfferedMessage
from tenant_agent.wire.state import Change, Quarantined

MAX_FRAME_BYTES = 32 * 1024 * 1024


class _Frame(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """One frame on the link."""


# --- Agent to control plane -------------------------------------------------------------------------------------------


class Hello(_Frame, frozen=True):
    """First frame on every connection."""

    wire_version: int
    agent_version: str
    generation: int
    """The last generation that was applied; 0 asks for a snapshot."""
    oldest_wire_version: int = 1
    """The oldest version that the agent can still speak."""
    kinds: tuple[str, ...] = ()
    """The kinds of items that it knows."""
    bundle_keys: tuple[str, ...] = ()
    """With any, changes are to come as `Bundle`, signed with the newest key of ours that is among these."""
    nonce: bytes = b""
    """Random, of this connection: what is signed for it is worth nothing on any other."""
    renderers: tuple[int, ...] = ()
    """Revisions of its renderer."""
    fleet_certificate: str = ""
    """PEM, self-signed, its key made on the node and kept there: how the other nodes know this one."""
    fetches_files: bool = False
    """Whether messages may refer to files (`FileRef`)."""


class Applied(_Frame, frozen=True):
    """Everything up to this generation is in force on the node."""

    generation: int
    quarantined: tuple[Quarantined, ...] = ()
    """What was refused since the last one. The item `node` is there each time while the node lacks something."""


class Credit(_Frame, frozen=True):
    """The agent can hold this many deliveries more than it was offered; credits add up, a connection starts at 0."""

    deliveries: int
    transactional: int = 0
    """So many more, of transactional streams alone: a backlog of other mail must not take their room."""


class Take(_Frame, frozen=True):
    """The batch is in the agent's ledger: is it still its own?"""

    lease_id: str


class Report(_Frame, frozen=True):
    """A batch of events from the spool; `batch` is the agent's own number for it."""

    batch: int
    events: tuple[Event, ...]


class Returned(msgspec.Struct, frozen=True, array_like=True):
    """A delivery that was taken and not injected."""

    delivery_id: str
    lease_id: str
    """Under which it was taken; under another one it is not given back, however late this comes."""
    reason: str
    """For people; one clause."""
    not_before_ms: int = 0
    """When this node could take it itself; it may go elsewhere at once."""


class Return(_Frame, frozen=True):
    """Give deliveries back that Postfix never had; the agent keeps them, untouched, until `Accepted` says so."""

    batch: int
    deliveries: tuple[Returned, ...]


class Digests(_Frame, frozen=True):
    """The answer to `AskDigests`: of each tenant's items on this node, and under the empty name of the node's own.

    A digest is the hex SHA-256 of, for each item in the order of kind and key, `kind NUL key NUL` and the hex SHA-256
    of its payload.
    """

    generation: int
    digests: dict[str, str]


class Drift(msgspec.Struct, frozen=True, kw_only=True):
    """Something on the node was not as the agent had left it, and was put right."""

    service: str
    """`postfix`, `dovecot`, `rspamd`, or the name of a table."""
    what: str
    """A file, or a table's key."""
    tenant_id: str | None = None
    at_ms: int = 0


class Drifted(_Frame, frozen=True):
    """What was found changed by somebody else, and repaired."""

    found: tuple[Drift, ...]


class Configured(_Frame, frozen=True):
    """A service was given another configuration: what changed in its files, and whether it was kept.

    The newest of each service is said again on each connection.
    """

    generation: int
    release: str
    """Of the item that it came with, `daemons` or `shaping`; empty: of neither, as when the node itself has changed."""
    service: str
    """`postfix`, `dovecot`, `rspamd`, `rspamd-outbound` or `redis`."""
    diff: str
    """Unified, at most 64 KiB, with secrets left out."""
    problem: str | None = None
    """Why it was rolled back; None: it is in force."""


class Moved(_Frame, frozen=True):
    """A pass of a move has ended, said by its source; said again on each connection while there is the item."""

    move_id: str
    address: str
    phase: str
    number: int
    messages: int = 0
    """In the source's mailbox after the pass."""
    size_bytes: int = 0
    agrees: bool = False
    """Every folder, UID and flag is the same on both sides; only a final pass says so."""
    problem: str | None = None
    """Why the pass failed."""


class Probed(_Frame, frozen=True):
    """How the mail of `DaemonsItem.probe` fared; said again on each connection while there is that item."""

    release: str
    number: int
    delivered: bool
    reply: str
    """The other server's answer, or why it was not asked."""


class QueueGroup(msgspec.Struct, frozen=True, array_like=True):
    """Deferred mail for one destination, by how long ago it came: up to 5, 15, 60, 240 minutes, a day, longer."""

    domain: str
    provider: str
    by_age: tuple[int, int, int, int, int, int]


class Reaction(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider's replies led to, while it lasts."""

    ip_id: str
    provider: str
    rule: str
    action: str
    until_ms: int
    domain: str = ""
    """Of `generic`, which is many providers: the recipients' domain that it holds for."""


class Heartbeat(_Frame, frozen=True):
    """How the node is."""

    at_ms: int
    generation: int
    versions: dict[str, str] = {}
    queue: dict[str, int] = {}
    """Files in Postfix's queue by name: incoming, active, deferred, hold."""
    spool_events: int = 0
    disk_free_bytes: int = 0
    inbound_waiting: int = 0
    """Mails that were received and are yet to be handed up."""
    disk_total_bytes: int = 0
    addresses: dict[str, bool] = {}
    """By address of `NodeItem.ips`, whether the host has it; Postfix sends nothing from one that it has not."""
    destinations: tuple[QueueGroup, ...] = ()
    """The largest groups of deferred mail, at most 50; looked up once a minute."""
    rspamd: dict[str, int] = {}
    """Its counters: scanned, learned, and each action."""
    certificates: dict[str, int] = {}
    """`held`, and `days_left` of the one that ends first."""
    errors: tuple[str, ...] = ()
    """The last things that went wrong, newest first, at most 10."""
    warmup_sent: dict[str, dict[str, int]] = {}
    """By address id and provider class, what left today, while it is being warmed up."""
    reactions: tuple[Reaction, ...] = ()
    relays_open: dict[str, str] = {}
    """Relays that are not used just now because they failed, and the last reply."""
    relay_probes: dict[str, tuple[str, str]] = {}
    """By relay, the last `RelayItem.probe` and how it went: empty, or what is wrong."""
    quota_used: dict[str, dict[str, int]] = {}
    """By tenant and window, how many recipients it has submitted mail for; looked up after `generation`."""
    quota_wanted: dict[str, int] = {}
    """By tenant, how many more it would be granted: half of what it had is used, or more was wanted than was left."""


FromAgent = (
    Hello | Applied | Credit | Take | Report | Heartbeat | Return | Digests | Drifted | Configured | Moved | Probed
)


# --- Control plane to agent -------------------------------------------------------------------------------------------


class Welcome(_Frame, frozen=True):
    """The control plane's answer to `Hello`."""

    wire_version: int
    node_id: str
    heartbeat_seconds: float = 10.0


class Changes(_Frame, frozen=True):
    """Items that changed up to `generation`.

    With `snapshot`, the items are the whole state: what is not among them is gone. A snapshot may come in several
    frames; all but the last have `more`.
    """

    generation: int
    changes: tuple[Change, ...]
    snapshot: bool = False
    more: bool = False
    of_tenants: tuple[str, ...] = ()
    """Of these tenants the items are all there are: what else the node has of them is gone. Empty name: its own."""


class Offer(_Frame, frozen=True):
    """A leased batch. It may be injected once `Taken` says so, and is void `expires_in_seconds` after it was sent."""

    lease_id: str
    expires_in_seconds: float
    messages: tuple[OfferedMessage, ...]
    deliveries: tuple[OfferedDelivery, ...]
    transactional: bool = False
    """Whether it uses up `Credit.transactional`; otherwise `Credit.deliveries`, whatever the streams."""


class Taken(_Frame, frozen=True):
    """The answer to `Take`."""

    lease_id: str
    yours: bool


class Received(_Frame, frozen=True):
    """The answer to `Report`: the events are stored."""

    batch: int


class Bundle(_Frame, frozen=True):
    """Changes, signed for one node."""

    payload: bytes
    """msgpack of `SignedChanges`."""
    signature: bytes
    """Ed25519, of the payload."""
    key: str
    """The public key, as in `EnrolReply.bundle_keys`."""


class SignedChanges(msgspec.Struct, frozen=True, kw_only=True):
    """What is signed: no other node takes it, nor this one on another connection or a second time."""

    node_id: str
    nonce: bytes
    """As in `Hello`."""
    number: int
    """Counted from 1 on each connection."""
    changes: Changes


class Accepted(_Frame, frozen=True):
    """The answer to `Return`: they are in other hands, forget them."""

    batch: int


class AskDigests(_Frame, frozen=True):
    """Say what you have."""


FromControl = Welcome | Changes | Offer | Taken | Received | Bundle | Accepted | AskDigests
