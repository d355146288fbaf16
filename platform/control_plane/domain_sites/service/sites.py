"""Finds the domain behind a host name for those who ask without an account: other mail servers, mail programs."""

from control_plane.core.clock import Clock
from control_plane.core.database import Database
from control_plane.core.tenancy import acting_for
from control_plane.core.ttl_cache import TtlCache
from control_plane.domain_sites import queries
from control_plane.domain_sites.queries import SiteRow
from control_plane.domain_sites.schemas import Site
from control_plane.domain_sites.service.policies import policy_of
from control_plane.settings import Settings

_FRESH_SECONDS = 5
"""So long a change may take to be seen; whoever asks for one name over and over costs nothing."""

_known: TtlCache[tuple[str, str], tuple[Site | None]] = TtlCache(fresh_seconds=_FRESH_SECONDS)


async def find_site(db: Database, settings: Settings, clock: Clock, domain: str) -> Site | None:
    """Find a proven domain by its name (lower-case A-labels); None for any other."""
    key = (settings.database.app_url, domain)
    known = _known.get(key)
    if known is None:
        known = (await _look(db, settings, clock, domain),)
        _known.put(key, known)
    return known[0]


async def is_served(db: Database, site: Site, purpose: str) -> bool:
    """Say whether one of the bound tenant's names below a domain points to us, as the last check saw it."""
    async with db.tenant_tx() as tx:
        return await queries.is_served(tx.connection, site.domain_id, purpose)


async def _look(db: Database, settings: Settings, clock: Clock, domain: str) -> Site | None:
    async with db.public_tx() as tx:
        row = await queries.find_site(tx.connection, domain)
    if row is None:
        return None
    return Site(
        tenant_id=row.tenant_id,
        domain_id=row.domain_id,
        name=domain,
        policy=policy_of(row.choice, settings),
        client_host=await _client_host(db, settings, clock, row, domain),
    )


async def _client_host(db: Database, settings: Settings, clock: Clock, row: SiteRow, domain: str) -> str:
    """Choose what mail programs connect to: the domain's own host where it leads to us with a certificate, or ours."""
    own = f"mail.{domain}"
    with acting_for(row.tenant_id):
        async with db.tenant_tx() as tx:
            is_there = await queries.has_own_mail_host(tx.connection, row.domain_id, own, clock.now())
    return own if is_there else settings.client_host
