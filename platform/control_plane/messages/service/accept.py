"""Accept messages: from here on they are ours to deliver. One transaction and eight statements for up to 500 of them.

What they use is counted last, right before the commit, because counting makes others wait. When that finds a limit in
the way, all is rolled back and done again, counting first: then what still fits is accepted, in order, and the rest is
refused or, if the tenant's plan says so, held until a window turns. What is scheduled is bounded by a counter of its
own, and where a batch holds some, that is counted first too.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Literal, TypeAlias

from control_plane.blobs.service import keep
from control_plane.core.blobs import Blobs
from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import Refused
from control_plane.core.ids import TenantId
from control_plane.core.sandbox import is_played
from control_plane.core.tenancy import bound_tenant
from control_plane.core.ttl_cache import TtlCache
from control_plane.ip_pools import service as ip_pools
from control_plane.ip_pools.schemas import PoolId, Stream
from control_plane.mail_domains import service as mail_domains
from control_plane.mail_domains.errors import DomainNotUsable
from control_plane.mail_domains.schemas import SendingDomain
from control_plane.messages.aside import Aside
from control_plane.messages.compose import Composed
from control_plane.messages.schemas import AcceptedMessage, NewMessage
from control_plane.messages.service.acceptance import Acceptance, Surroundings
from control_plane.messages.service.allowance import Allowance
from control_plane.messages.service.size import within_plan
from control_plane.messages.service.templates import composed
from control_plane.quotas import service as quotas
from control_plane.quotas.resources import MESSAGES, Resource
from control_plane.sandbox import service as sandbox
from control_plane.sandbox.heeding import heeded
from control_plane.suppressions import service as suppressions
from control_plane.tenants.service.restraints import paused_streams

Results: TypeAlias = list[AcceptedMessage | Refused]
Note: TypeAlias = Callable[[Transaction, Sequence[AcceptedMessage | Refused]], None]
Charge: TypeAlias = Literal["now", "before", "never"]
"""When what is accepted counts: now, or it did at the node that took it; or it never does, and no pause holds it."""

_at_limit: TtlCache[TenantId, bool] = TtlCache(fresh_seconds=2)
"""Who was at a limit just now: they are counted first, which spares them what would most likely be rolled back."""


class _OverLimit(Exception):
    """Not all of it fits, or some of it is held: roll back and count first."""


def _nothing(_tx: Transaction, _results: Sequence[AcceptedMessage | Refused]) -> None:
    pass


async def accept(db: Database, clock: Clock, new: NewMessage, blobs: Blobs | None = None) -> AcceptedMessage:
    """Accept one message for the bound tenant; raises `Invalid`, `DomainNotUsable`, `QuotaExceeded` and others."""
    [result] = await accept_batch(db, clock, [new], blobs)
    if isinstance(result, Refused):
        raise result
    return result


async def accept_batch(
    db: Database, clock: Clock, batch: Sequence[NewMessage | Refused], blobs: Blobs | None = None
) -> Results:
    """Accept what is fit to be accepted; gives a result for each, in order. Large files go to `blobs` before."""
    if blobs is None:
        return await store_batch(db, clock, await within_plan(db, await composed(db, batch)))
    aside = Aside()
    ready = await within_plan(db, await composed(db, batch, aside))
    fit = [each for each in ready if isinstance(each, Composed)]
    await keep(db, clock, blobs, aside.needed_by(file for each in fit for file in each.files))
    return await store_batch(db, clock, ready)


async def store_batch(
    db: Database,
    clock: Clock,
    batch: Sequence[Composed | Refused],
    note: Note = _nothing,
    *,
    charge: Charge = "now",
) -> Results:
    """Accept what was composed; in the same transaction, have what came of it noted.

    What a node took was counted when the node was granted it, and is within the limits of that moment.
    """
    tenant_id = bound_tenant()
    if charge != "now":
        with suppress(_OverLimit):
            return await _accept_all(db, clock, batch, note, charge)
        return await _accept_what_fits(db, clock, batch, note, is_counted=True)
    is_scheduled = any(isinstance(each, Composed) and each.send_at for each in batch)
    if not is_scheduled and not _at_limit.get(tenant_id):
        try:
            return await _accept_all(db, clock, batch, note, charge)
        except _OverLimit:
            _at_limit.put(tenant_id, True)  # noqa: FBT003 a set of tenants
    return await _accept_what_fits(db, clock, batch, note)


async def _accept_all(
    db: Database, clock: Clock, batch: Sequence[Composed | Refused], note: Note, charge: Charge
) -> Results:
    async with db.tenant_tx(keep_plans=True) as tx:
        if charge != "never" and await _is_paused(tx, batch):
            raise _OverLimit
        acceptance = await _acceptance(tx, clock, batch)
        results = [acceptance.add(each) if isinstance(each, Composed) else each for each in batch]
        await acceptance.store()
        note(tx, results)
        if charge == "before":
            await _give_back(tx, acceptance)
        elif charge == "now" and acceptance.counting:
            counts = await quotas.count(tx, dict.fromkeys(MESSAGES, acceptance.counting), acceptance.now)
            if not all(count.fits for count in counts):
                raise _OverLimit
    return results


async def _give_back(tx: Transaction, acceptance: Acceptance) -> None:
    """Count out what a node counted and does not go out now; a window that turned meanwhile has nothing of it."""
    if not acceptance.staying:
        return
    counts = await quotas.hold(tx, *MESSAGES, now=acceptance.now)
    amounts: dict[Resource, int] = {each.resource: -min(acceptance.staying, each.used) for each in counts}
    await quotas.count(tx, amounts, acceptance.now)


async def _accept_what_fits(
    db: Database, clock: Clock, batch: Sequence[Composed | Refused], note: Note, *, is_counted: bool = False
) -> Results:
    async with db.tenant_tx() as tx:
        acceptance = await _acceptance(tx, clock, batch)
        acceptance.pause(await paused_streams(tx))
        allowance = await Allowance.take(tx, acceptance.now, is_counted=is_counted)
        results = [acceptance.add(each, allowance) if isinstance(each, Composed) else each for each in batch]
        await allowance.settle()
        await acceptance.store()
        note(tx, results)
        if is_counted:
            await _give_back(tx, acceptance)
    return results


async def _acceptance(tx: Transaction, clock: Clock, batch: Iterable[Composed | Refused]) -> Acceptance:
    fit = [each for each in batch if isinstance(each, Composed)]
    surroundings = Surroundings(
        await _domains(tx, fit), await _pools(tx, fit), await _suppressed(tx, fit), await _room(tx, clock, fit)
    )
    return Acceptance(tx, clock, surroundings)


async def _is_paused(tx: Transaction, batch: Iterable[Composed | Refused]) -> bool:
    paused = await paused_streams(tx)
    return bool(paused) and any(isinstance(each, Composed) and each.stream in paused for each in batch)


async def _domains(tx: Transaction, batch: Iterable[Composed]) -> dict[str, SendingDomain | DomainNotUsable]:
    names = {each.domain for each in batch}
    return await mail_domains.sending_domains(tx, names) if names else {}


async def _pools(tx: Transaction, batch: Iterable[Composed]) -> dict[Stream, PoolId]:
    streams: set[Stream] = {each.stream for each in batch}
    return {stream: await ip_pools.pool_for(tx, stream) for stream in streams}


async def _suppressed(tx: Transaction, batch: Iterable[Composed]) -> Mapping[Stream, Mapping[str, str]]:
    emails: dict[Stream, set[str]] = defaultdict(set)
    for each in batch:
        emails[each.stream].update(recipient.email for recipient in each.recipients)
    return {stream: heeded(await suppressions.check(tx, stream, some), some) for stream, some in emails.items()}


async def _room(tx: Transaction, clock: Clock, batch: Iterable[Composed]) -> sandbox.Room | None:
    """Look what may still be played, if something is to be."""
    is_asked_for = any(is_played(recipient.email) for each in batch for recipient in each.recipients)
    return await sandbox.Room.take(tx, clock.now()) if is_asked_for else None
