"""What mail domains look like in the API."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal, TypeAlias
from uuid import UUID

import msgspec

from control_plane.core.body import Body

DomainStatus: TypeAlias = Literal["pending", "verified", "degraded", "failed"]
RecordType: TypeAlias = Literal["TXT", "MX", "CNAME", "A", "AAAA", "PTR", "SRV", "TLSA", "CAA", "DS"]
Purpose: TypeAlias = Literal[
    "ownership",
    "dkim",
    "receiving",
    "spf",
    "return_path",
    "return_path_spf",
    "dmarc",
    "mail_host",
    "mta_sts",
    "mta_sts_host",
    "tls_rpt",
    "autoconfig",
    "autodiscover",
    "client_srv",
    "acme",
    "ptr",
    "tlsa",
    "dnssec",
    "caa",
    "bimi",
]
RecordStatus: TypeAlias = Literal["unchecked", "ok", "warning", "missing", "wrong", "unknown"]
"""`warning`: it works, and could be better. `unknown`: DNS did not say; it is neither good nor bad."""
Importance: TypeAlias = Literal["required", "recommended", "optional"]
"""Without what is required, mail of the domain is not trusted or does not arrive."""


class NewDomain(Body, frozen=True, kw_only=True):
    """A domain to be added: one of your own by `name`, or one that the platform gives by `platform_label`."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=300)] | msgspec.UnsetType = msgspec.UNSET
    platform_label: Annotated[str, msgspec.Meta(min_length=1, max_length=63)] | msgspec.UnsetType = msgspec.UNSET
    """A name below the platform's own, for who has no domain: it can be used at once."""


class DomainFilters(msgspec.Struct, frozen=True, kw_only=True):
    """Which domains of a list are wanted; what is not said matters not."""

    status: DomainStatus | None = None
    query: str = ""
    """A part of the name, as it is written or as DNS has it."""


class ServerAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What one of the zone's own name servers says; they differ while a change spreads."""

    server: str
    found: list[str] = []
    problem: str | None = None


class DnsRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A DNS record that the domain needs, and what the last check found in its place."""

    type: RecordType
    host: str
    value: str
    purpose: Purpose
    importance: Importance = "required"
    status: RecordStatus = "unchecked"
    found: list[str] = []
    explanation: str = "Not checked yet."
    servers: list[ServerAnswer] = []
    """Of each authoritative server, where they do not all say the same."""


class Domain(msgspec.Struct, frozen=True, kw_only=True):
    """A mail domain."""

    OBSERVED: ClassVar[frozenset[str]] = frozenset({"records", "checked_at", "next_check_at"})

    id: str
    name: str
    """As DNS has it: A-labels."""
    display_name: str
    """As people read it: in Unicode."""
    status: DomainStatus
    records: list[DnsRecord]
    created_at: datetime
    proven_at: datetime | None
    proof_missing_since: datetime | None
    """The proof of ownership has been gone since; after 7 days the domain is lost until it is back."""
    checked_at: datetime | None
    next_check_at: datetime | None


class RecordChange(msgspec.Struct, frozen=True, kw_only=True):
    """A record that a check found otherwise than the one before."""

    purpose: Purpose
    type: RecordType
    host: str
    before: RecordStatus
    after: RecordStatus
    found: list[str] = []


class DomainCheck(msgspec.Struct, frozen=True, kw_only=True):
    """A check that found something new."""

    id: str
    at: datetime
    status: DomainStatus
    """The domain's, after it."""
    changes: list[RecordChange]


class SendingDomain(msgspec.Struct, frozen=True):
    """A domain that mail may be sent from."""

    id: UUID
    name: str
    return_domain: str
