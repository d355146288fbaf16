"""Which submissions were accepted under which keys (app role).

Keys live as long as those of the API. One that is to live longer is dated ahead by as much.
"""

from datetime import timedelta
from uuid import UUID

from control_plane.core.database import Connection
from control_plane.core.sandbox import Mode, mode
from control_plane.messages.raw import KEY_LIVES

_ROUTES: dict[Mode, str] = {"live": "smtp", "test": "smtp (test)"}
_DONE = 202

_CLAIM = """
insert into idempotency_keys (tenant_id, route, key, body_hash, created_at) values ($1, $2, $3, $4, now() + $5)
on conflict do nothing returning true
"""


async def claim(connection: Connection, tenant_id: UUID, key: str, content_hash: bytes, lives: timedelta) -> bool:
    """Claim a key; waits for who is just using it. No: it was used before."""
    ahead = lives - KEY_LIVES
    return await connection.fetchval(_CLAIM, tenant_id, _ROUTES[mode()], key, content_hash, ahead) is not None


async def remembered(connection: Connection, tenant_id: UUID, key: str) -> tuple[bytes, UUID] | None:
    """Give what a key was used for: the hash, and the message's id."""
    row = await connection.fetchrow(
        "select body_hash, body from idempotency_keys where tenant_id = $1 and route = $2 and key = $3",
        tenant_id,
        _ROUTES[mode()],
        key,
    )
    return None if row is None or row["body"] is None else (row["body_hash"], UUID(bytes=row["body"]))


async def remember(connection: Connection, tenant_id: UUID, key: str, message_id: UUID) -> None:
    """Note what a key was used for."""
    await connection.execute(
        "update idempotency_keys set status = $4, body = $5 where tenant_id = $1 and route = $2 and key = $3",
        tenant_id,
        _ROUTES[mode()],
        key,
        _DONE,
        message_id.bytes,
    )
