"""The recovery codes of a person."""

from uuid import UUID

from control_plane.accounts.factors import recovery_codes
from control_plane.accounts.queries import factors
from control_plane.accounts.service.personal import note, personal_tx
from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction


async def renew_recovery_codes(db: Database, user_id: UUID) -> list[str]:
    """Make new codes in place of those before; they are shown once."""
    async with personal_tx(db, user_id) as tx:
        codes = await _replace(tx)
        note(tx, "renew_recovery_codes", user_id)
    return codes


async def first_codes(tx: Transaction) -> list[str]:
    """Make codes with the person's first factor; none when there are some."""
    return [] if await factors.recovery_hashes(tx) else await _replace(tx)


async def use_code(tx: Transaction, clock: Clock, code: str) -> bool:
    """Use up a recovery code of the bound person; False when there is no such code."""
    kept = recovery_codes.matching(code, await factors.recovery_hashes(tx))
    return kept is not None and await factors.use_recovery_hash(tx, kept, clock.now())


async def forget_without_factors(tx: Transaction) -> None:
    """Forget the codes when there is no factor left that they could stand in for."""
    if not await factors.has_any(tx):
        await factors.delete_recovery_codes(tx)


async def _replace(tx: Transaction) -> list[str]:
    codes = recovery_codes.new_codes()
    await factors.replace_recovery_hashes(tx, [recovery_codes.hashed(code) for code in codes])
    return codes
