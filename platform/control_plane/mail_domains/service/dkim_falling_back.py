"""When a name that a signing key is delegated by disappears from DNS, go over to the slot whose name is still there."""

from collections.abc import Collection
from datetime import datetime

from control_plane.core.database import Transaction
from control_plane.mail_domains.dkim import SLOTS
from control_plane.mail_domains.dkim_life import KeyLife, at_rest
from control_plane.mail_domains.queries import dkim_keys, dkim_rotation
from control_plane.mail_domains.queries.domains import DomainRow
from control_plane.mail_domains.schemas import DnsRecord


async def fall_back(tx: Transaction, row: DomainRow, judged: Collection[DnsRecord], now: datetime) -> None:
    """Bring the next rotation forward if it leads to a slot that receivers can still see."""
    if row.dkim_mode == "cname" and must_fall_back(judged, await dkim_keys.keys_of([row.id])):
        await dkim_rotation.hasten(tx.connection, row.id, now)


def must_fall_back(judged: Collection[DnsRecord], keys: Collection[KeyLife]) -> bool:
    """Say whether a key signs whose name is gone for certain, while the other slot's name is there."""
    found = {record.host.partition(".")[0]: record.status for record in judged if record.purpose == "dkim"}
    signing = {key.selector for key in keys if key.status == "active"}
    for algorithm in at_rest([*keys]):
        mine = [selector for selector in SLOTS[algorithm] if selector in signing]
        others = [selector for selector in SLOTS[algorithm] if selector not in signing]
        lost = all(found.get(selector) in ("missing", "wrong") for selector in mine)
        if lost and any(found.get(selector) == "ok" for selector in others):
            return True
    return False
