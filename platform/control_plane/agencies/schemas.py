"""What agencies see of their clients, and what a brand is."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from control_plane.analytics.schemas import Bucket, Counts, Fared
from control_plane.core.body import Body

Concern = Literal[
    "suspended", "closing", "complaints", "bounces", "limit", "domains", "limit_near", "setup", "quiet", "none"
]
"""What a client's state is judged by; `none`: all is well."""
Level = Literal["bad", "warning", "info", "good"]


class Health(msgspec.Struct, frozen=True):
    """How a client does, in one word, and why."""

    level: Level
    concern: Concern


class DomainCounts(msgspec.Struct, frozen=True, kw_only=True):
    """How many mail domains are in which state."""

    verified: int = 0
    attention: int = 0
    """In use, but a record is missing or wrong."""
    pending: int = 0
    failed: int = 0

    @property
    def total(self) -> int:
        """Count all."""
        return self.verified + self.attention + self.pending + self.failed


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What the tree says of a tenant."""

    id: UUID
    parent_name: str
    name: str
    kind: str
    status: str
    own_status: str
    suspended_reason: str | None
    closing_at: datetime | None
    created_at: datetime
    may_act: bool
    """Whether it lets the agency act for it."""


class ClientRow(msgspec.Struct, frozen=True, kw_only=True):
    """A client as its agency sees it at a glance."""

    facts: Facts
    fared: Fared
    domains: DomainCounts
    quota: float | None
    """The fullest of its limits, as a share of one; None without limits."""
    health: Health


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """All clients together."""

    clients: int
    troubled: int
    """How many of them have a problem."""
    day: Counts
    month: Counts
    hours: tuple[Bucket, ...]


Colour = Annotated[str, msgspec.Meta(max_length=7)]


class BrandChange(Body, frozen=True, kw_only=True):
    """What is to be changed of a brand; what is left out stays, what is empty becomes ours again."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=80)] | msgspec.UnsetType = msgspec.UNSET
    accent: Colour | msgspec.UnsetType = msgspec.UNSET
    """`#rrggbb`: buttons and links."""
    accent_dark: Colour | msgspec.UnsetType = msgspec.UNSET
    """The same on dark pages; made from `accent` when it is empty."""
    support: Annotated[str, msgspec.Meta(max_length=320)] | msgspec.UnsetType = msgspec.UNSET
    """Where clients ask for help: an e-mail address."""
    host: Annotated[str, msgspec.Meta(max_length=253)] | msgspec.UnsetType = msgspec.UNSET
    """The host name that your clients sign in at."""


class HostProof(msgspec.Struct, frozen=True, kw_only=True):
    """The records that make a host name serve: one proves that it is yours, one leads it here."""

    txt_host: str
    txt_value: str
    cname_target: str


class Brand(msgspec.Struct, frozen=True, kw_only=True):
    """An agency's brand as it sees and edits it."""

    id: str
    name: str
    accent: str
    accent_dark: str
    support: str
    logo_url: str
    host: str
    host_proven_at: datetime | None
    host_checked_at: datetime | None
    host_proof: HostProof | None
    """What to publish; None without a host name."""


class WornBrand(msgspec.Struct, frozen=True, kw_only=True):
    """A brand as pages and mails wear it."""

    tenant_id: UUID
    id: str
    name: str
    support: str
    host: str
    css_path: str
    """Empty: our own colours."""
    logo_path: str
    """Empty: our own logo."""


class Logo(msgspec.Struct, frozen=True):
    """A picture that was checked."""

    content: bytes
    media_type: str
    digest: str
