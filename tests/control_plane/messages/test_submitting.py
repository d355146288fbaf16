"""Mail that came by SMTP is a message like any other."""

import httpx
import msgspec
import pytest

from control_plane.core.database import Database
from control_plane.core.errors import Invalid
from control_plane.core.idempotency import IdempotencyKeyReused
from control_plane.core.tenancy import DomainOutOfReach, acting_for
from control_plane.mail_domains.errors import DomainNotUsable
from control_plane.messages import service
from control_plane.messages.raw import RawSubmission
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
