"""What publishing looks like in the API."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal, TypeAlias

import msgspec
from msgspec import UNSET, UnsetType

from control_plane.core.body import Body
from control_plane.dns_publishing.plan import Action, StepStatus
from control_plane.dns_publishing.providers.kinds import ProviderKind
from control_plane.mail_domains.schemas import Purpose, RecordType

PublicationStatus: TypeAlias = Literal[
    "comparing", "compared", "applying", "applied", "rolling_back", "rolled_back", "incomplete", "failed"
]
Credentials: TypeAlias = Annotated[dict[str, Annotated[str, msgspec.Meta(max_length=2000)]], msgspec.Meta(max_length=8)]
ConnectionName: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


class NewSharedLink(Body, frozen=True, kw_only=True):
    """A link to a domain's records for who keeps its DNS."""

    email: Annotated[str, msgspec.Meta(max_length=320)] | None = None
    """Whom to mail it to; nobody: hand it over yourself."""


class SharedLink(msgspec.Struct, frozen=True, kw_only=True):
    """A link that shows a domain's records, read-only, until it expires or is withdrawn."""

    id: str
    domain_id: str
    mailed_to: str | None
    created_at: datetime
    expires_at: datetime


class CreatedSharedLink(SharedLink, frozen=True, kw_only=True):
    """A new link with its address, which is not shown again."""

    url: str


class ProviderField(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a provider asks for."""

    name: str
    label: str
    secret: bool
    required: bool
    choices: tuple[str, ...]


class DnsProviderKind(msgspec.Struct, frozen=True, kw_only=True):
    """A provider that can be connected."""

    kind: ProviderKind
    title: str
    hint: str
    fields: tuple[ProviderField, ...]


class NewDnsProvider(Body, frozen=True, kw_only=True):
    """A provider to be connected."""

    kind: ProviderKind
    name: ConnectionName
    credentials: Credentials
    domain_id: str | None = None
    """A domain whose zone they must open; without one, they are tried when they are first used."""


class ChangedDnsProvider(Body, frozen=True, kw_only=True):
    """What is to be changed of a connected provider."""

    name: ConnectionName | UnsetType = UNSET
    credentials: Credentials | UnsetType = UNSET
    domain_id: str | None = None
    """A domain whose zone new credentials must open."""


class DnsProvider(msgspec.Struct, frozen=True, kw_only=True):
    """A connected provider; its credentials are never shown."""

    OBSERVED: ClassVar[frozenset[str]] = frozenset({"tested_at"})

    id: str
    kind: ProviderKind
    name: str
    tested_at: datetime | None
    created_at: datetime


class NewPublication(Body, frozen=True, kw_only=True):
    """Records to be brought to a provider."""

    connection_id: str
    dry_run: bool = True
    """Only compare; otherwise, what needs no decision is published right after."""


RecordKeys: TypeAlias = Annotated[
    tuple[Annotated[str, msgspec.Meta(max_length=300)], ...], msgspec.Meta(max_length=100)
]


class Decisions(Body, frozen=True, kw_only=True):
    """What to do with record sets, each named as in `MX example.com`."""

    replace: RecordKeys = ()
    """Conflicts whose records may be replaced."""
    leave_out: RecordKeys = ()


class PublicationStep(msgspec.Struct, frozen=True, kw_only=True):
    """What happens to one record set."""

    key: str
    type: RecordType
    name: str
    purposes: tuple[Purpose, ...]
    action: Action
    before: tuple[str, ...]
    after: tuple[str, ...]
    replaceable: bool
    explanation: str
    status: StepStatus
    problem: str | None


class Publication(msgspec.Struct, frozen=True, kw_only=True):
    """Records brought to a provider: what was there, what is to be, and how far it got."""

    id: str
    domain_id: str
    connection_id: str
    status: PublicationStatus
    dry_run: bool
    zone: str
    steps: tuple[PublicationStep, ...]
    problem: str | None
    created_at: datetime
    finished_at: datetime | None
