"""What tests of certificates do again and again."""

from control_plane.certificates import service
from control_plane.certificates.queries import certificates as queries
from control_plane.certificates.queries.certificates import CertificateRow
from control_plane.certificates.service import Means
from control_plane.core.database import Database
from control_plane.core.tenancy import acting_for
from tests.conftest import Tenant


async def rows_of(db: Database, owner: Tenant) -> dict[str, CertificateRow]:
    """Find an owner's certificates by their first name."""
    with acting_for(owner.id):
        async with db.tenant_tx() as tx:
            return {row.names[0]: row for row in await queries.every(tx.connection)}


async def work(means: Means, owner: Tenant) -> dict[str, CertificateRow]:
    """Have an owner's names looked at and worked on; gives what there is then."""
    with acting_for(owner.id):
        await service.want(means)
        for row in (await rows_of(means.runtime.db, owner)).values():
            await service.work_on(means, row.id)
    return await rows_of(means.runtime.db, owner)


async def make_due(db: Database, owner: Tenant) -> None:
    """Let everything of an owner be due."""
    with acting_for(owner.id):
        async with db.tenant_tx() as tx:
            await tx.connection.execute("update certificates set next_attempt_at = now() - interval '1 second'")
