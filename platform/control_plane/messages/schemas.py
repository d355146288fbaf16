"""What the messages API takes and gives; the names are fixed by the public documentation."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal, TypeAlias

import msgspec

from control_plane.bounces.classify import BounceClass
from control_plane.core.body import Body
from control_plane.core.problem import Problem
from control_plane.deliveries.schemas import HeldFor, Status
from control_plane.ip_pools.schemas import Stream

RECIPIENTS_MAX = 50
HEADERS_MAX = 50
ATTACHMENTS_MAX = 100
TAGS_MAX = 10
METADATA_MAX = 20


class EmailAddress(Body, frozen=True, kw_only=True):
    """An address, with the name that is shown beside it."""

    email: str
    name: str = ""


Addresses: TypeAlias = Annotated[tuple[EmailAddress, ...], msgspec.Meta(max_length=RECIPIENTS_MAX)]


class NewAttachment(Body, frozen=True, kw_only=True):
    """A file; with `content_id` it is shown inside the HTML, which refers to it as `cid:…`."""

    filename: str
    content_type: str
    content: bytes
    """In base64."""
    content_id: str | None = None


class TemplateUse(Body, frozen=True, kw_only=True):
    """A stored template and what fills it."""

    id: str
    data: dict[str, object] = msgspec.field(default_factory=dict)


class Tracking(Body, frozen=True, kw_only=True):
    """What is measured of the recipient."""

    opens: bool = False
    clicks: bool = False


class NewMessage(Body, frozen=True, kw_only=True):
    """A message to at most 50 recipients."""

    sender: EmailAddress = msgspec.field(name="from")
    to: Addresses = ()
    cc: Addresses = ()
    bcc: Addresses = ()
    reply_to: Addresses = ()
    subject: str = ""
    text: str | None = None
    html: str | None = None
    headers: Annotated[dict[str, str], msgspec.Meta(max_length=HEADERS_MAX)] = msgspec.field(default_factory=dict)
    attachments: Annotated[tuple[NewAttachment, ...], msgspec.Meta(max_length=ATTACHMENTS_MAX)] = ()
    template: TemplateUse | None = None
    stream: Stream = "transactional"
    tags: Annotated[tuple[str, ...], msgspec.Meta(max_length=TAGS_MAX)] = ()
    metadata: Annotated[dict[str, str], msgspec.Meta(max_length=METADATA_MAX)] = msgspec.field(default_factory=dict)
    send_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    tracking: Tracking | None = None


class NewBatch(Body, frozen=True, kw_only=True):
    """At most 500 messages; each is read, and accepted or refused, by itself."""

    messages: Annotated[tuple[msgspec.Raw, ...], msgspec.Meta(min_length=1, max_length=500)]


class AcceptedRecipient(msgspec.Struct, frozen=True, kw_only=True):
    """One recipient of an accepted message."""

    email: str
    delivery_id: str
    status: Status = "accepted"


class AcceptedMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message that is now ours to deliver."""

    id: str
    status: Status = "accepted"
    recipients: tuple[AcceptedRecipient, ...]
    sandbox: bool = False
    """Nothing of it goes out: the key was a test key, or the addresses are the simulator's."""


class BatchItem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What came of one message of a batch: accepted with id, status and recipients, or refused with an error."""

    id: str | None = None
    status: Status | None = None
    recipients: tuple[AcceptedRecipient, ...] | None = None
    sandbox: bool = False
    error: Problem | None = None


class BatchResult(msgspec.Struct, frozen=True, kw_only=True):
    """One result per message, in the order of the request."""

    results: tuple[BatchItem, ...]


class Delays(msgspec.Struct, frozen=True, kw_only=True):
    """Where the time went, in seconds."""

    before_queue_s: float
    in_queue_s: float
    connect_s: float
    transmit_s: float


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """Why the attempt went the way it went."""

    pool_id: str | None = None
    provider: str | None = None
    rule: str | None = None
    warmup_step: int | None = None
    generation: int = 0
    ip_id: str | None = None
    relay_id: str | None = None
    """The relay that it left by; null: by an address of our own."""
    why: str | None = None
    """One clause for people."""


class MessageEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened to one recipient's delivery; what does not apply is null."""

    id: str
    type: str
    at: datetime
    attempt: int | None = None
    node_id: str | None = None
    queue_id: str | None = None
    source_ip: str | None = None
    relay: str | None = None
    dsn: str | None = None
    reply: str | None = None
    tls: str | None = None
    delays: Delays | None = None
    route: Route | None = None
    bounce_class: BounceClass | None = None
    """Why the mail was not taken, as far as the reply says."""
    send_at: datetime | None = None
    """Of `message.scheduled`: for when."""
    sandbox: bool = False
    """It did not happen, but was played: the delivery goes nowhere."""


class Recipient(msgspec.Struct, frozen=True, kw_only=True):
    """One recipient, how far its delivery is."""

    email: str
    kind: Literal["to", "cc", "bcc"]
    delivery_id: str
    status: Status
    held_for: HeldFor | None = None
    """Why it is held: over a limit, until there is room; because the account is suspended or its stream is paused."""
    sandbox: bool
    """Nothing goes out to them: it is played what would happen."""


class RecipientTimeline(Recipient, frozen=True, kw_only=True):
    """One recipient with what happened, oldest first."""

    events: tuple[MessageEvent, ...]
    """All of it, or the first ten and the last ten."""
    events_left_out: int = 0
    """How many lie between those ten and ten: `GET /v1/events` has them for 30 days."""


class MessageSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A message in a list."""

    id: str
    status: Status
    """The state of the recipient that is furthest from being done, or else that fared worst."""
    created_at: datetime
    sender: str = msgspec.field(name="from")
    subject: str
    stream: Stream
    tags: tuple[str, ...]
    metadata: dict[str, str]
    sandbox: bool
    """Nothing of it goes out to anybody."""
    recipients: tuple[Recipient, ...]


class Message(MessageSummary, frozen=True, kw_only=True):
    """A message with its recipients' timelines."""

    OBSERVED: ClassVar[frozenset[str]] = frozenset({"status", "recipients"})

    send_at: datetime | None = None
    """When that goes which is still scheduled."""
    recipients: tuple[RecipientTimeline, ...]


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """Which messages a list shows; what is not set does not restrict."""

    recipient: str | None = None
    """A whole address, everybody at `@acme.test`, or `ann@` anywhere."""
    sender: str | None = None
    """Likewise."""
    subject: str | None = None
    """Words, all of them, in any order."""
    status: Status | None = None
    tag: str | None = None
    stream: Stream | None = None
    metadata: str | None = None
    """A name and its value, as `order:1`."""
    sandbox: Literal["only"] | None = None
    """Only messages of which nothing goes out."""
    reply: str | None = None
    """What the other server said when it refused a mail or put it off."""
    since: datetime | None = None
    until: datetime | None = None
    query: str | None = None
    """All of that and ids in one line: see `search.language`."""
