"""The SQL of the keys that desired state is signed with (fleet role)."""

from datetime import datetime

from control_plane.core.database import Connection

_TURN = 0x666C_6F74


async def lock(connection: Connection) -> None:
    """Wait for one's turn with the keys, until the transaction ends."""
    await connection.execute("select pg_advisory_xact_lock($1)", _TURN)


async def all_keys(connection: Connection) -> list[tuple[str, bytes]]:
    """Give the public keys with the encrypted private ones, newest first."""
    rows = await connection.fetch("select public, private from bundle_keys order by created_at desc, public")
    return [(row["public"], row["private"]) for row in rows]


async def newest_of_several(connection: Connection) -> datetime | None:
    """Give when the newest key was made, if it is not the only one."""
    made_at: datetime | None = await connection.fetchval("select max(created_at) from bundle_keys having count(*) > 1")
    return made_at


async def insert(connection: Connection, public: str, private: bytes) -> None:
    """Store a new key."""
    await connection.execute("insert into bundle_keys (public, private) values ($1, $2)", public, private)


async def keep_only(connection: Connection, newest: int) -> None:
    """Delete all but the newest."""
    await connection.execute(
        """delete from bundle_keys where public not in (
             select public from bundle_keys order by created_at desc, public limit $1)""",
        newest,
    )
