"""An agency adds a client, sees how it does, and decides about it."""

import re

import httpx

from control_plane.core import ids
from control_plane.core.database import Database
from tests.conftest import MakeTenant, Tenant
from tests.control_plane.agencies.many import add_client
from tests.web.conftest import MakePerson, Person


async def director(make_tenant: MakeTenant, make_person: MakePerson) -> Person:
    """Somebody who runs an agency and has signed in."""
    person = await make_person(await make_tenant("agency"))
    await person.sign_in()
    return person


async def added(ann: Person, **fields: str) -> str:
    """Add a client by the form; gives its page."""
    answer = await ann.submit("/agency/clients/new", page="/agency/clients/new", name="Bakery Ltd", **fields)
    assert answer.status_code == 303, answer.text[-3000:]
    return answer.headers["location"].partition("?")[0]


async def test_a_client_is_added_and_shown(make_tenant: MakeTenant, make_person: MakePerson) -> None:
    ann = await director(make_tenant, make_person)
    page = await added(ann, domains="3", storage_bytes="2", messages_month="unlimited")
    shown = await ann.see(page)
    for words in ("Bakery Ltd", "Setting up", "Act for this client", 'value="unlimited"'):
        assert words in shown, words
    assert re.search(r'name="storage_bytes"[^>]*\s+value="2"', shown)
    assert "Bakery Ltd" in await ann.see("/agency")


async def test_what_was_typed_stays_when_it_is_refused(make_tenant: MakeTenant, make_person: MakePerson) -> None:
    ann = await director(make_tenant, make_person)
    for wrong in ({"domains": "many"}, {"parent_id": "ten_x"}, {"plan_id": "\N{PILE OF POO}"}, {"mailboxes": "9" * 30}):
        answer = await ann.submit("/agency/clients/new", page="/agency/clients/new", name="Bakery Ltd", **wrong)
        assert 400 <= answer.status_code < 500, wrong
        assert "Bakery Ltd" in answer.text, wrong


async def test_a_client_is_changed_suspended_and_resumed(make_tenant: MakeTenant, make_person: MakePerson) -> None:
    ann = await director(make_tenant, make_person)
    page = await added(ann)
    assert (await ann.submit(page, name="Bakery and Sons", domains="5")).status_code == 303
    assert (await ann.submit(f"{page}/suspend", reason="Invoice 7 is open.")).status_code == 303
    shown = await ann.see(page)
    assert "Bakery and Sons" in shown
    assert "Suspended" in shown
    assert "Invoice 7 is open." in shown
    assert (await ann.submit(f"{page}/resume")).status_code == 303
    assert "Invoice 7" not in await ann.see(page)


async def test_a_client_is_closed_by_its_name_only(make_tenant: MakeTenant, make_person: MakePerson) -> None:
    ann = await director(make_tenant, make_person)
    page = await added(ann)
    refused = await ann.submit(f"{page}/close", confirmation="bakery")
    assert (refused.status_code, "Nothing was closed" in refused.text) == (422, True)
    assert (await ann.submit(f"{page}/close", confirmation="Bakery Ltd")).status_code == 303
    assert "It was closed." in await ann.see(page)
    assert (await ann.submit(f"{page}/reopen")).status_code == 303


async def test_others_clients_are_not_there(
    db: Database, make_tenant: MakeTenant, make_person: MakePerson, stranger: Tenant
) -> None:
    ann, other = await director(make_tenant, make_person), await make_tenant("agency")
    await add_client(db, other, stranger)
    page = f"/agency/clients/{ids.encode('ten', stranger.id)}"
    for path in (
        page,
        "/agency/clients/ten_x",
        "/agency/clients/%00",
        f"/agency/clients/{ids.encode('ten', ann.tenant.id)}",
    ):
        assert (await ann.client.get(path)).status_code == 404, path
    for act in ("", "/suspend", "/resume", "/close", "/reopen", "/move"):
        assert (await ann.submit(page + act, name="x", confirmation="x")).status_code == 404, act


async def test_saving_changes_nothing_that_was_not_typed(
    client: httpx.AsyncClient, make_tenant: MakeTenant, make_person: MakePerson
) -> None:
    operator = await make_tenant("operator", ("fleet:*", "*"))
    olga = await make_person(operator)
    await olga.sign_in()
    agency = (await client.post("/v1/clients", json={"name": "N", "kind": "agency"}, headers=operator.headers)).json()
    acting = operator.headers | {"Fleetpost-Tenant": agency["id"]}
    plan = (await client.post("/v1/plans", json={"name": "Small"}, headers=acting)).json()
    body = {"name": "Bakery", "plan_id": plan["id"], "limits": {"storage_bytes": 500_000_000}}
    made = (await client.post("/v1/clients", json=body, headers=acting)).json()
    page = f"/agency/clients/{made['id']}"
    shown = await olga.see(page)
    assert f'<option value="{plan["id"]}" selected>' in shown, "though the operator does not offer it"
    assert 'href="/operator/tenants"' in shown
    answer = await olga.submit(page, page=page, name="Bakery", plan_id=plan["id"], storage_bytes="0.5")
    assert answer.status_code == 303
    now = (await client.get(f"/v1/clients/{made['id']}", headers=operator.headers)).json()
    assert (now["plan_id"], now["limits"]) == (plan["id"], {"storage_bytes": 500_000_000})
