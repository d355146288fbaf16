"""An address with something of each kind to show: findings, a list that it is on, rates, a tenure."""

import json

from control_plane.core import ids
from control_plane.core.database import Database

_FINDINGS = [
    {"what": "ptr", "status": "wrong", "text": "It says host7.isp.test: whose network it is must set it."},
    {"what": "forward", "status": "ok", "text": "The name leads to the address."},
    {"what": "bound", "status": "unknown", "text": "Its node has not said yet whether it has the address."},
]


async def make_listed(db: Database, ip_id: str) -> str:
    """Give an address a bad reputation, and its id back."""
    known = ids.decode("ip", ip_id)
    async with db.fleet_tx() as tx:
        address = await tx.connection.fetchval(
            """update ips set findings = $2::jsonb, checked_at = now(), reason = 'the test says so' where id = $1
               returning host(address)""",
            known,
            json.dumps(_FINDINGS),
        )
        await tx.connection.execute(
            """insert into blocklist_subjects (subject, what, next_look_at)
               values ($1, 'ip', now() + interval '1 day') on conflict do nothing""",
            address,
        )
        await tx.connection.execute(
            """insert into blocklist_standings (subject, list, state, severity, since, looked_at, why)
               values ($1, 'spamhaus-zen', 'listed', 'quarantine', now(), now(), 'SBL: known for spam'),
                 ($1, 'barracuda', 'suspected', 'quarantine', now(), now(), 'poor reputation'),
                 ($1, 'spamcop', 'clean', '', now(), now(), ''),
                 ($1, 'psbl', 'unknown', '', now(), now(), 'DNS gave no answer (SERVFAIL)')
               on conflict do nothing""",
            address,
        )
        await tx.connection.execute(
            """insert into ip_daily (ip_id, day, provider, sent, delivered, deferred, bounced, complained)
               select $1, current_date - back, provider, 900 + 40 * back, 800, 60, 140, 6
               from generate_series(0, 6) back, unnest(array['yahoo', 'generic']) provider on conflict do nothing""",
            known,
        )
        await tx.connection.execute(
            """insert into ip_tenures (id, ip_id, pool_id, began_at)
               select $2, id, pool_id, now() from ips where id = $1 on conflict do nothing""",
            known,
            ids.new_uuid(),
        )
    return ip_id
