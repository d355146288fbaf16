"""What API keys look like in the API."""

from datetime import datetime
from typing import Annotated, ClassVar, TypeAlias

import msgspec

from control_plane.core.body import Body
from control_plane.core.sandbox import Mode

MOST_OVERLAP_SECONDS = 7 * 24 * 3600

KeyName: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Domains: TypeAlias = Annotated[tuple[Annotated[str, msgspec.Meta(max_length=300)], ...], msgspec.Meta(max_length=100)]
Networks: TypeAlias = Annotated[tuple[Annotated[str, msgspec.Meta(max_length=50)], ...], msgspec.Meta(max_length=100)]
PerMinute: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]


class NewApiKey(Body, frozen=True, kw_only=True):
    """A key to be made."""

    name: KeyName
    scopes: Annotated[
        tuple[Annotated[str, msgspec.Meta(max_length=100)], ...], msgspec.Meta(min_length=1, max_length=50)
    ]
    """`<resource>:<read|write|*>`, or `*` for everything; only what you may do yourself."""
    mode: Mode = "live"
    """What is sent with a `test` key is checked and has its events like all mail, but goes nowhere. It stays so."""
    expires_at: datetime | None = None
    allowed_domains: Domains = ()
    """Mail domains that it may act for; empty: all of yours."""
    allowed_networks: Networks = ()
    """Networks that it may be used from, as in `192.0.2.0/24`; empty: from anywhere."""
    requests_per_minute: PerMinute | None = None
    smtp: bool = False
    """Whether mail may be submitted with it by SMTP, too, with its id as the user and its secret as the password; for
    that it needs the scope `messages:write`."""


class ApiKeyChange(Body, frozen=True, kw_only=True):
    """What is to be changed; what is left out stays."""

    name: KeyName | msgspec.UnsetType = msgspec.UNSET
    expires_at: datetime | msgspec.UnsetType | None = msgspec.UNSET
    allowed_domains: Domains | msgspec.UnsetType = msgspec.UNSET
    allowed_networks: Networks | msgspec.UnsetType = msgspec.UNSET
    requests_per_minute: PerMinute | msgspec.UnsetType | None = msgspec.UNSET
    smtp: bool | msgspec.UnsetType = msgspec.UNSET


class KeyRotation(Body, frozen=True, kw_only=True):
    """How a key is to be replaced."""

    overlap_seconds: Annotated[int, msgspec.Meta(ge=0, le=MOST_OVERLAP_SECONDS)] = 24 * 3600
    """How long the old secret goes on working; 7 days at the most."""


class ApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key; its secret was shown when it was made."""

    OBSERVED: ClassVar[frozenset[str]] = frozenset({"last_used_at", "last_used_address"})

    id: str
    name: str
    scopes: tuple[str, ...]
    mode: Mode
    """`test`: what is sent with it goes nowhere."""
    created_at: datetime
    created_by: str
    """Who made it: a person's address, a key's name."""
    expires_at: datetime | None
    allowed_domains: tuple[str, ...]
    allowed_networks: tuple[str, ...]
    requests_per_minute: int | None
    """Null: the usual rate."""
    smtp: bool
    """Whether mail may be submitted with it by SMTP."""
    replaced_by: str | None
    """The key that a rotation made in its place."""
    last_used_at: datetime | None
    """To the minute."""
    last_used_address: str | None


class CreatedApiKey(ApiKey, frozen=True, kw_only=True):
    """A new key with its secret, which is not shown again."""

    secret: str
