"""What suppressions look like to others."""

from datetime import datetime
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

import msgspec

from control_plane.core.body import Body
from control_plane.ip_pools.schemas import Stream

NOTE_MAX = 500
BULK_MAX = 1000

Reason: TypeAlias = Literal["hard_bounce", "soft_bounce", "complaint", "unsubscribe", "manual"]
Source: TypeAlias = Literal["api", "portal", "import", "bounce", "complaint", "unsubscribe"]
Scope: TypeAlias = Literal["tenant", "stream"]
State: TypeAlias = Literal["active", "ended"]
Ending: TypeAlias = Literal["deleted", "reactivated", "expired"]

STRICTNESS: tuple[Reason, ...] = ("soft_bounce", "manual", "unsubscribe", "hard_bounce", "complaint")
"""Of two reasons for the same address, the later one of these stays."""
ONLY_WITH_REASON: frozenset[Reason] = frozenset({"hard_bounce", "complaint"})
"""What is not taken back without saying why."""

Note: TypeAlias = Annotated[str, msgspec.Meta(max_length=NOTE_MAX)]
Because: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=NOTE_MAX)]


class NewSuppression(msgspec.Struct, frozen=True, kw_only=True):
    """An address that mail is not to be sent to any more, as other features name it."""

    email: str
    """In any case, or `@else.test` for a whole domain."""
    reason: Reason
    source: Source
    stream: Stream | None = None
    """Only mail of this stream; None: of both."""
    note: str = ""
    """What the other server said, or what a person noted."""
    message_id: UUID | None = None
    delivery_id: UUID | None = None
    expires_at: datetime | None = None
    """A soft bounce without it ends after seven days."""
    for_clients: bool = False


class SuppressionRequest(Body, frozen=True, kw_only=True):
    """An address, or `@else.test` for all addresses of a domain, that mail is not to be sent to any more."""

    email: Annotated[str, msgspec.Meta(max_length=1000)]
    reason: Reason = "manual"
    stream: Stream | None = None
    """Only mail of this stream; null: of both."""
    note: Note = ""
    expires_at: datetime | None = None
    for_clients: bool = False
    """Holds for the accounts below yours too: of agencies and operators."""


class Reactivation(Body, frozen=True, kw_only=True):
    """Why mail may go to an address again."""

    reason: Because


class BulkDeletion(Body, frozen=True, kw_only=True):
    """Addresses that mail may go to again, by their own or by the suppressions' ids, and why."""

    emails: Annotated[tuple[str, ...], msgspec.Meta(max_length=BULK_MAX)] = ()
    ids: Annotated[tuple[str, ...], msgspec.Meta(max_length=BULK_MAX)] = ()
    reason: Because


class BulkDeleted(msgspec.Struct, frozen=True, kw_only=True):
    """How many suppressions were ended, and what of what was named is not suppressed."""

    deleted: int
    not_found: tuple[str, ...]


class Suppression(msgspec.Struct, frozen=True, kw_only=True):
    """An address that mail is or was not sent to."""

    id: str
    email: str
    """In lower case; `@else.test` stands for all addresses of a domain."""
    status: State
    reason: Reason
    scope: Scope
    stream: Stream | None
    for_clients: bool
    source: Source
    note: str
    message_id: str | None
    """The mail that led to it."""
    delivery_id: str | None
    created_by: str
    created_at: datetime
    expires_at: datetime | None
    ended_at: datetime | None
    ended_as: Ending | None
    ended_by: str | None
    ended_because: str | None


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """Which suppressions a list shows; what is not set does not restrict."""

    email: str | None = None
    domain: str | None = None
    reason: Reason | None = None
    stream: Stream | None = None
    status: State | None = "active"
    since: datetime | None = None
    until: datetime | None = None
    for_clients: bool | None = None


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """Whether mail to an address is held back, by what of one's own, and whether from above."""

    email: str
    own: tuple[Suppression, ...]
    above: tuple[Reason, ...]
    """Why those above suppress it; their lists are theirs."""


ImportStatus: TypeAlias = Literal["uploading", "waiting", "running", "finished"]


class ImportFault(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a file that was left out, and why."""

    line: int
    message: str


class SuppressionImport(msgspec.Struct, frozen=True, kw_only=True):
    """A file of addresses on its way into the list."""

    id: str
    status: ImportStatus
    for_clients: bool
    progress: float
    """How much of it is read, from 0 to 1."""
    lines: int
    """Read so far."""
    added: int
    known: int
    """Were on the list already, for the same reason or a stricter one."""
    failed: int
    faults: tuple[ImportFault, ...]
    """The first of those that failed, a hundred at most."""
    created_by: str
    created_at: datetime
    finished_at: datetime | None
