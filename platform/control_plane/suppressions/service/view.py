"""A suppression as the API shows it."""

import msgspec

from control_plane.core import ids
from control_plane.suppressions.queries.rows import SuppressionRow
from control_plane.suppressions.schemas import Suppression

PREFIX = "sup"


def view(row: SuppressionRow) -> Suppression:
    """Show a stored suppression."""
    fields = msgspec.structs.asdict(row) | {
        "id": ids.encode(PREFIX, row.id),
        "status": "active" if row.ended_at is None else "ended",
        "scope": "stream" if row.stream else "tenant",
        "stream": row.stream or None,
        "message_id": row.message_id and ids.encode("msg", row.message_id),
        "delivery_id": row.delivery_id and ids.encode("dlv", row.delivery_id),
    }
    return msgspec.convert(fields, Suppression)


def told(row: SuppressionRow) -> dict[str, object]:
    """Give what the audit log says of it."""
    return {
        "email": row.email,
        "reason": row.reason,
        "stream": row.stream or None,
        "note": row.note,
        "for_clients": row.for_clients,
    }
