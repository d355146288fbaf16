"""What mail domains look like in the API."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal, TypeAlias
from uuid import UUID

import msgspec

from control_plane.core.body import Body

DomainStatus: TypeAlias = Literal["pending", "verified", "degraded", "failed"]
RecordType: TypeAlias = Literal["TXT", "MX"]
Purpose: TypeAlias = Literal["ownership", "dkim", "receiving", "spf", "return_path", "return_path_spf", "dmarc"]
RecordStatus: TypeAlias = Literal["unchecked", "ok", "missing", "wrong", "unknown"]


class NewDomain(Body, frozen=True, kw_only=True):
    """A domain to be added."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=300)]


class DnsRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A DNS record that the domain needs, and what the last check found in its place."""

    type: RecordType
    host: str
    value: str
    purpose: Purpose
    status: RecordStatus = "unchecked"
    found: list[str] = []
    explanation: str = "Not checked yet."


class Domain(msgspec.Struct, frozen=True, kw_only=True):
    """A mail domain."""

    OBSERVED: ClassVar[frozenset[str]] = frozenset({"records", "checked_at", "next_check_at"})

    id: str
    name: str
    status: DomainStatus
    records: list[DnsRecord]
    created_at: datetime
    proven_at: datetime | None
    checked_at: datetime | None
    next_check_at: datetime | None


class SendingDomain(msgspec.Struct, frozen=True):
    """A domain that mail may be sent from."""

    id: UUID
    name: str
    return_domain: str
