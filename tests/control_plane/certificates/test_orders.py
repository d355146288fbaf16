"""Certificates from a real authority: proven over HTTP and by DNS, renewed, revoked, refused, taken up again."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
import pytest
from cryptography import x509

from control_plane.accounts import service as accounts
from control_plane.certificates import service
from control_plane.certificates.queries import certificates as queries
from control_plane.certificates.queries import orders
from control_plane.certificates.queries.certificates import CertificateRow
from control_plane.certificates.queries.orders import ChallengeRow, OrderRow
from control_plane.certificates.schemas import OwnCertificate
from control_plane.certificates.service import Means, answers
from control_plane.core import ids
from control_plane.core.clock import FixedClock
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import Invalid
from control_plane.core.tenancy import acting_for
from control_plane.mail_domains.names import above
from tests.conftest import MakeDomain, Tenant
from tests.control_plane.certificates.conftest import Served
from tests.control_plane.certificates.doing import alias, kinds_on_nodes, make_due, shown, work
from tests.control_plane.certificates.world_dns import WorldDns
from tests.control_plane.conftest import MakeNode
from tests.own_authority import OwnAuthority, key_pem, pem


async def proof_under_way(tx: Transaction, domain_id: UUID, name: str, now: datetime) -> ChallengeRow:
    """Store an order whose proof is to stand in DNS."""
    row = CertificateRow(
        id=ids.new_uuid(), names=(name,), origin="asked", places=("front",), changed_at=now, created_at=now
    )
    assert await queries.insert(tx.connection, row)
    order = OrderRow(certificate_id=row.id, directory="x", url="x", finalize_url="x", private_key=b"x", created_at=now)
    challenge = ChallengeRow(
        certificate_id=row.id,
        token="t",
        kind="dns-01",
        name=name,
        domain_id=domain_id,
        value=f"text of {name}",
        url="x",
        authorization_url="x",
    )
    await orders.insert(tx.connection, order, [challenge])
    return challenge


async def test_a_name_that_points_to_us_gets_a_certificate_by_itself(
    means: Means, db: Database, tenant: Tenant, domain: str, serve: Served, make_node: MakeNode
) -> None:
    await make_node(tenant)
    await serve(tenant, domain, "mail", "mta-sts")
    rows = await work(means, tenant)
    assert set(rows) == {f"mail.{domain}", f"mta-sts.{domain}"}
    for row in rows.values():
        assert (row.status, row.problem, row.attempts) == ("issued", None, 0)
        assert row.chain is not None
        leaf = x509.load_pem_x509_certificates(row.chain.encode())[0]
        assert row.not_after == leaf.not_valid_after_utc
        assert row.renew_at is not None
        assert row.next_attempt_at == row.renew_at
    assert await kinds_on_nodes(db, tenant, "certificate") == {f"mail.{domain}"}
    assert await kinds_on_nodes(db, tenant, "challenge") == set()
    async with db.fleet_tx() as tx:
        front = {each.names: each for each in await service.for_front(tx, means.runtime.vault)}
    served = front[(f"mta-sts.{domain}",)]
    assert served.private_key.startswith("-----BEGIN PRIVATE KEY-----")
    assert (f"mail.{domain}",) not in front


async def test_events_tell_of_it(means: Means, db: Database, tenant: Tenant, domain: str, serve: Served) -> None:
    await serve(tenant, domain, "mail")
    await work(means, tenant)
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            kinds = [row["type"] for row in await tx.connection.fetch("select type from events")]
    assert kinds == ["certificate.issued"]


async def test_a_wildcard_is_proven_by_dns_through_our_zone(
    means: Means, db: Database, world: WorldDns, tenant: Tenant, domain: str
) -> None:
    with acting_for(tenant.id):
        made = await service.order(means.runtime, [f"*.{domain}", domain])
        await service.work_on(means, shown(made))
        waiting = await service.get(db, shown(made))
        assert waiting.problem is not None
        assert f"_acme-challenge.{domain}" in waiting.problem
        await alias(world, db, tenant, domain)
        await make_due(db, tenant)
        await service.work_on(means, shown(made))
        issued = await service.get(db, shown(made))
    assert (issued.status, issued.names) == ("issued", (f"*.{domain}", domain))
    async with db.fleet_tx() as tx:
        left = await tx.connection.fetch("select name from zone_records where name like '%.acme'")
    assert left == []


async def test_a_renewed_certificate_has_a_new_key_and_takes_the_old_ones_place(
    means: Means, db: Database, tenant: Tenant, domain: str, serve: Served
) -> None:
    await serve(tenant, domain, "mail")
    before = (await work(means, tenant))[f"mail.{domain}"]
    with acting_for(tenant.id):
        await service.renew(means.runtime, before.id)
    after = (await work(means, tenant))[f"mail.{domain}"]
    assert after.id == before.id
    assert after.fingerprint != before.fingerprint
    assert after.private_key != before.private_key
    assert after.changed_at > before.changed_at


async def test_a_compromised_key_is_revoked_and_replaced_at_once(
    means: Means, tenant: Tenant, domain: str, serve: Served
) -> None:
    await serve(tenant, domain, "mail")
    before = (await work(means, tenant))[f"mail.{domain}"]
    with acting_for(tenant.id):
        revoked = await service.revoke(means, before.id, "key_compromise")
        assert revoked.status == "pending"
    after = (await work(means, tenant))[f"mail.{domain}"]
    assert (after.status, after.fingerprint != before.fingerprint) == ("issued", True)


async def test_what_is_given_up_is_revoked_and_served_no_more(
    means: Means, db: Database, tenant: Tenant, domain: str, serve: Served, make_node: MakeNode
) -> None:
    await make_node(tenant)
    await serve(tenant, domain, "mail")
    before = (await work(means, tenant))[f"mail.{domain}"]
    with acting_for(tenant.id):
        await service.revoke(means, before.id, "cessation_of_operation")
    after = (await work(means, tenant))[f"mail.{domain}"]
    assert (after.status, after.next_attempt_at) == ("revoked", None)
    assert await kinds_on_nodes(db, tenant, "certificate") == set()


async def test_a_domain_that_is_no_longer_proven_takes_its_certificates_along(
    means: Means, db: Database, tenant: Tenant, domain: str, serve: Served, make_node: MakeNode
) -> None:
    await make_node(tenant)
    await serve(tenant, domain, "mail")
    await work(means, tenant)
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            await tx.connection.execute("update mail_domains set proven_at = null")
    assert await work(means, tenant) == {}
    assert await kinds_on_nodes(db, tenant, "certificate") == set()


async def test_a_name_that_stops_leading_to_us_is_served_but_not_renewed(
    means: Means, tenant: Tenant, domain: str, serve: Served
) -> None:
    await serve(tenant, domain, "mail")
    await work(means, tenant)
    await serve(tenant, domain)
    row = (await work(means, tenant))[f"mail.{domain}"]
    assert (row.is_served, row.next_attempt_at) == (True, None)
    await serve(tenant, domain, "mail")
    assert (await work(means, tenant))[f"mail.{domain}"].next_attempt_at == row.renew_at


async def test_names_of_strangers_cannot_be_ordered(
    means: Means, tenant: Tenant, stranger: Tenant, make_domain: MakeDomain
) -> None:
    theirs = await make_domain(stranger, "theirs")
    for name in (theirs, f"*.{theirs}", f"mail.{theirs}", above(theirs) or "test"):
        with acting_for(tenant.id), pytest.raises(Invalid):
            await service.order(means.runtime, [str(name)])


async def test_the_weeks_budget_of_a_domain_holds_new_certificates_back(
    means: Means, db: Database, tenant: Tenant, domain: str, serve: Served
) -> None:
    clock = FixedClock(means.runtime.clock.now())
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            for number in range(40):
                row = CertificateRow(
                    id=ids.new_uuid(),
                    names=(f"n{number}.{domain}",),
                    origin="asked",
                    places=("front",),
                    registered_domain=domain,
                    issued_at=clock.now(),
                    changed_at=clock.now(),
                    created_at=clock.now(),
                )
                assert await queries.insert(tx.connection, row)
    await serve(tenant, domain, "mail")
    row = (await work(means, tenant))[f"mail.{domain}"]
    assert "in the last seven days" in str(row.problem)
    assert row.next_attempt_at is not None
    assert row.next_attempt_at > clock.now() + timedelta(minutes=55)


async def test_an_upload_stands_in_for_what_is_ordered_and_that_comes_back_after_it(
    means: Means, db: Database, tenant: Tenant, domain: str, serve: Served, make_node: MakeNode
) -> None:
    await make_node(tenant)
    await serve(tenant, domain, "mail")
    await work(means, tenant)
    own = OwnCertificate(**OwnAuthority().body(f"mail.{domain}"))
    with acting_for(tenant.id):
        uploaded = await service.add(means.runtime, own)
        listed = await service.list_certificates(db, None, 10)
        assert {each.source: each.status for each in listed.data} == {"acme": "superseded", "upload": "issued"}
        assert await kinds_on_nodes(db, tenant, "certificate") == {f"mail.{domain}"}
        await service.delete(means.runtime, shown(uploaded))
    back = (await work(means, tenant))[f"mail.{domain}"]
    assert (back.origin, back.status) == ("served", "issued")
    assert await kinds_on_nodes(db, tenant, "certificate") == {f"mail.{domain}"}


async def test_an_upload_that_has_ended_gives_way_to_what_is_ordered(
    means: Means, db: Database, tenant: Tenant, domain: str, serve: Served
) -> None:
    await serve(tenant, domain, "mta-sts")
    ordered = (await work(means, tenant))[f"mta-sts.{domain}"]
    authority = OwnAuthority()
    certificate, key = authority.issue([f"mta-sts.{domain}"], days=6)
    own = OwnCertificate(chain=pem(certificate, authority.intermediate, authority.root), private_key=key_pem(key))
    with acting_for(tenant.id):
        await service.add(means.runtime, own)
        later = FixedClock(means.runtime.clock.now() + timedelta(days=7))
        runtime = msgspec.structs.replace(means.runtime, clock=later)
        await service.want(msgspec.structs.replace(means, runtime=runtime))
    async with db.fleet_tx() as tx:
        served = [each for each in await service.for_front(tx, runtime.vault) if f"mta-sts.{domain}" in each.names]
    assert max(served, key=lambda each: each.changed_at).chain == ordered.chain


async def test_more_proofs_than_a_record_holds_wait_for_those_before_them(
    means: Means, db: Database, tenant: Tenant, domain: str
) -> None:
    now = means.runtime.clock.now()
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            domain_id = await tx.connection.fetchval("select id from mail_domains where name = $1", domain)
            for number in range(51):
                made = await proof_under_way(tx, domain_id, f"n{number}.{domain}", now + timedelta(seconds=number))
                await answers.put_up(tx, means.runtime.settings, [made])
            content = await tx.connection.fetchval("select content from zone_records where domain_id = $1", domain_id)
            assert set(content) == {f"text of n{number}.{domain}" for number in range(50)}


async def test_a_removed_domain_takes_along_what_is_under_way(
    means: Means, db: Database, tenant: Tenant, domain: str
) -> None:
    now = means.runtime.clock.now()
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            domain_id = await tx.connection.fetchval("select id from mail_domains where name = $1", domain)
            for label in ("one", "two"):
                made = await proof_under_way(tx, domain_id, f"{label}.{domain}", now)
                await answers.put_up(tx, means.runtime.settings, [made])
            await tx.connection.execute("delete from mail_domains where name = $1", domain)
    assert await work(means, tenant) == {}


async def test_people_are_warned_once_of_what_nobody_renews(
    means: Means, db: Database, tenant: Tenant, domain: str
) -> None:
    authority = OwnAuthority()
    certificate, key = authority.issue([f"mail.{domain}"], days=6)
    own = OwnCertificate(chain=pem(certificate, authority.intermediate, authority.root), private_key=key_pem(key))
    address = f"ann-{domain}@else.test"
    async with db.fleet_tx() as tx:
        await accounts.create_user(tx, tenant.id, address, "correct horse battery staple", "owner", "Ann")
    with acting_for(tenant.id):
        made = await service.add(means.runtime, own)
        for _ in range(2):
            await service.warn(means.runtime, shown(made))
    async with db.fleet_tx() as tx:
        notices = await tx.connection.fetch("select notice from notices where recipient = $1", address)
    (notice,) = [msgspec.json.decode(row["notice"]) for row in notices]
    assert (notice["type"], notice["days"], notice["name"]) == ("certificate_ending", 7, f"mail.{domain}")


async def test_a_new_node_gets_every_certificate(
    means: Means, db: Database, tenant: Tenant, domain: str, serve: Served, make_node: MakeNode
) -> None:
    await serve(tenant, domain, "mail")
    await work(means, tenant)
    node = await make_node(tenant)
    async with db.fleet_tx() as tx:
        keys = await tx.connection.fetch(
            "select key from node_items where node_id = $1 and tenant_id = $2 and kind = 'certificate'",
            node.id,
            tenant.id,
        )
    assert [row["key"] for row in keys] == [f"mail.{domain}"]
