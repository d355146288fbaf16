"""The authenticator app of a person: shown, confirmed by a code, used, removed."""

from uuid import UUID

import msgspec

from control_plane.accounts import sessions
from control_plane.accounts.factors import totp, tries
from control_plane.accounts.queries import factors
from control_plane.accounts.schemas import Person
from control_plane.accounts.service.personal import note, personal_tx, tell
from control_plane.accounts.service.recovery import first_codes, forget_without_factors
from control_plane.core.clock import Clock
from control_plane.core.crypto import Vault
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import Conflict, Refused
from control_plane.core.valkey import Client

_PURPOSE = "totp_secrets.secret"


class WrongCode(Refused):
    """The code is not right: type the one that your app shows now. If it stays so, set the time of your phone."""

    code = "wrong_code"


class TotpExists(Conflict):
    """An authenticator app is set up already: remove it before you set up another."""

    code = "totp_exists"


class Proposal(msgspec.Struct, frozen=True):
    """A secret for an app; it counts once a code proves that the app has it."""

    secret: str
    uri: str


async def propose(db: Database, vault: Vault, person: Person) -> Proposal:
    """Make a secret for an app; raises `TotpExists`."""
    secret = totp.new_secret()
    async with personal_tx(db, person.id) as tx:
        await _refuse_second(tx)
        await factors.propose_totp(tx, vault.encrypt(secret.encode(), purpose=_PURPOSE))
    return Proposal(secret, totp.uri(secret, person.email))


async def proposed(db: Database, vault: Vault, person: Person) -> Proposal:
    """Give the secret that was made last, for a form that is shown again; raises `TotpExists`, `WrongCode`."""
    async with personal_tx(db, person.id) as tx:
        await _refuse_second(tx)
        row = await factors.totp(tx)
    if row is None:
        raise WrongCode
    secret = _opened(vault, row["secret"])
    return Proposal(secret, totp.uri(secret, person.email))


async def confirm(db: Database, valkey: Client, vault: Vault, clock: Clock, person: Person, code: str) -> list[str]:
    """Let the app count from now on; gives recovery codes unless there are some. Raises `WrongCode`, `TotpExists`."""
    await tries.count(valkey, person.id)
    async with personal_tx(db, person.id) as tx:
        await _refuse_second(tx)
        if not await _use(tx, vault, clock, code):
            raise WrongCode
        await factors.confirm_totp(tx, clock.now())
        note(tx, "add_totp", person.id)
        await tell(tx, "factor_added")
        codes = await first_codes(tx)
    await tries.forget(valkey, person.id)
    return codes


async def check(tx: Transaction, vault: Vault, clock: Clock, code: str) -> bool:
    """Use up a code of the bound person's app; False when it is wrong, was used, or there is no app."""
    row = await factors.totp(tx)
    return row is not None and row["confirmed_at"] is not None and await _use(tx, vault, clock, code)


async def remove(db: Database, valkey: Client, user_id: UUID, token: str) -> None:
    """Take the app away; all other sessions end."""
    async with personal_tx(db, user_id) as tx:
        if await factors.delete_totp(tx):
            note(tx, "remove_totp", user_id)
            await tell(tx, "factor_removed")
        await forget_without_factors(tx)
    await sessions.end_others(valkey, user_id, token)


async def _use(tx: Transaction, vault: Vault, clock: Clock, code: str) -> bool:
    row = await factors.totp(tx)
    if row is None:
        return False
    step = totp.step_of(_opened(vault, row["secret"]), code, clock.now())
    return step is not None and await factors.use_step(tx, step)


async def _refuse_second(tx: Transaction) -> None:
    row = await factors.totp(tx)
    if row is not None and row["confirmed_at"] is not None:
        raise TotpExists


def _opened(vault: Vault, sealed: bytes) -> str:
    return vault.decrypt(sealed, purpose=_PURPOSE).decode()
