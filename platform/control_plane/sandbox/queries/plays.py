"""Deliveries whose play has begun, and what comes next (fleet role)."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from control_plane.core.database import Connection
from control_plane.deliveries.schemas import PlayedDelivery

_BEGIN = """
insert into plays (tenant_id, delivery_id, message_id, recipient, step, due_at)
select p.tenant_id, p.id, p.message_id, p.recipient, 0, p.due_at
from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::timestamptz[])
  as p (tenant_id, id, message_id, recipient, due_at)
on conflict do nothing"""

_DUE = """
select tenant_id, delivery_id, message_id, recipient, step, due_at from plays
where due_at <= $1 order by due_at limit $2 for update skip locked"""

_GO_ON = """
update plays p set step = n.step, due_at = n.due_at
from unnest($1::uuid[], $2::uuid[], $3::int[], $4::timestamptz[]) as n (tenant_id, id, step, due_at)
where p.tenant_id = n.tenant_id and p.delivery_id = n.id"""

_END = """
delete from plays p using unnest($1::uuid[], $2::uuid[]) as n (tenant_id, id)
where p.tenant_id = n.tenant_id and p.delivery_id = n.id"""


class Play(msgspec.Struct, frozen=True):
    """A delivery, the next step of its script, and when that happens."""

    mail: PlayedDelivery
    step: int
    due_at: datetime


async def begin(connection: Connection, plays: Sequence[Play]) -> None:
    """Note what comes first."""
    columns = zip(*(msgspec.structs.astuple(each.mail) for each in plays), strict=True)
    await connection.execute(_BEGIN, *columns, [each.due_at for each in plays])


async def due(connection: Connection, now: datetime, most: int) -> list[Play]:
    """Lock what is due, the earliest first, passing over what others are just playing."""
    rows = await connection.fetch(_DUE, now, most)
    return [Play(PlayedDelivery(*list(row.values())[:4]), row["step"], row["due_at"]) for row in rows]


async def go_on(connection: Connection, plays: Sequence[Play]) -> None:
    """Note what comes next."""
    await connection.execute(
        _GO_ON,
        [each.mail.tenant_id for each in plays],
        [each.mail.id for each in plays],
        [each.step for each in plays],
        [each.due_at for each in plays],
    )


async def end(connection: Connection, mails: Sequence[PlayedDelivery]) -> None:
    """Forget what is over."""
    await connection.execute(_END, [mail.tenant_id for mail in mails], [mail.id for mail in mails])
