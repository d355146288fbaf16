"""What certificates look like in the API."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal, TypeAlias

import msgspec

from control_plane.core.body import Body

Source: TypeAlias = Literal["acme", "upload"]
Status: TypeAlias = Literal["pending", "issued", "failed", "revoked", "superseded"]
Reason: TypeAlias = Literal["key_compromise", "superseded", "cessation_of_operation"]
Chain: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=65_536)]
PrivateKey: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=16_384)]
HostName: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]

PREFIX = "crt"


class NewCertificate(Body, frozen=True, kw_only=True):
    """Names that a certificate is to be ordered for, or a certificate of one's own; never both."""

    names: Annotated[tuple[HostName, ...], msgspec.Meta(max_length=10)] = ()
    """Host names at or below proven domains; a wildcard such as `*.example.com` is proven by DNS."""
    chain: Chain | None = None
    """PEM: the certificate, then its issuers."""
    private_key: PrivateKey | None = None
    """PEM, without a password. It is never shown again."""


class OwnCertificate(Body, frozen=True, kw_only=True):
    """A certificate that takes the place of an uploaded one."""

    chain: Chain
    private_key: PrivateKey


class Revocation(Body, frozen=True, kw_only=True):
    """Why a certificate is revoked: after `key_compromise` and `superseded` a new one is made at once."""

    reason: Reason


class Certificate(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate; its private key is never shown."""

    OBSERVED: ClassVar[frozenset[str]] = frozenset(
        {"problem", "attempts", "next_attempt_at", "renew_at", "renewal_window"}
    )

    id: str
    names: tuple[str, ...]
    source: Source
    status: Status
    issuer: str
    """Empty until there is one."""
    key_type: str
    fingerprint: str
    """SHA-256 of the certificate, hexadecimal."""
    not_before: datetime | None
    not_after: datetime | None
    renew_at: datetime | None
    renewal_window: tuple[datetime, datetime] | None
    """When the authority wants it renewed, if it says so."""
    attempts: int
    """Failed ones in a row."""
    problem: str | None
    """Why the last attempt failed, and what to do."""
    next_attempt_at: datetime | None
    created_at: datetime


class AuthorityState(msgspec.Struct, frozen=True, kw_only=True):
    """How a certificate authority does, as an operator sees it."""

    name: str
    directory: str
    is_registered: bool
    problem: str | None
    problem_at: datetime | None
    answered_at: datetime | None


class FrontCertificate(msgspec.Struct, frozen=True, kw_only=True):
    """What the web front serves."""

    id: str
    names: tuple[str, ...]
    """May hold wildcards."""
    chain: str
    private_key: str
    changed_at: datetime
