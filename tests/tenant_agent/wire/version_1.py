"""The first version of the wire as it was released, to prove that its agents and control planes work with ours.

Never edited: this is what runs elsewhere.
"""

from typing import Literal

import msgspec

WIRE_VERSION = 1
ENROL_PATH = "/agent/v1/enrol"
LINK_PATH = "/agent/v1/link"
INBOUND_PATH = "/agent/v1/inbound"
"""POST of one mail as it was received (message/rfc822), described by the `InboundHeaders`; 204 once it is stored.

A mail that was stored before is taken again without harm: its id is its identity. 4xx: it will never be taken.
"""
MAX_FRAME_BYTES = 32 * 1024 * 1024


class _Frame(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """One frame on the link."""


# --- Enrolment (HTTP, JSON) -------------------------------------------------------------------------------------------


class EnrolRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Trade a one-time token for the node's own credential."""

    token: str
    agent_version: str


class EnrolReply(msgspec.Struct, frozen=True, kw_only=True):
    """The credential `fpn_…` is given once and stored by the agent, readable by root only."""

    node_id: str
    credential: str


class InboundHeaders(msgspec.Struct, frozen=True, kw_only=True):
    """The headers of a request to `INBOUND_PATH`, each named `Fleetpost-…` with the attribute's name in it."""

    id: str
    """26 characters, shaped like a UUIDv7, made of the queue id and the recipient: the same at every try."""
    recipient: str
    """One; a mail for several is handed up for each."""
    sender: str
    """The return path; empty for the null sender."""
    received_at_ms: str
    client: str
    """The IP address that it came from; empty if it is not known."""


def inbound_header(attribute: str) -> str:
    """Name the header of an attribute of `InboundHeaders`, as in `Fleetpost-Received-At-Ms`."""
    return "Fleetpost-" + attribute.replace("_", "-").title()


# --- Mail -------------------------------------------------------------------------------------------------------------


class Address(msgspec.Struct, frozen=True, array_like=True):
    """A mailbox as in a From or To header; `name` may hold any Unicode but no control characters."""

    email: str
    name: str = ""


class Attachment(msgspec.Struct, frozen=True, array_like=True):
    """A file; with `content_id` it is an inline part that the HTML refers to as `cid:…`."""

    filename: str
    content_type: str
    content: bytes
    content_id: str | None = None


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """What a message says, the same for all its recipients. The control plane stores and forwards it as msgpack."""

    sender: Address
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    subject: str = ""
    text: str | None = None
    html: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    attachments: tuple[Attachment, ...] = ()


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """Whose mail it is and where it comes back to."""

    tenant_id: str
    message_id: str
    """`msg_…`; also the left side of the Message-ID header."""
    stream: str
    pool_id: str
    domain: str
    """The From domain: DKIM's d= and the right side of the Message-ID header."""
    return_domain: str
    """The VERP return path is `<delivery id without prefix>@return_domain`."""


class OfferedMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message once, however many of its recipients are in the batch."""

    envelope: msgspec.Raw
    """msgpack of `Envelope`, as stored."""
    content: msgspec.Raw
    """msgpack of `Content`, as stored."""


class OfferedDelivery(msgspec.Struct, frozen=True, array_like=True):
    """One recipient of one message."""

    delivery_id: str
    """`dlv_…`: the token under which it is injected exactly once."""
    message: int
    """Index into `Offer.messages`."""
    recipient: str


# --- Desired state ----------------------------------------------------------------------------------------------------


class SendingIp(msgspec.Struct, frozen=True, kw_only=True):
    """An address that mail leaves from; it becomes one Postfix transport."""

    ip_id: str
    address: str
    hostname: str
    pool_id: str


class NodeItem(msgspec.Struct, frozen=True, kw_only=True):
    """Kind `node`, key `self`: what the node is. Changes of it re-render the daemons' configuration."""

    name: str
    hostname: str
    service_address: str
    roles: tuple[str, ...]
    ips: tuple[SendingIp, ...] = ()


class DomainItem(msgspec.Struct, frozen=True, kw_only=True):
    """Kind `domain`, key its name: a proven domain. Mail for it is accepted on mx nodes."""

    name: str
    return_domain: str


class DkimItem(msgspec.Struct, frozen=True, kw_only=True):
    """Kind `dkim`, key `<domain>/<selector>`: a private key that this node signs with."""

    domain: str
    selector: str
    algorithm: Literal["rsa", "ed25519"]
    private_key: str
    """PEM (PKCS #8)."""
    active: bool
    """Sign with it; a pending or retiring key is only held ready."""


class MailboxItem(msgspec.Struct, frozen=True, kw_only=True):
    """Kind `mailbox`, key its address."""

    address: str
    system_uid: int
    """Owner of the stored mail: one per tenant."""
    password_hash: str
    """argon2id in PHC form, as Dovecot's scheme ARGON2ID reads it."""
    quota_bytes: int
    node_id: str
    """Where the mail is stored."""
    enabled: bool = True
    may_send: bool = True
    """False while its domain is not proven: it keeps its mail, and none is taken from it."""


class HomeItem(msgspec.Struct, frozen=True, kw_only=True):
    """Kind `home`, key as `home_key` says: stored mail that must be kept, whether or not there is such a mailbox here.

    A tenant that has lost a domain may lose its addresses to another; its mail stays until its mailboxes are deleted.
    """

    system_uid: int
    address: str


def home_key(system_uid: int, address: str) -> str:
    """Name an item of the kind `home`, as in `200001/ann@acme.test`."""
    return f"{system_uid}/{address}"


class CertificateItem(msgspec.Struct, frozen=True, kw_only=True):
    """Kind `certificate`, key its first name: what is served to clients that ask for one of these names (SNI)."""

    names: tuple[str, ...]
    """Host names as A-labels, without wildcards."""
    chain: str
    """PEM: the certificate, then its issuers without the root."""
    private_key: str
    """PEM (PKCS #8)."""


class ChallengeItem(msgspec.Struct, frozen=True, kw_only=True):
    """Kind `challenge`, key its token: what is answered at `/.well-known/acme-challenge/<token>` (RFC 8555 §8.3)."""

    token: str
    key_authorization: str


class IntakeItem(msgspec.Struct, frozen=True, kw_only=True):
    """Kind `intake`, key its domain: all mail for it is taken, and handed up to the control plane."""

    domain: str


Item = NodeItem | DomainItem | DkimItem | MailboxItem | HomeItem | CertificateItem | ChallengeItem | IntakeItem
ITEM_TYPES: dict[
    str,
    type[NodeItem]
    | type[DomainItem]
    | type[DkimItem]
    | type[MailboxItem]
    | type[HomeItem]
    | type[CertificateItem]
    | type[ChallengeItem]
    | type[IntakeItem],
] = {
    "node": NodeItem,
    "domain": DomainItem,
    "dkim": DkimItem,
    "mailbox": MailboxItem,
    "home": HomeItem,
    "certificate": CertificateItem,
    "challenge": ChallengeItem,
    "intake": IntakeItem,
}


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One item set or, without payload, deleted."""

    kind: str
    key: str
    tenant_id: str | None
    payload: bytes | None
    """msgpack of the struct that `ITEM_TYPES` has for the kind; an unknown kind is kept and passed over."""


class Quarantined(msgspec.Struct, frozen=True, kw_only=True):
    """An item that the node refused to project, so that the others could go on."""

    kind: str
    key: str
    tenant_id: str | None
    reason: str


# --- Frames, agent to control plane -----------------------------------------------------------------------------------


class Hello(_Frame, frozen=True):
    """First frame on every connection."""

    wire_version: int
    agent_version: str
    generation: int
    """The last generation that was applied; 0 asks for a snapshot."""


class Applied(_Frame, frozen=True):
    """Everything up to this generation is in force on the node."""

    generation: int
    quarantined: tuple[Quarantined, ...] = ()


class Credit(_Frame, frozen=True):
    """The agent can hold this many deliveries more than it was offered; credits add up, a connection starts at 0."""

    deliveries: int


class Take(_Frame, frozen=True):
    """The batch is in the agent's ledger: is it still its own?"""

    lease_id: str


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that happened to a delivery on the node."""

    id: str
    """26 characters, shaped like a UUIDv7 and made from what happened, so that a repeat has the same id."""
    type: str
    at_ms: int
    tenant_id: str
    message_id: str
    delivery_id: str
    recipient: str
    attempt: int = 0
    queue_id: str | None = None
    source_ip: str | None = None
    relay: str | None = None
    dsn: str | None = None
    reply: str | None = None
    tls: str | None = None
    delays: "Delays | None" = None
    route: "Route | None" = None


class Delays(msgspec.Struct, frozen=True, kw_only=True):
    """Postfix's `delays=a/b/c/d`, in seconds."""

    before_queue_s: float
    in_queue_s: float
    connect_s: float
    transmit_s: float


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """Why the attempt went the way it went."""

    pool_id: str | None = None
    provider: str = "generic"
    rule: str | None = None
    warmup_step: int | None = None
    generation: int = 0


class Report(_Frame, frozen=True):
    """A batch of events from the spool; `batch` is the agent's own number for it."""

    batch: int
    events: tuple[Event, ...]


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


FromAgent = Hello | Applied | Credit | Take | Report | Heartbeat


# --- Frames, control plane to agent -----------------------------------------------------------------------------------


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


class Offer(_Frame, frozen=True):
    """A leased batch. It may be injected once `Taken` says so, and is void `expires_in_seconds` after it was sent."""

    lease_id: str
    expires_in_seconds: float
    messages: tuple[OfferedMessage, ...]
    deliveries: tuple[OfferedDelivery, ...]


class Taken(_Frame, frozen=True):
    """The answer to `Take`."""

    lease_id: str
    yours: bool


class Received(_Frame, frozen=True):
    """The answer to `Report`: the events are stored."""

    batch: int


FromControl = Welcome | Changes | Offer | Taken | Received

_encoder = msgspec.msgpack.Encoder()
_from_agent: msgspec.msgpack.Decoder[FromAgent] = msgspec.msgpack.Decoder(FromAgent)
_from_control: msgspec.msgpack.Decoder[FromControl] = msgspec.msgpack.Decoder(FromControl)


def encode(value: object) -> bytes:
    """Write a frame, an item or a piece of mail."""
    return _encoder.encode(value)


def decode_from_agent(data: bytes) -> FromAgent:
    """Read a frame that an agent sent; raises `msgspec.DecodeError` or `msgspec.ValidationError`."""
    return _from_agent.decode(data)


def decode_from_control(data: bytes) -> FromControl:
    """Read a frame that the control plane sent; raises `msgspec.DecodeError` or `msgspec.ValidationError`."""
    return _from_control.decode(data)
