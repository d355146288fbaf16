"""What other features are told about proven domains."""

import json

from control_plane.core.database import Database
from control_plane.core.tenancy import acting_for
from control_plane.mail_domains import service as mail_domains
from tests.conftest import MakeDomain, Tenant

FOUND = {"mail": "mail_host", "mta-sts": "mta_sts_host", "autoconfig": "autoconfig", "bounce": "return_path"}


async def note_findings(db: Database, owner: Tenant, domain: str) -> None:
    """Store what a check may have found."""
    findings = [
        {"type": "CNAME", "host": f"{label}.{domain}", "value": "x", "purpose": purpose}
        for label, purpose in FOUND.items()
    ]
    with acting_for(owner.id):
        async with db.tenant_tx() as tx:
            await tx.connection.execute(
                """update mail_domains set findings = $2::jsonb, served = '{mail_host,mta_sts_host}' where name = $1""",
                domain,
                json.dumps(findings),
            )


async def test_names_that_point_to_us_are_listed_for_their_tenant_only(
    db: Database, tenant: Tenant, stranger: Tenant, domain: str, make_domain: MakeDomain
) -> None:
    theirs = await make_domain(stranger)
    for owner, name in ((tenant, domain), (stranger, theirs)):
        await note_findings(db, owner, name)
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            served = await mail_domains.served_names(tx)
    assert [(each.domain, each.name, each.purpose) for each in served] == [
        (domain, f"mail.{domain}", "mail_host"),
        (domain, f"mta-sts.{domain}", "mta_sts_host"),
    ]
    async with db.fleet_tx() as tx:
        everybodys = {each.name for each in await mail_domains.served_names(tx)}
    assert {f"mail.{domain}", f"mail.{theirs}"} <= everybodys


async def test_nothing_is_served_below_a_domain_without_proof(db: Database, tenant: Tenant, domain: str) -> None:
    await note_findings(db, tenant, domain)
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            await tx.connection.execute("update mail_domains set proven_at = null where name = $1", domain)
            assert await mail_domains.served_names(tx) == []


async def test_a_reports_address_says_whose_it_is(db: Database, tenant: Tenant, domain: str) -> None:
    async with db.fleet_tx() as tx:
        token = await tx.connection.fetchval("select report_token from mail_domains where name = $1", domain)
        found = await mail_domains.find_by_report_token(tx, token)
        assert found is not None
        assert (found.tenant_id, found.name) == (tenant.id, domain)
        assert await mail_domains.find_by_report_token(tx, "no such token\0") is None
