"""Finds the domain behind a host name for those who ask without an account: other mail servers, mail programs."""

from control_plane.core.database import Database
from control_plane.core.ttl_cache import TtlCache
from control_plane.domain_sites import queries
from control_plane.domain_sites.schemas import Site
from control_plane.domain_sites.service.policies import policy_of
from control_plane.settings import Settings

_FRESH_SECONDS = 5
"""So long a change may take to be seen; whoever asks for one name over and over costs nothing."""

_known: TtlCache[str, tuple[Site | None]] = TtlCache(fresh_seconds=_FRESH_SECONDS)


async def find_site(db: Database, settings: Settings, domain: str) -> Site | None:
    """Find a proven domain by its name (lower-case A-labels); None for any other."""
    known = _known.get(domain)
    if known is None:
        known = (await _look(db, settings, domain),)
        _known.put(domain, known)
    return known[0]


async def _look(db: Database, settings: Settings, domain: str) -> Site | None:
    async with db.public_tx() as tx:
        row = await queries.find_site(tx.connection, domain)
    if row is None:
        return None
    policy = policy_of(row.choice, settings)
    return Site(tenant_id=row.tenant_id, domain_id=row.domain_id, name=domain, policy=policy)
