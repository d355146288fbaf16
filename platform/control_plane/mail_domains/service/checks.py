"""Check one domain now: its proof of ownership decides whether it may be used, the other records are reported.

DNS is asked outside any transaction; what it said is judged and written in one.
"""

from uuid import UUID

from control_plane.core.errors import NotFound
from control_plane.core.gcra import Counter, Limiter
from control_plane.core.rate_limit import refuse_if_too_many
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import bound_tenant, require_domain
from control_plane.mail_domains.errors import ClaimExpired, DomainTaken
from control_plane.mail_domains.queries import dkim_keys, domains, due
from control_plane.mail_domains.queries.due import DueDomain
from control_plane.mail_domains.schemas import DnsRecord, Domain
from control_plane.mail_domains.service.conclude import conclude
from control_plane.mail_domains.service.looking import Checker, checker, look, platforms
from control_plane.mail_domains.service.view import view
from control_plane.settings import Rate

_RATE_PER_NAME = Rate(per_minute=6, burst=6)
_RATE_PER_TENANT = Rate(per_minute=120, burst=40)


async def verify(runtime: Runtime, domain_id: UUID) -> Domain:
    """Check a domain because somebody asks for it, though not as often as they like.

    Raises `NotFound`, `ClaimExpired`, `DomainTaken` if another tenant was first, `TooMany`, `LimiterAway`.
    """
    async with runtime.db.tenant_tx():
        row = await domains.find(domain_id)
    if row is None:
        raise NotFound
    require_domain(row.name)
    if row.life.has_expired:
        raise ClaimExpired
    payer = bound_tenant()
    counters = [
        Counter(f"verify:{{{payer}}}:{row.name}", _RATE_PER_NAME),  # its name: adding it again makes no difference
        Counter(f"verify:{{{payer}}}", _RATE_PER_TENANT),
    ]
    refuse_if_too_many(await Limiter(runtime.valkey).count(counters))
    return await check(checker(runtime), domain_id)


async def check(means: Checker, domain_id: UUID) -> Domain:
    """Check a domain of the bound tenant now; raises `NotFound`, or `DomainTaken` if another tenant was first."""
    async with means.db.tenant_tx() as tx:
        loaded = await due.load(tx.connection, [domain_id])
    if not loaded:
        raise NotFound
    async with means.db.fleet_tx() as tx:
        platform = (await platforms(tx, means.settings, [loaded[0].tenant_id]))[loaded[0].tenant_id]
    judged = await look(means, loaded[0], platform)
    return await write_down(means, loaded[0], judged)


async def write_down(means: Checker, domain: DueDomain, judged: list[DnsRecord]) -> Domain:
    """Write down what a check found, if the domain is still there; raises `NotFound`, `DomainTaken`."""
    async with means.db.tenant_tx() as tx:
        row = await domains.find(domain.row.id, lock=True)
        if row is None or row.ownership_token != domain.row.ownership_token:
            raise NotFound
        is_ours_to_prove = await conclude(tx, means, row, judged)
        row = await domains.find(row.id) or row
        shown = view(row, await dkim_keys.keys_of([row.id]), means.settings)
    if not is_ours_to_prove:
        raise DomainTaken
    return shown
