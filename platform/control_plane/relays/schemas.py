"""What relays look like in the API."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal, TypeAlias

import msgspec
from msgspec import UNSET, UnsetType

from control_plane.core.body import Body
from control_plane.relays.presets import RelayKind, Tls

Mode: TypeAlias = Literal["always", "fallback"]
RelayStatus: TypeAlias = Literal["active", "paused"]
Stream: TypeAlias = Literal["transactional", "broadcast"]
RelayName: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
Host: TypeAlias = Annotated[str, msgspec.Meta(max_length=253)]
Username: TypeAlias = Annotated[str, msgspec.Meta(max_length=320)]
Password: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]
Weight: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=1000)]
HookKey: TypeAlias = Annotated[str, msgspec.Meta(max_length=2000)]
_Domains: TypeAlias = Annotated[tuple[Host, ...], msgspec.Meta(max_length=200)]


class RelayScope(Body, frozen=True, kw_only=True):
    """Which mail may leave by it; what is empty does not narrow it."""

    domains: _Domains = ()
    """From domains of yours."""
    streams: Annotated[tuple[Stream, ...], msgspec.Meta(max_length=2)] = ()
    destinations: _Domains = ()
    """Recipient domains, or `class:<name>` for a provider's class, as in `class:microsoft`."""


class NewRelay(Body, frozen=True, kw_only=True):
    """A relay to be made."""

    name: RelayName
    kind: RelayKind
    host: Host = ""
    """Left out, it is the provider's."""
    port: int | None = None
    """25, 465, 587, 2465, 2525 or 2587; left out, it is the provider's, or 587."""
    tls: Tls | None = None
    """Left out, it is what the port is for. Certificates are always verified."""
    username: Username = ""
    """Left out, it is the provider's, if that is the same for everybody."""
    password: Password
    mode: Mode = "always"
    """`fallback`: only when no address of ours can take a mail."""
    weight: Weight = 1
    """Its share among relays of the same scope."""
    scope: RelayScope = RelayScope()
    for_all: bool = False
    """For the mail of all tenants. For operators."""
    events_key: HookKey = ""
    """What its events are signed with: SendGrid's verification key, Mailgun's signing key."""


class RelayChange(Body, frozen=True, kw_only=True):
    """What is to be changed; what is left out stays."""

    name: RelayName | UnsetType = UNSET
    host: Host | UnsetType = UNSET
    port: int | UnsetType = UNSET
    tls: Tls | UnsetType = UNSET
    username: Username | UnsetType = UNSET
    password: Password | UnsetType = UNSET
    mode: Mode | UnsetType = UNSET
    weight: Weight | UnsetType = UNSET
    scope: RelayScope | UnsetType = UNSET
    status: RelayStatus | UnsetType = UNSET
    events_key: HookKey | UnsetType = UNSET


class RelayTest(msgspec.Struct, frozen=True, kw_only=True):
    """How a node fared that tried to log in."""

    node_id: str
    asked_at: datetime
    problem: str
    """Empty: it could log in."""


class RelayHealth(msgspec.Struct, frozen=True, kw_only=True):
    """How nodes fare with a relay."""

    failing_on: tuple[str, ...] = ()
    """Nodes that do not use it just now, because it failed there; they try it again by themselves."""
    last_error: str = ""
    tests: tuple[RelayTest, ...] = ()
    """What came of the last test, node by node."""


class Relay(msgspec.Struct, frozen=True, kw_only=True):
    """A server of somebody else's that mail leaves by; its password is never shown."""

    OBSERVED: ClassVar[frozenset[str]] = frozenset({"health"})

    id: str
    name: str
    kind: RelayKind
    host: str
    port: int
    tls: Tls
    username: str
    mode: Mode
    weight: int
    scope: RelayScope
    always_for: tuple[str, ...]
    """Domains that were switched to it: all their mail leaves by it, whatever mode and scope say."""
    for_all: bool
    status: RelayStatus
    takes_events: bool
    """Whether its provider's events can be proven: SendGrid and Mailgun need their key."""
    health: RelayHealth
    created_at: datetime
    version: int
    """Goes up with each change, also of the password."""


class EventsAddress(msgspec.Struct, frozen=True, kw_only=True):
    """Where the provider is to send its events; shown once."""

    relay_id: str
    events_url: str


class CreatedRelay(Relay, frozen=True, kw_only=True):
    """A new relay, with the address for its provider's events, which is not shown again."""

    events_url: str


class DomainSwitch(Body, frozen=True, kw_only=True):
    """Which relay a domain's mail is to leave by."""

    relay_id: str | None
    """Null: by our own addresses again, or as relays' scopes say."""


class DomainRelay(msgspec.Struct, frozen=True, kw_only=True):
    """Which relay a domain was switched to."""

    domain_id: str
    domain: str
    relay_id: str | None


class RelayCounts(msgspec.Struct, frozen=True, kw_only=True):
    """What became of mail that left by a relay in the last 24 hours, counted by attempts and later events."""

    delivered: int = 0
    deferred: int = 0
    bounced: int = 0
    complained: int = 0
