"""A suppression as it is stored."""

from datetime import datetime
from uuid import UUID

import msgspec

COLUMNS = """id, email, stream, for_clients, reason, source, note, message_id, delivery_id, created_by, created_at,
  expires_at, ended_at, ended_as, ended_by, ended_because"""


class SuppressionRow(msgspec.Struct, frozen=True):
    """A row, in the order of `COLUMNS`."""

    id: UUID
    email: str
    stream: str
    for_clients: bool
    reason: str
    source: str
    note: str
    message_id: UUID | None
    delivery_id: UUID | None
    created_by: str
    created_at: datetime
    expires_at: datetime | None
    ended_at: datetime | None = None
    ended_as: str | None = None
    ended_by: str | None = None
    ended_because: str | None = None
