"""What the platform has written to somebody: read before the worker sends it, as the reader will."""

import re

import msgspec

from control_plane.core.database import Database

_LINK = re.compile(r"/(?:links|invitations|forwarding)/[0-9a-z_-]+")


async def notices_to(db: Database, email: str) -> list[dict[str, str]]:
    """Give what waits to be sent, oldest first."""
    async with db.fleet_tx() as tx:
        rows = await tx.connection.fetch(
            "select notice::text as notice, language from notices where recipient = $1 order by id", email
        )
    return [msgspec.json.decode(row["notice"], type=dict[str, str]) for row in rows]


async def link_to(db: Database, email: str) -> str:
    """Give the path in the last link that was mailed to somebody."""
    found = [notice["path"] for notice in await notices_to(db, email) if "path" in notice]
    assert found, f"nothing was mailed to {email}"
    assert _LINK.fullmatch(found[-1])
    return found[-1]
