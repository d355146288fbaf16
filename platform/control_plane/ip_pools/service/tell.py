"""Tell what became of an address: the operator always, and the tenant whose own it is."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from control_plane.core.database import Transaction
from control_plane.core.ids import encode, new_uuid
from control_plane.ip_pools.queries import events
from control_plane.ip_pools.queries.ips import IpRow
from control_plane.ip_pools.service import IP_PREFIX, PREFIX
from control_plane.nodes.service.tell import tell_operator
from control_plane.webhooks import service as webhooks


async def tell(tx: Transaction, event_type: str, row: IpRow, data: Mapping[str, object], at: datetime) -> None:
    """Store `ip.listed`, `.cleared` or `.warmed` and send it to webhooks (fleet role)."""
    about = {
        "ip_id": encode(IP_PREFIX, row.id),
        "address": row.address,
        "pool_id": encode(PREFIX, row.pool_id),
        "status": row.status,
        **data,
    }
    await tell_operator(tx, event_type, about, at=at)
    if row.owner is not None:
        event_id = new_uuid()
        await events.insert(tx.connection, row.owner, event_id, event_type, at, msgspec.json.encode(about).decode())
        await webhooks.fan_out(tx, [row.owner], [event_id], [event_type])
