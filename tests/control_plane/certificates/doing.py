"""What tests of certificates do again and again."""

from uuid import UUID

from control_plane.certificates import service
from control_plane.certificates.queries import certificates as queries
from control_plane.certificates.queries.certificates import CertificateRow
from control_plane.certificates.schemas import PREFIX, Certificate
from control_plane.certificates.service import Means
from control_plane.core import ids
from control_plane.core.database import Database
from control_plane.core.tenancy import acting_for
from tests.conftest import Tenant
from tests.control_plane.certificates.world_dns import ZONE, WorldDns


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


async def kinds_on_nodes(db: Database, owner: Tenant, kind: str) -> set[str]:
    """List the keys of what nodes are to have of an owner."""
    async with db.fleet_tx() as tx:
        rows = await tx.connection.fetch(
            "select distinct key from node_items where tenant_id = $1 and kind = $2 and payload is not null",
            owner.id,
            kind,
        )
    return {row["key"] for row in rows}


async def alias(world: WorldDns, db: Database, owner: Tenant, domain: str) -> None:
    """Publish the record that leads into our zone, as the domain's owner does."""
    with acting_for(owner.id):
        async with db.tenant_tx() as tx:
            domain_id = await tx.connection.fetchval("select id from mail_domains where name = $1", domain)
    world.publish(f"_acme-challenge.{domain}", "CNAME", f"{ids.bare(domain_id)}.acme.{ZONE}.")


def shown(certificate: Certificate) -> UUID:
    """Read the id of what the API gave."""
    return ids.decode(PREFIX, certificate.id)
