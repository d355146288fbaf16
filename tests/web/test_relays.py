"""The pages of relays, a tenant's and the operator's."""

import re

from control_plane.core.database import Database
from tests.conftest import MakeTenant, Tenant
from tests.web.conftest import MakePerson, Person

_GIVEN = {"kind": "sendgrid", "name": "Other way", "username": "apikey", "password": "SG.x", "host": ""}


async def add(person: Person, path: str = "/settings/relays", **changes: str) -> str:
    """Add a relay; gives its address."""
    answer = await person.submit(f"{path}/new", page=f"{path}/new?kind=sendgrid", **_GIVEN | changes)
    found = re.search(rf"{path}/rly_\w+", answer.text)
    assert found, answer.text
    return found[0]


async def signed_in(make_person: MakePerson, tenant: Tenant) -> Person:
    person = await make_person(tenant)
    assert (await person.sign_in()).status_code == 303
    return person


async def test_a_provider_is_chosen_and_fills_in_what_is_known(make_person: MakePerson, tenant: Tenant) -> None:
    person = await signed_in(make_person, tenant)
    kinds = await person.see("/settings/relays/new")
    assert all(f"?kind={kind}" in kinds for kind in ("ses", "sendgrid", "mailgun", "smtp2go", "postmark", "smtp"))
    form = await person.see("/settings/relays/new?kind=ses")
    assert "email-smtp.eu-west-1.amazonaws.com" in form
    assert "smtp.sendgrid.net" in await person.see("/settings/relays/new?kind=sendgrid")


async def test_a_new_relay_shows_the_address_for_its_events_once(make_person: MakePerson, tenant: Tenant) -> None:
    person = await signed_in(make_person, tenant)
    answer = await person.submit("/settings/relays/new", page="/settings/relays/new?kind=postmark",
                                 **_GIVEN | {"kind": "postmark", "username": "u"})  # fmt: skip
    assert "/events/" in answer.text
    path = await add(person)
    shown = await person.see(path)
    assert "/events/" not in shown
    assert "SG.x" not in shown
    assert "Other way" in await person.see("/settings/relays")


async def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(
    make_person: MakePerson, tenant: Tenant
) -> None:
    person = await signed_in(make_person, tenant)
    answer = await person.submit(
        "/settings/relays/new", page="/settings/relays/new?kind=smtp",
        kind="smtp", name="Mine", host="127.0.0.1", username="me", password="x", weight="many", domains="a.test",
    )  # fmt: skip
    assert answer.status_code == 422
    assert 'id="weight-error"' in answer.text
    assert 'value="127.0.0.1"' in answer.text


async def test_a_relay_is_paused_tested_changed_and_deleted(make_person: MakePerson, tenant: Tenant) -> None:
    person = await signed_in(make_person, tenant)
    path = await add(person)
    await person.submit(f"{path}/test", page=path)
    await person.submit(f"{path}/pause", page=path)
    assert "Paused" in await person.see(path)
    await person.submit(f"{path}/pause", page=path)
    changed = _GIVEN | {"name": "Better", "password": "", "mode": "fallback", "host": "smtp.sendgrid.net"}
    await person.submit(path, page=path, **changed)
    shown = await person.see(path)
    assert "Better" in shown
    assert "Stands by" in shown
    renewed = await person.submit(f"{path}/events-address", page=path)
    assert "/events/" in renewed.text
    await person.submit(f"{path}/delete", page=path)
    assert "No relay yet" in await person.see("/settings/relays")


async def test_relays_for_all_are_the_operators_pages_alone(
    make_person: MakePerson, make_tenant: MakeTenant, tenant: Tenant, db: Database
) -> None:
    operator = await signed_in(make_person, await make_tenant("operator"))
    path = await add(operator, "/operator/relays")
    assert path in await operator.see("/operator/relays")
    assert path.rpartition("/")[2] not in await operator.see("/settings/relays")
    stranger = await signed_in(make_person, tenant)
    for closed in ("/operator/relays", "/operator/relays/new", path):
        assert (await stranger.client.get(closed)).status_code == 403
    assert (await stranger.client.get(path.replace("operator", "settings"))).status_code == 404
