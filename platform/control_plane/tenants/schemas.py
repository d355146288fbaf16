"""What tenants and access grants look like in the API."""

from datetime import datetime
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

import msgspec

from control_plane.accounts.schemas import Role
from control_plane.core.body import Body

Kind: TypeAlias = Literal["operator", "agency", "client"]
Status: TypeAlias = Literal["active", "throttled", "suspended"]
Name: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Slug: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$(?!\n)")]
Reason: TypeAlias = Annotated[str, msgspec.Meta(max_length=500)]
Email: TypeAlias = Annotated[str, msgspec.Meta(min_length=3, max_length=320)]
Amount: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=2**53)] | None
"""Null: as much as there is above."""


class Limits(Body, frozen=True, kw_only=True, omit_defaults=True):
    """Limits set for one client; what is left out comes from its plan."""

    messages_month: Amount | msgspec.UnsetType = msgspec.UNSET
    messages_day: Amount | msgspec.UnsetType = msgspec.UNSET
    messages_hour: Amount | msgspec.UnsetType = msgspec.UNSET
    domains: Amount | msgspec.UnsetType = msgspec.UNSET
    mailboxes: Amount | msgspec.UnsetType = msgspec.UNSET
    storage_bytes: Amount | msgspec.UnsetType = msgspec.UNSET
    contacts: Amount | msgspec.UnsetType = msgspec.UNSET
    dedicated_ips: Amount | msgspec.UnsetType = msgspec.UNSET


class NewTenant(msgspec.Struct, frozen=True, kw_only=True):
    """What a tenant is made of."""

    kind: str
    name: str
    slug: str
    parent_id: UUID | None = None
    plan_id: UUID | None = None
    limits: Limits = Limits()
    starting_day: int | None = None
    """Deliveries a day that it may begin with, until it has sent more well; None: as many as its limits allow."""


class NewClient(Body, frozen=True, kw_only=True):
    """A client or an agency to be made below yours."""

    name: Name
    slug: Slug | None = None
    """Made from the name when it is left out."""
    kind: Literal["agency", "client"] = "client"
    parent_id: str | None = None
    """An agency of yours; your own account when it is left out."""
    plan_id: str | None = None
    limits: Limits = Limits()
    owner_email: Email | None = None
    """Who is invited as its owner."""


class ClientChange(Body, frozen=True, kw_only=True):
    """What is to be changed; what is left out stays."""

    name: Name | msgspec.UnsetType = msgspec.UNSET
    plan_id: str | msgspec.UnsetType | None = msgspec.UNSET
    limits: Limits | msgspec.UnsetType = msgspec.UNSET


class Suspension(Body, frozen=True, kw_only=True):
    """Why a client is suspended; it is told so."""

    reason: Reason = ""


class Move(Body, frozen=True, kw_only=True):
    """Where a client is moved to: an agency below yours, or your own account."""

    parent_id: str


class Client(msgspec.Struct, frozen=True, kw_only=True):
    """A tenant as those above it see it."""

    id: str
    parent_id: str
    name: str
    slug: str
    kind: Kind
    status: Status
    """As it is in force: an agency's suspension suspends all that is below it."""
    own_status: Status
    """As it was decided for this client itself."""
    suspended_reason: str | None
    plan_id: str | None
    limits: Limits
    brand: dict[str, str]
    closing_at: datetime | None
    """It was closed; then its data is erased. Until then it can be reopened."""
    created_at: datetime


class ClientFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which clients are asked for; None is any."""

    status: Status | None = None
    kind: Kind | None = None
    parent_id: UUID | None = None
    query: str | None = None


class StatusChange(msgspec.Struct, frozen=True):
    """A tenant whose state in force has changed."""

    tenant_id: UUID
    before: Status
    after: Status


class Provider(msgspec.Struct, frozen=True, kw_only=True):
    """A tenant above the bound one, nearest first."""

    id: str
    name: str
    kind: Kind


class NewAccessGrant(Body, frozen=True, kw_only=True):
    """Who above you may act for you, and as what."""

    tenant_id: str
    role: Role


class AccessGrantChange(Body, frozen=True, kw_only=True):
    """Another role for who may act for you."""

    role: Role


class AccessGrant(msgspec.Struct, frozen=True, kw_only=True):
    """That a provider's people may act for you."""

    tenant_id: str
    """The provider, and the id of the grant."""
    name: str
    kind: Kind
    role: Role
    created_at: datetime


class TreeLine(msgspec.Struct, frozen=True, kw_only=True):
    """A tenant in a list of the whole tree."""

    id: str
    slug: str
    name: str
    kind: Kind
    status: Status
    depth: int
    """1 is a root."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How the bound tenant itself stands."""

    name: str
    kind: Kind
    status: Status
    suspended_reason: str | None
    closing_at: datetime | None
