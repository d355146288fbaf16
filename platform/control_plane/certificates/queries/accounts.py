"""The SQL of our accounts with authorities (fleet role; what is answered to an authority, as nobody)."""

from datetime import datetime

import msgspec

from control_plane.core.database import Connection


class AccountRow(msgspec.Struct, frozen=True, kw_only=True):
    """An account, its key encrypted."""

    directory: str
    private_key: bytes
    url: str | None
    problem: str | None
    problem_at: datetime | None
    answered_at: datetime | None


_COLUMNS = ", ".join(AccountRow.__struct_fields__)


async def ensure(connection: Connection, directory: str, private_key: bytes) -> AccountRow:
    """Find the account with a directory; if there is none, it begins with this key."""
    await connection.execute(
        "insert into acme_accounts (directory, private_key) values ($1, $2) on conflict do nothing",
        directory,
        private_key,
    )
    record = await connection.fetchrow(
        f"select {_COLUMNS} from acme_accounts where directory = $1",  # noqa: S608
        directory,
    )
    assert record is not None
    return AccountRow(**record)


async def every(connection: Connection) -> list[AccountRow]:
    """List all accounts."""
    rows = await connection.fetch(f"select {_COLUMNS} from acme_accounts order by created_at")  # noqa: S608
    return [AccountRow(**row) for row in rows]


async def save_url(connection: Connection, directory: str, url: str | None) -> None:
    """Note where the account is, or that the authority has forgotten it."""
    await connection.execute("update acme_accounts set url = $2 where directory = $1", directory, url)


async def note(connection: Connection, directory: str, problem: str | None, now: datetime) -> None:
    """Note how the authority does: a problem, or that it did what it was asked."""
    await connection.execute(
        """update acme_accounts set problem = $2,
             problem_at = case when $2::text is null then problem_at else $3 end,
             answered_at = case when $2::text is null then $3 else answered_at end
           where directory = $1""",
        directory,
        problem,
        now,
    )
