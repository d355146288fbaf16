"""What inbound routes look like in the API."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal, TypeAlias

import msgspec

from control_plane.core.body import Body

MatchType: TypeAlias = Literal["address", "domain", "subdomains", "header"]
ActionType: TypeAlias = Literal["webhook", "mailbox", "forward", "drop", "hold"]
Name: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Priority: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=100_000)]
Text: TypeAlias = Annotated[str, msgspec.Meta(max_length=320)]


class Match(Body, frozen=True, kw_only=True):
    """Which mail a route wants. A header's route chooses among mail that others let in, and lets none in by itself."""

    type: MatchType
    address: Text | None = None
    """For `address`; a detail after a `+` makes no difference."""
    domain: Text | None = None
    """For `domain` (`*@domain`) and `subdomains` (`*@*.domain`): a proven domain of yours, or a name below one."""
    name: Text | None = None
    """For `header`: which."""
    pattern: Text | None = None
    """For `header`: all of its value, with `*` for anything and `?` for one character; capitals make no difference."""


class Action(Body, frozen=True, kw_only=True):
    """What becomes of the mail."""

    type: ActionType
    webhook_id: Text | None = None
    """For `webhook`: where it is sent, as the event `message.received`."""
    mailbox: Text | None = None
    """For `mailbox`: the address of one of your mailboxes."""
    to: Text | None = None
    """For `forward`: an address. Nothing is forwarded before its owner has opened a link that we mail there, unless it
    is at a proven domain of yours."""


class NewInboundRoute(Body, frozen=True, kw_only=True):
    """A route to be made."""

    name: Name
    match: Match
    action: Action
    priority: Priority = 100
    """The lowest that fits wins; among equals, the oldest."""
    enabled: bool = True


class InboundRouteChange(Body, frozen=True, kw_only=True):
    """What is to be changed; what is left out stays."""

    name: Name | msgspec.UnsetType = msgspec.UNSET
    match: Match | msgspec.UnsetType = msgspec.UNSET
    action: Action | msgspec.UnsetType = msgspec.UNSET
    priority: Priority | msgspec.UnsetType = msgspec.UNSET
    enabled: bool | msgspec.UnsetType = msgspec.UNSET


TargetStatus: TypeAlias = Literal["waiting", "confirmed", "paused", "declined"]


class ForwardTarget(msgspec.Struct, frozen=True, kw_only=True):
    """An address that mail is forwarded to, and whether it may be."""

    email: str
    status: TargetStatus
    """`waiting` for its owner's consent; `paused` because mail to it came back; `declined` by its owner."""
    note: str | None
    """Why it is paused."""


class ForwardRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What an address's owner is asked."""

    account: str
    """The name of who asks."""
    email: str
    status: TargetStatus


class InboundRoute(msgspec.Struct, frozen=True, kw_only=True):
    """A route: which mail it wants, and what becomes of that."""

    id: str
    name: str
    match: Match
    action: Action
    target: ForwardTarget | None
    """Of a route that forwards."""
    priority: int
    enabled: bool
    created_at: datetime
    version: int


class RouteTarget(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook that routes can send mail to."""

    id: str
    url: str


class InboundQuestion(Body, frozen=True, kw_only=True):
    """A mail that might come."""

    recipient: Text
    headers: Annotated[dict[str, str], msgspec.Meta(max_length=50)] = msgspec.field(default_factory=dict)


class ConsideredRoute(msgspec.Struct, frozen=True, kw_only=True):
    """A route that was looked at, in order."""

    route_id: str
    name: str
    fits: bool
    why: str


class InboundExplanation(msgspec.Struct, frozen=True, kw_only=True):
    """What would become of a mail, and why."""

    outcome: Literal["mailbox", "route", "refused"]
    """Kept in a mailbox, given to the winning route, or refused while it is handed in."""
    why: str
    route: InboundRoute | None
    """The winner."""
    considered: tuple[ConsideredRoute, ...]


class TestSent(msgspec.Struct, frozen=True, kw_only=True):
    """A real mail to the route's address is on its way."""

    __test__: ClassVar[bool] = False
    message_id: str
    recipient: str


MessageStatus: TypeAlias = Literal["routed", "forwarded", "delivered", "held", "dropped", "released", "purged"]
"""`routed`: to a webhook; `forwarded`: to an address; `delivered`: to a mailbox."""


class InboundSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A mail that came in, in a list."""

    id: str
    route_id: str
    status: MessageStatus
    note: str | None
    recipient: str
    sender: str = msgspec.field(name="from")
    """The address in its From header; anybody could have written it."""
    subject: str
    received_at: datetime
    size: int
    spam_score: float | None


class InboundAddress(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody in a header."""

    email: str
    name: str = ""


class InboundHeader(msgspec.Struct, frozen=True):
    """A header field, decoded, in the order of the mail."""

    name: str
    value: str


class InboundAttachment(msgspec.Struct, frozen=True, kw_only=True):
    """A file in a mail."""

    filename: str
    content_type: str
    size: int
    content_id: str | None
    link: str | None
    """Good for a while, without a key; none if the mail itself is not kept."""


class InboundSpam(msgspec.Struct, frozen=True, kw_only=True):
    """What the spam checks found; null where a mail was not checked."""

    score: float | None
    symbols: dict[str, float]


class InboundAuthentication(msgspec.Struct, frozen=True, kw_only=True):
    """What our own checks found, whatever the mail says: `pass`, `fail`, `softfail`, `neutral`, `temperror`, …."""

    spf: str
    dkim: str
    dmarc: str
    arc: str


class InboundEnvelope(msgspec.Struct, frozen=True, kw_only=True):
    """How it was handed in (RFC 5321)."""

    sender: str = msgspec.field(name="from")
    recipient: str
    client: str | None
    """The IP address that it came from."""


class InboundParse(msgspec.Struct, frozen=True, kw_only=True):
    """How the mail could be read."""

    problems: tuple[str, ...]
    """What was given up on; all of it is in the raw mail."""


class InboundContent(msgspec.Struct, frozen=True, kw_only=True):
    """What a mail says."""

    sender: tuple[InboundAddress, ...] = msgspec.field(name="from")
    to: tuple[InboundAddress, ...]
    cc: tuple[InboundAddress, ...]
    reply_to: tuple[InboundAddress, ...]
    subject: str
    date: str
    """As the sender wrote it."""
    message_id: str
    text: str
    html: str
    """As the sender wrote it: never show it as it is."""
    safe_html: str
    """The same without scripts, styles, forms and anything that is fetched."""
    reply: str
    """The text without what it quotes and without signature."""
    headers: tuple[InboundHeader, ...]
    attachments: tuple[InboundAttachment, ...]
    spam: InboundSpam
    authentication: InboundAuthentication
    parse: InboundParse


class InboundMessage(InboundSummary, frozen=True, kw_only=True):
    """A mail that came in, read."""

    envelope: InboundEnvelope
    content: InboundContent | None
    """Null when the mail itself is not kept any more."""
    raw: str | None
    """A link to the mail itself, good for a while, without a key."""


class InboundRelease(Body, frozen=True, kw_only=True):
    """Where a held mail goes after all."""

    webhook_id: Text | None = None
    """None: on its route's way after all, also if it looks like spam; for routes to a mailbox or an address."""


class InboundFilters(msgspec.Struct, frozen=True, kw_only=True):
    """Which mails a list shows."""

    status: MessageStatus | None = None
    route_id: str | None = None
