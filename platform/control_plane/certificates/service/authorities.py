"""How the certificate authorities do, as an operator sees it."""

from control_plane.certificates import directories
from control_plane.certificates.queries import accounts
from control_plane.certificates.schemas import AuthorityState
from control_plane.core.database import Database
from control_plane.settings import Settings


async def authorities(db: Database, settings: Settings) -> list[AuthorityState]:
    """List the authorities that are set up, the preferred first."""
    async with db.fleet_tx() as tx:
        known = {row.directory: row for row in await accounts.every(tx.connection)}
    shown = []
    for url in directories.urls(settings.acme):
        row = known.get(url)
        state = AuthorityState(
            name=directories.name_of(url),
            directory=url,
            is_registered=row is not None and row.url is not None,
            problem=None if row is None else row.problem,
            problem_at=None if row is None else row.problem_at,
            answered_at=None if row is None else row.answered_at,
        )
        shown.append(state)
    return shown
