"""Renewal when the authority wants it (RFC 9773), and at two thirds of the life when it does not say."""

import json
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import msgspec
import pytest

from control_plane.certificates import ca, keys, service
from control_plane.certificates.queries.certificates import CertificateRow
from control_plane.certificates.service import Means
from control_plane.core.tenancy import acting_for
from tests.conftest import Tenant
from tests.control_plane.certificates.conftest import Served
from tests.control_plane.certificates.doing import rows_of, work
from tests.control_plane.certificates.pebble import Pebble
from tests.control_plane.certificates.renewal_info import RenewalInfo, Told

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def authority(pebble: Pebble) -> Generator[RenewalInfo]:
    """An authority that says when it wants its certificates renewed."""
    with RenewalInfo(pebble) as running:
        yield running


@pytest.fixture
def means(means: Means, authority: RenewalInfo) -> Means:
    """Work with that authority."""
    acme = msgspec.structs.replace(means.runtime.settings.acme, directories=(authority.directory,))
    settings = msgspec.structs.replace(means.runtime.settings, acme=acme)
    return msgspec.structs.replace(means, runtime=msgspec.structs.replace(means.runtime, settings=settings))


@pytest.fixture
async def issued(means: Means, tenant: Tenant, domain: str, serve: Served) -> CertificateRow:
    """A certificate of the tenant's."""
    await serve(tenant, domain, "mail")
    row = (await work(means, tenant))[f"mail.{domain}"]
    assert row.status == "issued"
    return row


def window(start: datetime, end: datetime, **headers: str) -> Told:
    """Answer with a window."""
    told = {"suggestedWindow": {"start": start.isoformat(), "end": end.isoformat()}}
    return Told(body=json.dumps(told), headers={"content-type": "application/json", **headers})


async def look_up(means: Means, owner: Tenant, row: CertificateRow) -> CertificateRow:
    """Ask for a certificate's window; gives the certificate as it is then."""
    with acting_for(owner.id):
        await service.look_up_window(means, row.id)
    return (await rows_of(means.runtime.db, owner))[row.names[0]]


async def age(means: Means, owner: Tenant, by: timedelta) -> None:
    """Let an owner's certificates be issued longer ago."""
    with acting_for(owner.id):
        async with means.runtime.db.tenant_tx() as tx:
            await tx.connection.execute("update certificates set issued_at = issued_at - $1::interval", by)


def identifier(row: CertificateRow) -> str:
    """Name a certificate as RFC 9773 does."""
    assert row.chain is not None
    return ca.certificate_id(keys.first_of(row.chain))


async def test_a_window_that_is_open_renews_at_once_and_the_order_says_what_it_replaces(
    means: Means, authority: RenewalInfo, tenant: Tenant, issued: CertificateRow
) -> None:
    await age(means, tenant, DAY)
    now = means.runtime.clock.now()
    authority.told = window(now - 2 * DAY, now - DAY)
    seen = await look_up(means, tenant, issued)
    assert seen.renew_at is not None
    assert now <= seen.renew_at <= means.runtime.clock.now()
    after = (await work(means, tenant))[issued.names[0]]
    assert after.fingerprint != issued.fingerprint
    assert (after.window_start, after.window_due_at) == (None, None)  # its own is asked for next
    assert authority.asked == [identifier(issued)]
    assert authority.orders == [None, identifier(issued)]


async def test_an_authority_whose_windows_are_always_open_is_not_asked_on_and_on(
    means: Means, authority: RenewalInfo, tenant: Tenant, issued: CertificateRow
) -> None:
    now = means.runtime.clock.now()
    authority.told = window(now - 2 * DAY, now - DAY)
    seen = await look_up(means, tenant, issued)
    assert issued.issued_at is not None
    assert seen.renew_at == seen.next_attempt_at == issued.issued_at + 6 * HOUR


async def test_a_window_to_come_is_waited_for_at_a_moment_picked_once(
    means: Means, authority: RenewalInfo, tenant: Tenant, issued: CertificateRow
) -> None:
    start = means.runtime.clock.now() + 30 * DAY
    authority.told = window(start, start + 2 * DAY)
    seen = await look_up(means, tenant, issued)
    assert seen.renew_at is not None
    assert start <= seen.renew_at <= start + 2 * DAY
    assert seen.next_attempt_at == seen.renew_at
    assert (await look_up(means, tenant, issued)).renew_at == seen.renew_at
    assert (await work(means, tenant))[issued.names[0]].fingerprint == issued.fingerprint
    authority.told = window(start + 9 * DAY, start + 10 * DAY)
    moved = (await look_up(means, tenant, issued)).renew_at
    assert moved is not None
    assert moved >= start + 9 * DAY


async def test_a_window_after_the_end_is_not_waited_for(
    means: Means, authority: RenewalInfo, tenant: Tenant, issued: CertificateRow
) -> None:
    assert issued.not_after is not None
    authority.told = window(issued.not_after + DAY, issued.not_after + 2 * DAY)
    seen = await look_up(means, tenant, issued)
    assert seen.renew_at is not None
    assert seen.renew_at < issued.not_after


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "null",
        "[]",
        "7",
        "{}",
        '{"suggestedWindow": null}',
        '{"suggestedWindow": []}',
        '{"suggestedWindow": {}}',
        '{"suggestedWindow": {"start": "soon", "end": "later"}}',
        '{"suggestedWindow": {"start": 1, "end": 2}}',
        '{"suggestedWindow": {"start": "2026-01-01T00:00:00Z"}}',
        '{"suggestedWindow": {"start": "2026-01-01T00:00:00", "end": "2026-01-02T00:00:00"}}',
        '{"suggestedWindow": {"start": "2026-01-02T00:00:00Z", "end": "2026-01-01T00:00:00Z"}}',
        '{"suggestedWindow": {"start": "0001-01-01T00:00:00Z", "end": "9999-12-31T23:59:59-14:00"}}',
    ],
)
async def test_what_is_no_window_leaves_renewal_at_two_thirds_of_the_life(
    means: Means, authority: RenewalInfo, tenant: Tenant, issued: CertificateRow, body: str
) -> None:
    authority.told = Told(body=body, headers={"content-type": "application/json"})
    seen = await look_up(means, tenant, issued)
    assert authority.asked == [identifier(issued)]
    assert (seen.renew_at, seen.next_attempt_at, seen.problem) == (issued.renew_at, issued.renew_at, None)
    assert issued.not_before is not None
    assert issued.not_after is not None
    assert seen.renew_at is not None
    share = (seen.renew_at - issued.not_before) / (issued.not_after - issued.not_before)
    assert 0.63 < share < 0.71


@pytest.mark.parametrize(
    ("answer", "pause"),
    [
        (Told(status=HTTPStatus.SERVICE_UNAVAILABLE, body="later", headers={"Retry-After": "1800"}), HOUR / 2),
        (Told(status=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": "864000"}), DAY),
        (Told(status=HTTPStatus.SERVICE_UNAVAILABLE), 6 * HOUR),
        (
            window(datetime(2036, 1, 1, tzinfo=UTC), datetime(2036, 1, 2, tzinfo=UTC), **{"Retry-After": "7200"}),
            2 * HOUR,
        ),
    ],
)
async def test_it_is_asked_again_when_it_wants_to_be(
    means: Means, authority: RenewalInfo, tenant: Tenant, issued: CertificateRow, answer: Told, pause: timedelta
) -> None:
    authority.told = answer
    before = means.runtime.clock.now()
    seen = await look_up(means, tenant, issued)
    assert seen.window_due_at is not None
    assert pause <= seen.window_due_at - before < pause + HOUR / 60
    assert (tenant.id, issued.id) not in await service.windows_due(means)


async def test_a_hint_that_is_not_liked_is_left_out(
    means: Means, authority: RenewalInfo, tenant: Tenant, issued: CertificateRow
) -> None:
    authority.refuses_hints = True
    with acting_for(tenant.id):
        await service.renew(means.runtime, issued.id)
    after = (await work(means, tenant))[issued.names[0]]
    assert after.fingerprint != issued.fingerprint
    assert authority.orders == [None, identifier(issued), None]
