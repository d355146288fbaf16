"""How much of the bound tenant's mail is let through in a minute, as the app role."""

from datetime import datetime
from typing import Literal, TypeAlias

from control_plane.core.database import Connection
from control_plane.core.tenancy import bound_tenant
from control_plane.inbound_routes.pace import Pace

Way: TypeAlias = Literal["routed", "forwarded"]

_ASK = """
insert into inbound_paces as p (tenant_id, way, since, asked) values ($1, $2, $3, $4)
on conflict (tenant_id, way) do update set
  since = case when p.since > $3 - interval '1 min' and p.since < $3 + interval '1 min' then p.since else $3 end,
  asked = $4 + case when p.since > $3 - interval '1 min' and p.since < $3 + interval '1 min' then p.asked else 0 end
returning since, asked
"""


async def ask(connection: Connection, way: Way, now: datetime, number: int) -> Pace:
    """Count mails that want to go a way now, in a minute that begins with the first; nobody else does meanwhile."""
    row = await connection.fetchrow(_ASK, bound_tenant(), way, now, number)
    assert row is not None
    return Pace(since=row["since"], before=row["asked"] - number)
