"""The second step of signing in: a code of the app, a recovery code, or a passkey."""

import msgspec

from control_plane.accounts import sessions
from control_plane.accounts.factors import recovery_codes, tries
from control_plane.accounts.factors.passkeys import Site
from control_plane.accounts.queries import own_places
from control_plane.accounts.schemas import Person, Session, SignedIn
from control_plane.accounts.service import failed, passkeys, recovery, totp
from control_plane.accounts.service.enter import enter
from control_plane.accounts.service.passkeys import Answer, Asked
from control_plane.accounts.service.personal import personal_tx
from control_plane.accounts.service.totp import WrongCode
from control_plane.core.clock import Clock
from control_plane.core.crypto import Vault
from control_plane.core.database import Database
from control_plane.core.errors import Unauthenticated
from control_plane.core.valkey import Client


class NothingPending(Unauthenticated):
    """The first step was too long ago: sign in once more."""

    code = "nothing_pending"


async def give_code(db: Database, valkey: Client, vault: Vault, clock: Clock, token: str, code: str) -> SignedIn:
    """End the second step with a code; raises `WrongCode`, `TooManyCodes`, `NothingPending`."""
    session = await pending(valkey, token)
    await tries.count(valkey, session.user_id)
    is_recovery_code = recovery_codes.looks_like_one(code)
    async with personal_tx(db, session.user_id, session.tenant_id) as tx:
        right = await (recovery.use_code(tx, clock, code) if is_recovery_code else totp.check(tx, vault, clock, code))
        person = await own_places.person(tx)
    if not right:  # whoever it was knew the password, or reads the person's mail
        await failed.leave_note(db, session.user_id, person["email"], session.device.address)
        raise WrongCode
    await tries.forget(valkey, session.user_id)
    return await _finish(db, valkey, clock, token, session, "recovery_code" if is_recovery_code else "totp")


async def ask_passkey(db: Database, valkey: Client, site: Site, token: str) -> Asked:
    """Ask for a passkey as the second step; raises `NothingPending`."""
    session = await pending(valkey, token)
    return await passkeys.ask_person(db, valkey, site, session.user_id, "second")


async def give_passkey(db: Database, valkey: Client, clock: Clock, site: Site, token: str, answer: Answer) -> SignedIn:
    """End the second step with a passkey; raises `PasskeyRefused`, `NothingPending`."""
    session = await pending(valkey, token)
    await passkeys.check(db, valkey, clock, site, session.user_id, "second", answer)
    return await _finish(db, valkey, clock, token, session, "passkey")


async def pending(valkey: Client, token: str) -> Session:
    """Give the session that waits; raises `NothingPending`."""
    session = await sessions.find_pending(valkey, token)
    if session is None:
        raise NothingPending
    return session


async def _finish(db: Database, valkey: Client, clock: Clock, token: str, session: Session, second: str) -> SignedIn:
    async with db.user_tx(session.user_id) as tx:
        row = await own_places.person(tx)
    await sessions.end(valkey, token)
    now = clock.now()
    full = msgspec.structs.replace(session, begun_at=now, authenticated_at=now)
    return await enter(db, valkey, Person(id=row["id"], email=row["email"], name=row["name"]), full, second=second)
