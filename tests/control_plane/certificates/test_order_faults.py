"""What goes wrong on the way to a certificate: each is told apart, tried again in its time, and harms nothing else."""

from datetime import timedelta

import msgspec
import pytest

from control_plane.certificates import service
from control_plane.certificates.errors import TooSoon
from control_plane.certificates.prober import Seen
from control_plane.certificates.queries import orders
from control_plane.certificates.service import Means
from control_plane.core.database import Database
from control_plane.core.tenancy import acting_for
from tests.conftest import Tenant
from tests.control_plane.certificates.conftest import Served
from tests.control_plane.certificates.doing import make_due, rows_of, work
from tests.control_plane.certificates.pebble import Pebble
from tests.control_plane.certificates.world_dns import WorldDns


async def test_rejected_nonces_are_no_reason_to_fail(
    means: Means, pebble: Pebble, tenant: Tenant, domain: str, serve: Served
) -> None:
    pebble.restart({"PEBBLE_WFE_NONCEREJECT": "40"})
    try:
        await serve(tenant, domain, "mail", "mta-sts")
        rows = await work(means, tenant)
        if any(row.status != "issued" for row in rows.values()):  # six in a row happen once in a while
            await make_due(means.runtime.db, tenant)
            rows = await work(means, tenant)
        assert {row.status for row in rows.values()} == {"issued"}
    finally:
        pebble.restart()


async def test_an_authority_that_forgot_us_gets_a_new_account(
    means: Means, pebble: Pebble, tenant: Tenant, domain: str, serve: Served
) -> None:
    await serve(tenant, domain, "mail")
    await work(means, tenant)
    pebble.restart()
    await serve(tenant, domain, "mail", "mta-sts")
    rows = await work(means, tenant)
    assert rows[f"mta-sts.{domain}"].status == "issued"


async def test_an_order_is_taken_up_again_by_whoever_comes_next(
    means: Means, db: Database, pebble: Pebble, tenant: Tenant, domain: str, serve: Served
) -> None:
    await serve(tenant, domain, "mail")

    class Killed(Exception):
        """The worker is gone."""

    class Dying:
        """Looks once, and dies."""

        async def over_http(self, host: str, token: str, value: str) -> Seen:
            raise Killed

        async def in_dns(self, host: str, value: str) -> Seen:
            raise Killed

    with pytest.raises(Killed):
        await work(msgspec.structs.replace(means, prober=Dying()), tenant)
    certificate_id = (await rows_of(db, tenant))[f"mail.{domain}"].id
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            order = await orders.find(tx.connection, certificate_id)
    assert order is not None
    assert (await work(means, tenant))[f"mail.{domain}"].status == "pending"  # whoever had it may still be at it
    await make_due(db, tenant)
    assert (await work(means, tenant))[f"mail.{domain}"].status == "issued"


async def test_an_authority_that_is_away_harms_nothing_that_is_served(
    means: Means, db: Database, pebble: Pebble, tenant: Tenant, domain: str, serve: Served
) -> None:
    await serve(tenant, domain, "mail")
    before = (await work(means, tenant))[f"mail.{domain}"]
    pebble.stop()
    try:
        for _ in range(3):
            await make_due(db, tenant)
            await work(means, tenant)
    finally:
        pebble.start()
    after = (await rows_of(db, tenant))[f"mail.{domain}"]
    assert (after.status, after.fingerprint, after.attempts) == ("issued", before.fingerprint, 3)
    assert "cannot be reached" in str(after.problem)
    assert after.next_attempt_at is not None
    assert after.next_attempt_at > means.runtime.clock.now()


async def test_the_next_authority_is_asked_after_three_failures(
    means: Means, db: Database, pebble: Pebble, tenant: Tenant, domain: str, serve: Served
) -> None:
    acme = msgspec.structs.replace(
        means.runtime.settings.acme, directories=("https://localhost:1/dir", pebble.directory)
    )
    settings = msgspec.structs.replace(means.runtime.settings, acme=acme)
    both = msgspec.structs.replace(means, runtime=msgspec.structs.replace(means.runtime, settings=settings))
    await serve(tenant, domain, "mail")
    for _ in range(3):
        await work(both, tenant)
        await make_due(db, tenant)
    assert (await rows_of(db, tenant))[f"mail.{domain}"].status == "failed"
    assert (await work(both, tenant))[f"mail.{domain}"].status == "issued"


async def test_a_name_that_leads_elsewhere_costs_no_failed_proof(
    means: Means, tenant: Tenant, domain: str, serve: Served
) -> None:
    class Elsewhere:
        """Finds somebody else's answer."""

        async def over_http(self, host: str, token: str, value: str) -> Seen:
            return "other"

        async def in_dns(self, host: str, value: str) -> Seen:
            return "other"

    await serve(tenant, domain, "mail")
    row = (await work(msgspec.structs.replace(means, prober=Elsewhere()), tenant))[f"mail.{domain}"]
    assert (row.status, row.attempts, row.proof_failed_at) == ("pending", 0, None)
    assert "cannot be found" in str(row.problem)


async def test_a_proof_that_fails_is_not_tried_again_for_a_quarter_of_an_hour(
    means: Means, world: WorldDns, tenant: Tenant, domain: str, serve: Served
) -> None:
    class Trusting:
        """Sees what is not there."""

        async def over_http(self, host: str, token: str, value: str) -> Seen:
            return "ours"

        async def in_dns(self, host: str, value: str) -> Seen:
            return "ours"

    await serve(tenant, domain, "mail")
    world.publish(f"mail.{domain}", "A", "127.0.0.77")
    row = (await work(msgspec.structs.replace(means, prober=Trusting()), tenant))[f"mail.{domain}"]
    assert row.proof_failed_at is not None
    assert row.next_attempt_at is not None
    assert row.next_attempt_at - row.proof_failed_at >= timedelta(minutes=15)
    with acting_for(tenant.id), pytest.raises(TooSoon):
        await service.renew(means.runtime, row.id)
