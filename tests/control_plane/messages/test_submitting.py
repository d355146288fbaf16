"""Mail that came by SMTP is a message like any other."""

from datetime import timedelta

import httpx
import msgspec
import pytest

from control_plane.core.database import Database
from control_plane.core.errors import Invalid
from control_plane.core.idempotency import JOBS, IdempotencyKeyReused
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import DomainOutOfReach, acting_for
from control_plane.mail_domains.errors import DomainNotUsable
from control_plane.messages import service
from control_plane.messages.raw import RAW_MAX_BYTES, RawSubmission
from control_plane.quotas.errors import QuotaExceeded
from tests.conftest import Tenant
from tests.control_plane.messages.conftest import Limit, Moved
from tests.control_plane.messages.stored import statuses, used
from tests.control_plane.messages.test_raw import submission as _submission


def submission(tenant: Tenant, domain: str, *header: str, **changes: object) -> RawSubmission:
    raw = "\r\n".join([f"From: ann@{domain}", "To: bob@else.test", "Subject: Hello", *header, "", "Hi"]).encode()
    return msgspec.structs.replace(_submission(raw), tenant_id=tenant.id, **changes)


async def test_it_has_a_timeline_and_its_own_words(
    client: httpx.AsyncClient, db: Database, clock: Moved, tenant: Tenant, domain: str
) -> None:
    wanted = submission(tenant, domain, "X-Fleetpost-Tag: order", recipients=("bob@else.test", "zoe@else.test"))
    accepted = await service.accept_raw(db, clock, wanted)
    shown = (await client.get(f"/v1/messages/{accepted.id}", headers=tenant.headers)).json()
    assert (shown["from"], shown["subject"], shown["tags"]) == (f"ann@{domain}", "Hello", ["order"])
    assert [each["kind"] for each in shown["recipients"]] == ["to", "bcc"]
    raw = (await client.get(f"/v1/messages/{accepted.id}/raw", headers=tenant.headers)).content
    assert raw.startswith(b"Date: Sun, 22 Nov 2026 12:00:00 +0000\r\n")
    assert raw.endswith(f"From: ann@{domain}\r\nTo: bob@else.test\r\nSubject: Hello\r\n\r\nHi".encode())
    assert (await used(db, tenant))["messages_hour"] == 2


@pytest.mark.parametrize("by", ["header", "receiver", "both"])
async def test_handed_up_twice_it_is_one_message(
    db: Database, clock: Moved, tenant: Tenant, domain: str, by: str
) -> None:
    header = ("Idempotency-Key: k1",) if by != "receiver" else ()
    key = "shelf-1" if by != "header" else None
    first = await service.accept_raw(db, clock, submission(tenant, domain, *header, idempotency_key=key))
    again = await service.accept_raw(
        db, clock, submission(tenant, domain, "Received: again", *header, idempotency_key=key)
    )
    assert again == first
    if by == "both":  # the client tries again: the receiver knows it by another key
        other = await service.accept_raw(db, clock, submission(tenant, domain, *header, idempotency_key="shelf-2"))
        assert other == first
    assert await statuses(db, tenant) == ["accepted"]


async def test_a_key_is_for_one_message(db: Database, clock: Moved, tenant: Tenant, domain: str) -> None:
    await service.accept_raw(db, clock, submission(tenant, domain, idempotency_key="k"))
    with pytest.raises(IdempotencyKeyReused):
        await service.accept_raw(
            db, clock, submission(tenant, domain, idempotency_key="k", recipients=("eve@else.test",))
        )


@pytest.mark.parametrize(("days", "is_known"), [(59, True), (61, False)])
async def test_a_receivers_key_is_known_as_long_as_it_may_hand_up(
    runtime: Runtime, db: Database, clock: Moved, tenant: Tenant, domain: str, days: int, is_known: bool
) -> None:
    mail = submission(tenant, domain, idempotency_key="submitted 1", key_lives=timedelta(days=60))
    first = await service.accept_raw(db, clock, mail)
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:  # as if so much time had passed
            await tx.connection.execute(
                "update idempotency_keys set created_at = created_at - $1::interval", timedelta(days=days)
            )
    for job in JOBS:
        await job.run(runtime)
    assert (await service.accept_raw(db, clock, mail) == first) is is_known


async def test_a_plan_may_allow_less(runtime: Runtime, clock: Moved, tenant: Tenant, domain: str, limit: Limit) -> None:
    await limit(tenant, message_bytes=1024 * 1024)
    mail = submission(tenant, domain)
    small, large = (msgspec.structs.replace(mail, raw=mail.raw + b"x" * kib * 1024) for kib in (1000, 1024))
    await service.accept_raw(runtime.db, clock, small, runtime.blobs)
    with pytest.raises(Invalid) as refused:
        await service.accept_raw(runtime.db, clock, large, runtime.blobs)
    assert refused.value.errors[0].message == "Your plan allows messages of at most 1,024 KiB."


async def test_without_a_limit_of_the_plan_it_may_be_as_large_as_a_node_takes(
    runtime: Runtime, clock: Moved, tenant: Tenant, domain: str
) -> None:
    mail = submission(tenant, domain)
    largest = msgspec.structs.replace(mail, raw=mail.raw.ljust(RAW_MAX_BYTES, b"x"))
    assert (await service.accept_raw(runtime.db, clock, largest, runtime.blobs)).status == "accepted"


async def test_what_is_refused_leaves_its_key_free(
    db: Database, clock: Moved, tenant: Tenant, domain: str, limit: Limit
) -> None:
    await limit(tenant, messages_hour=1)
    await service.accept_raw(db, clock, submission(tenant, domain))
    with pytest.raises(QuotaExceeded):
        await service.accept_raw(db, clock, submission(tenant, domain, idempotency_key="k"))
    clock.next_hour()
    accepted = await service.accept_raw(db, clock, submission(tenant, domain, idempotency_key="k"))
    assert accepted.status == "accepted"


async def test_over_the_limit_it_is_held_if_the_plan_says_so(
    db: Database, clock: Moved, tenant: Tenant, domain: str, limit: Limit
) -> None:
    await limit(tenant, "hold", messages_hour=1, messages_month=100)
    await service.accept_raw(db, clock, submission(tenant, domain))
    assert (await service.accept_raw(db, clock, submission(tenant, domain))).status == "held"


async def test_others_domains_cannot_be_sent_from(
    db: Database, clock: Moved, tenant: Tenant, stranger: Tenant, domain: str
) -> None:
    with pytest.raises(DomainNotUsable):
        await service.accept_raw(db, clock, submission(stranger, domain))


async def test_a_key_that_is_bound_to_domains_sends_from_those(
    db: Database, clock: Moved, tenant: Tenant, domain: str
) -> None:
    await service.accept_raw(db, clock, submission(tenant, domain, allowed_domains=frozenset({domain})))
    with pytest.raises(DomainNotUsable, match="bound to other domains"):
        await service.accept_raw(db, clock, submission(tenant, domain, allowed_domains=frozenset({"else.test"})))


async def test_a_bad_key_is_refused(db: Database, clock: Moved, tenant: Tenant, domain: str) -> None:
    with pytest.raises(Invalid):
        await service.accept_raw(db, clock, submission(tenant, domain, f"Idempotency-Key: {'k' * 257}"))


async def test_binding_ends_with_it(db: Database, clock: Moved, tenant: Tenant, domain: str) -> None:
    with acting_for(tenant.id):
        await service.accept_raw(db, clock, submission(tenant, domain, allowed_domains=frozenset({domain})))
        from control_plane.core.tenancy import require_domain

        try:
            require_domain("anything.test")
        except DomainOutOfReach:  # pragma: no cover
            pytest.fail("still bound")
