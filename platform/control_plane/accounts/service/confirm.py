"""Confirm that it is still the same person: by password, app, recovery code or passkey; the session goes on anew."""

import asyncio
from uuid import UUID

import msgspec

from control_plane.accounts import sessions
from control_plane.accounts.factors import recovery_codes, tries
from control_plane.accounts.factors.passkeys import Site
from control_plane.accounts.queries import users
from control_plane.accounts.schemas import Person, Session
from control_plane.accounts.service import passkeys, recovery, totp
from control_plane.accounts.service.passkeys import Answer
from control_plane.accounts.service.personal import personal_tx
from control_plane.accounts.service.totp import WrongCode
from control_plane.core import crypto
from control_plane.core.clock import Clock
from control_plane.core.crypto import Vault
from control_plane.core.database import Database
from control_plane.core.errors import Refused
from control_plane.core.valkey import Client


class WrongPassword(Refused):
    """The password is not right: try once more, or confirm in another way."""

    code = "wrong_password"


async def by_password(db: Database, valkey: Client, person: Person, password: str) -> None:
    """Check the person's password; raises `WrongPassword`, `TooManyCodes`."""
    await tries.count(valkey, person.id)
    async with db.public_tx() as tx:
        user = await users.user_by_email(tx, person.email)
    hashed = user["password_hash"] if user is not None else None
    if hashed is None or not await asyncio.to_thread(crypto.password_matches, password, hashed):
        raise WrongPassword
    await tries.forget(valkey, person.id)


async def by_code(db: Database, valkey: Client, vault: Vault, clock: Clock, user_id: UUID, code: str) -> None:
    """Use up a code of the app, or a recovery code; raises `WrongCode`, `TooManyCodes`."""
    await tries.count(valkey, user_id)
    async with personal_tx(db, user_id) as tx:
        if recovery_codes.looks_like_one(code):
            right = await recovery.use_code(tx, clock, code)
        else:
            right = await totp.check(tx, vault, clock, code)
    if not right:
        raise WrongCode
    await tries.forget(valkey, user_id)


async def by_passkey(db: Database, valkey: Client, clock: Clock, site: Site, user_id: UUID, answer: Answer) -> None:
    """Check the person's passkey; raises `PasskeyRefused`."""
    await passkeys.check(db, valkey, clock, site, user_id, "confirm", answer)


async def confirmed(valkey: Client, clock: Clock, token: str, session: Session) -> str:
    """Go on under a new token, as somebody who proved just now who they are."""
    return await sessions.exchange(valkey, token, msgspec.structs.replace(session, authenticated_at=clock.now()))
