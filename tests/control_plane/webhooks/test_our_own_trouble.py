"""What goes wrong on our side is not the endpoint's failure: nothing is counted, and it is tried soon."""

from collections.abc import AsyncGenerator
from datetime import timedelta

import httpx
import pytest

from control_plane.core.clock import FixedClock
from control_plane.core.http import Unresolved
from control_plane.core.runtime import Runtime
from control_plane.webhooks import service
from control_plane.webhooks.circuit import AT_ONCE
from control_plane.webhooks.retries import WAITS_AT_MOST
from tests.control_plane.webhooks.conftest import Receiver
from tests.control_plane.webhooks.subscribed import Subscribed, send_due, send_mail


class Troubled:
    """A way out that fails before anything is sent."""

    def __init__(self) -> None:
        self.error: Exception = Unresolved("nobody answers")
        self.asked = 0

    def fail(self, _: httpx.Request) -> httpx.Response:
        self.asked += 1
        raise self.error


@pytest.fixture
def troubled() -> Troubled:
    return Troubled()


@pytest.fixture
async def failing(troubled: Troubled, runtime: Runtime, clock: FixedClock) -> AsyncGenerator[service.Sender]:
    """Send by that way."""
    async with httpx.AsyncClient(transport=httpx.MockTransport(troubled.fail)) as client:
        yield service.Sender(runtime.db, runtime.vault, client, clock)


@pytest.mark.parametrize("error", [httpx.PoolTimeout("too many"), Unresolved("nobody answers")])
async def test_nothing_is_counted_and_it_is_sent_soon(
    client: httpx.AsyncClient,
    receiver: Receiver,
    subscribed: Subscribed,
    troubled: Troubled,
    failing: service.Sender,
    sender: service.Sender,
    clock: FixedClock,
    domain: str,
    error: Exception,
) -> None:
    troubled.error = error
    await send_mail(client, subscribed.tenant, domain, AT_ONCE)
    await send_due(failing, subscribed)
    for shown in await subscribed.deliveries(client):
        assert (shown["status"], shown["attempts"], shown["attempted_at"]) == ("pending", 0, None)
    health = (await subscribed.shown(client))["health"]
    assert isinstance(health, dict)
    assert (health["failures"], health["failed_24h"], health["next_try_at"]) == (0, 0, None)
    clock.move(timedelta(seconds=10))
    await send_due(sender, subscribed)
    assert len(receiver.received) == AT_ONCE


async def test_a_job_asks_no_more_of_a_way_out_that_fails(
    client: httpx.AsyncClient, subscribed: Subscribed, troubled: Troubled, failing: service.Sender, domain: str
) -> None:
    await send_mail(client, subscribed.tenant, domain, 3 * AT_ONCE)
    await send_due(failing, subscribed)
    assert troubled.asked == AT_ONCE
    for _ in range(5):
        await send_due(failing, subscribed)
    assert troubled.asked == 3 * AT_ONCE


async def test_what_could_not_be_tried_for_three_days_is_given_up(
    client: httpx.AsyncClient, subscribed: Subscribed, failing: service.Sender, clock: FixedClock, domain: str
) -> None:
    await send_mail(client, subscribed.tenant, domain)
    clock.move(WAITS_AT_MOST)
    await send_due(failing, subscribed)
    [shown] = await subscribed.deliveries(client)
    assert (shown["status"], shown["given_up"], shown["next_attempt_at"]) == ("failed", "age", None)


async def test_what_we_did_not_foresee_ends_some_day_and_holds_nothing_back(
    client: httpx.AsyncClient, subscribed: Subscribed, troubled: Troubled, failing: service.Sender, domain: str
) -> None:
    troubled.error = RuntimeError()
    await send_mail(client, subscribed.tenant, domain, AT_ONCE)
    await send_due(failing, subscribed)
    assert {shown["attempts"] for shown in await subscribed.deliveries(client)} == {1}
    health = (await subscribed.shown(client))["health"]
    assert isinstance(health, dict)
    assert (health["failures"], health["next_try_at"]) == (0, None)
