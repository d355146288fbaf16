"""Whoever mail would be forwarded to is asked, not too often, and has the last word."""

import re
import secrets
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from control_plane.core.clock import FixedClock
from control_plane.core.database import Database
from control_plane.core.ids import TenantId, new_uuid
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from control_plane.inbound_routes import service
from control_plane.inbound_routes.confirmation import GOOD_FOR, Asked, Confirmations
from control_plane.settings import Settings
from tests.conftest import MakeDomain, MakeTenant, Tenant
from tests.control_plane.inbound_routes.conftest import Json, MakeRoute


@pytest.fixture
def home() -> str:
    return f"ann@{secrets.token_hex(6)}.test"


async def link_to(db: Database, email: str) -> str:
    """Give the path of the newest link that was mailed to somebody."""
    async with db.fleet_tx() as tx:
        row = await tx.connection.fetchrow(
            "select notice::text from notices where recipient = $1 order by id desc limit 1", email
        )
    found = re.search(r"/forwarding/[0-9a-v-]+", row["notice"] if row else "")
    assert found, f"nothing was written to {email}"
    return found[0]


async def let_time_pass(db: Database, tenant: Tenant) -> None:
    """Have it be long ago that somebody was asked, but not a day."""
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            await tx.connection.execute(
                "update forward_targets set asked_at = asked_at - interval '1 hour' where tenant_id = $1", tenant.id
            )


async def say(runtime: Runtime, path: str, *, wants: bool) -> None:
    """Answer as who has the link."""
    asked = Confirmations(runtime.settings, runtime.clock).read(path.rpartition("/")[2])
    assert asked is not None
    with acting_for(asked.tenant_id):
        await service.answer(runtime.db, asked, wants=wants)


async def status_of(client: httpx.AsyncClient, tenant: Tenant, route: Json) -> str:
    answer = await client.get(f"/v1/inbound-routes/{route['id']}", headers=tenant.headers)
    return str(answer.json()["target"]["status"])


async def test_its_owner_agrees_and_may_stop_it_again(
    client: httpx.AsyncClient, db: Database, runtime: Runtime, tenant: Tenant, home: str, make_route: MakeRoute
) -> None:
    route = await make_route(action={"type": "forward", "to": home})
    assert route["action"]["to"] == home
    assert route["target"] == {"email": home, "status": "waiting", "note": None}
    path = await link_to(db, home)
    for wants, status in ((True, "confirmed"), (False, "declined")):
        await say(runtime, path, wants=wants)
        assert await status_of(client, tenant, route) == status


async def test_who_declined_is_not_asked_again(
    client: httpx.AsyncClient, db: Database, runtime: Runtime, tenant: Tenant, home: str, make_route: MakeRoute
) -> None:
    route = await make_route(action={"type": "forward", "to": home})
    await say(runtime, await link_to(db, home), wants=False)
    await let_time_pass(db, tenant)
    answer = await client.post(f"/v1/inbound-routes/{route['id']}/ask", headers=tenant.headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "forward_declined")


async def test_an_address_of_ones_own_need_not_be_asked(
    client: httpx.AsyncClient, tenant: Tenant, make_domain: MakeDomain, make_route: MakeRoute
) -> None:
    other = await make_domain(tenant, "other")
    route = await make_route(action={"type": "forward", "to": f"ann@{other}"})
    assert route["target"]["status"] == "confirmed"
    answer = await client.post(f"/v1/inbound-routes/{route['id']}/ask", headers=tenant.headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_ask")


@pytest.mark.parametrize("to", ["anybody", "support+x"])
async def test_mail_is_not_forwarded_to_what_forwards_it(
    client: httpx.AsyncClient, tenant: Tenant, domain: str, make_route: MakeRoute, to: str
) -> None:
    del make_route
    body = {
        "name": "A circle",
        "match": {"type": "domain", "domain": domain},
        "action": {"type": "forward", "to": f"{to}@{domain}"},
    }
    answer = await client.post("/v1/inbound-routes", json=body, headers=tenant.headers)
    assert answer.status_code == 422
    assert "circle" in answer.json()["errors"][0]["message"]


async def test_one_address_in_two_routes_is_asked_once(db: Database, home: str, make_route: MakeRoute) -> None:
    await make_route(action={"type": "forward", "to": home})
    await make_route(action={"type": "forward", "to": home.replace("ann", "ANN")})
    async with db.fleet_tx() as tx:
        written = await tx.connection.fetchval("select count(*) from notices where lower(recipient) = $1", home)
    assert written == 1


async def test_somebody_is_asked_again_after_a_while_and_five_times_in_all(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, home: str, make_route: MakeRoute
) -> None:
    route = await make_route(action={"type": "forward", "to": home})
    path = f"/v1/inbound-routes/{route['id']}/ask"
    at_once = await client.post(path, headers=tenant.headers)
    assert (at_once.status_code, at_once.json()["code"]) == (429, "too_many_forward_questions")
    codes = []
    for _ in range(5):
        await let_time_pass(db, tenant)
        codes.append((await client.post(path, headers=tenant.headers)).status_code)
    assert codes == [202, 202, 202, 202, 429]


async def test_nobody_is_asked_by_many_accounts_in_a_day(
    client: httpx.AsyncClient, make_tenant: MakeTenant, make_domain: MakeDomain, home: str
) -> None:
    codes = []
    for _ in range(4):
        tenant = await make_tenant()
        body = {
            "name": "A route",
            "match": {"type": "domain", "domain": await make_domain(tenant, "many")},
            "action": {"type": "forward", "to": home},
        }
        codes.append((await client.post("/v1/inbound-routes", json=body, headers=tenant.headers)).status_code)
    assert codes == [201, 201, 201, 429]


async def test_the_owners_answer_is_in_the_accounts_log(
    client: httpx.AsyncClient, db: Database, runtime: Runtime, tenant: Tenant, home: str, make_route: MakeRoute
) -> None:
    await make_route(action={"type": "forward", "to": home})
    await say(runtime, await link_to(db, home), wants=True)
    log = (await client.get("/v1/audit-log", headers=tenant.headers)).json()["data"]
    assert log[0]["action"] == "forward-targets.confirm"


def test_a_link_is_good_for_a_week_and_for_what_it_was_made(settings: Settings) -> None:
    clock = FixedClock(datetime(2026, 11, 22, tzinfo=UTC))
    asked = Asked(TenantId(new_uuid()), new_uuid())
    links = Confirmations(settings, clock)
    token = links.path(asked).rpartition("/")[2]
    assert links.read(token) == asked
    for wrong in (token[:-1] + ("0" if token[-1] != "0" else "1"), f"v{token[1:]}", "", "x" * 200):
        assert links.read(wrong) is None
    clock.move(GOOD_FOR - timedelta(seconds=1))
    assert links.read(token) == asked
    clock.move(timedelta(seconds=2))
    assert links.read(token) is None
