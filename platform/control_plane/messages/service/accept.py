"""Accept messages: from here on they are ours to deliver. One transaction and seven statements for up to 500 of them.

What they use is counted last, right before the commit, because counting makes others wait. When that finds a limit in
the way, all is rolled back and done again, counting first: then what still fits is accepted, in order, and the rest is
refused or, if the tenant's plan says so, held until a window turns.
"""

from collections.abc import Iterable, Sequence

from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import Refused
from control_plane.core.ids import TenantId
from control_plane.core.tenancy import bound_tenant
from control_plane.core.ttl_cache import TtlCache
from control_plane.ip_pools import service as ip_pools
from control_plane.ip_pools.schemas import PoolId, Stream
from control_plane.mail_domains import service as mail_domains
from control_plane.mail_domains.errors import DomainNotUsable
from control_plane.mail_domains.schemas import SendingDomain
from control_plane.messages.compose import Composed, compose
from control_plane.messages.schemas import AcceptedMessage, NewMessage
from control_plane.messages.service.acceptance import Acceptance
from control_plane.messages.service.allowance import Allowance
from control_plane.quotas import service as quotas
from control_plane.quotas.resources import MESSAGES

_at_limit: TtlCache[TenantId, bool] = TtlCache(fresh_seconds=2)
"""Who was at a limit just now: they are counted first, which spares them what would most likely be rolled back."""


class _OverLimit(Exception):
    """Not all of it fits: roll back and count first."""


async def accept(db: Database, clock: Clock, new: NewMessage) -> AcceptedMessage:
    """Accept one message for the bound tenant; raises `Invalid`, `DomainNotUsable`, `QuotaExceeded`."""
    [result] = await accept_batch(db, clock, [compose(new)])
    if isinstance(result, Refused):
        raise result
    return result


async def accept_batch(
    db: Database, clock: Clock, batch: Sequence[Composed | Refused]
) -> list[AcceptedMessage | Refused]:
    """Accept what is fit to be accepted; gives a result for each, in order."""
    tenant_id = bound_tenant()
    if not _at_limit.get(tenant_id):
        try:
            return await _accept_all(db, clock, batch)
        except _OverLimit:
            _at_limit.put(tenant_id, True)  # noqa: FBT003 a set of tenants
    return await _accept_what_fits(db, clock, batch)


async def _accept_all(
    db: Database, clock: Clock, batch: Sequence[Composed | Refused]
) -> list[AcceptedMessage | Refused]:
    async with db.tenant_tx() as tx:
        acceptance = await _acceptance(tx, clock, batch)
        results = [acceptance.add(each) if isinstance(each, Composed) else each for each in batch]
        await acceptance.store()
        if acceptance.size:
            counts = await quotas.count(tx, dict.fromkeys(MESSAGES, acceptance.size), acceptance.now)
            if not all(count.fits for count in counts):
                raise _OverLimit
    return results


async def _accept_what_fits(
    db: Database, clock: Clock, batch: Sequence[Composed | Refused]
) -> list[AcceptedMessage | Refused]:
    async with db.tenant_tx() as tx:
        acceptance = await _acceptance(tx, clock, batch)
        allowance = await Allowance.take(tx, acceptance.now)
        results = [acceptance.add(each, allowance) if isinstance(each, Composed) else each for each in batch]
        await allowance.settle()
        await acceptance.store()
    return results


async def _acceptance(tx: Transaction, clock: Clock, batch: Iterable[Composed | Refused]) -> Acceptance:
    composed = [each for each in batch if isinstance(each, Composed)]
    return Acceptance(tx, clock, await _domains(tx, composed), await _pools(tx, composed))


async def _domains(tx: Transaction, batch: Iterable[Composed]) -> dict[str, SendingDomain | DomainNotUsable]:
    names = {each.domain for each in batch}
    return await mail_domains.sending_domains(tx, names) if names else {}


async def _pools(tx: Transaction, batch: Iterable[Composed]) -> dict[Stream, PoolId]:
    streams: set[Stream] = {each.source.stream for each in batch}
    return {stream: await ip_pools.pool_for(tx, stream) for stream in streams}
