"""What protects a person's account, at a glance: the app, passkeys, recovery codes, sessions."""

from datetime import datetime
from uuid import UUID

import msgspec

from control_plane.accounts import sessions
from control_plane.accounts.queries import factors, own_places, users
from control_plane.accounts.schemas import OwnSession, Session
from control_plane.accounts.service.personal import note, personal_tx
from control_plane.core import ids
from control_plane.core.clock import Clock
from control_plane.core.database import Database
from control_plane.core.valkey import Client

PASSKEY = "pky"


class PasskeyView(msgspec.Struct, frozen=True, kw_only=True):
    """A passkey as its owner sees it."""

    id: str
    name: str
    created_at: datetime
    last_used_at: datetime | None


class OwnFactors(msgspec.Struct, frozen=True, kw_only=True):
    """What a person can prove who they are with."""

    has_password: bool
    totp_since: datetime | None
    passkeys: tuple[PasskeyView, ...]
    recovery_codes_left: int

    @property
    def has_second(self) -> bool:
        """Say whether a password alone does not sign the person in."""
        return self.totp_since is not None or bool(self.passkeys)


async def own_factors(db: Database, user_id: UUID) -> OwnFactors:
    """Show what a person can prove who they are with."""
    async with personal_tx(db, user_id) as tx:
        app = await factors.totp(tx)
        rows = await factors.passkeys(tx)
        left = len(await factors.recovery_hashes(tx))
        user = await users.user_by_email(tx, (await own_places.person(tx))["email"])
    views = [
        PasskeyView(
            id=ids.encode(PASSKEY, row["id"]),
            name=row["name"],
            created_at=row["created_at"],
            last_used_at=row["last_used_at"],
        )
        for row in rows
    ]
    return OwnFactors(
        has_password=user is not None and user["password_hash"] is not None,
        totp_since=app["confirmed_at"] if app is not None else None,
        passkeys=tuple(views),
        recovery_codes_left=left,
    )


async def own_sessions(valkey: Client, clock: Clock, session: Session, token: str) -> list[OwnSession]:
    """List where a person is signed in, this session first; whom a provider vouches for sees what that began."""
    every = await sessions.list_of(valkey, session.user_id, token, clock)
    return [listed for listed in every if session.only_tenant in (None, listed.session.only_tenant)]


async def end_session(
    db: Database, valkey: Client, clock: Clock, session: Session, token: str, session_id: str
) -> None:
    """End one of the sessions that `own_sessions` lists; another is not found among them."""
    for listed in await own_sessions(valkey, clock, session, token):
        if listed.id == session_id:
            await sessions.end_one(valkey, session.user_id, session_id)
            async with personal_tx(db, session.user_id) as tx:
                note(tx, "end_session", session.user_id)


async def end_other_sessions(db: Database, valkey: Client, clock: Clock, session: Session, token: str) -> None:
    """End all of the sessions that `own_sessions` lists but this one."""
    for listed in await own_sessions(valkey, clock, session, token):
        if not listed.is_this_one:
            await sessions.end_one(valkey, session.user_id, listed.id)
    async with personal_tx(db, session.user_id) as tx:
        note(tx, "end_other_sessions", session.user_id)
