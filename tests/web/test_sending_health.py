"""Sending health on the pages of tenants, agencies and operators, and what each can do there."""

import pytest

from control_plane.core import ids
from control_plane.core.database import Database
from tests.conftest import MakeTenant, Tenant
from tests.web.conftest import MakePerson, Person
from tests.web.measured import appeal, measure

_OWN, _OPERATOR = "/settings/sending-health", "/operator/enforcement"
_CAUSE = "An old list from a trade fair was imported by mistake."
_CHANGED = "The list is deleted, and imports need two people now."


@pytest.fixture
async def ann(make_person: MakePerson, tenant: Tenant) -> Person:
    person = await make_person(tenant)
    await person.sign_in()
    return person


@pytest.fixture
async def olga(make_person: MakePerson, operator: Tenant) -> Person:
    person = await make_person(operator)
    await person.sign_in()
    return person


async def test_without_a_measure_nothing_need_be_done(ann: Person) -> None:
    page = await ann.see(_OWN)
    assert "There is no measure on your mail" in page
    assert "too few to say anything" in page
    assert "Send the appeal" not in page


async def test_a_measure_says_why_and_what_to_do(db: Database, ann: Person, tenant: Tenant) -> None:
    await measure(db, tenant, "paused")
    page = await ann.see(_OWN)
    for words in ("Broadcasts", "Paused", "Too many addresses of a bought list", "then appeal below", "50 messages"):
        assert words in page


async def test_an_appeal_is_made_and_waits(db: Database, ann: Person, tenant: Tenant, olga: Person) -> None:
    await measure(db, tenant, "paused")
    await measure(db, tenant, "paused", "all")
    answer = await ann.submit(f"{_OWN}/appeal", page=_OWN, cause=_CAUSE, changed=_CHANGED)
    assert answer.status_code == 303, "though the account is suspended"
    page = await ann.see(_OWN)
    assert "Waits for an answer" in page
    assert "Send the appeal" not in page
    assert _CHANGED in await olga.see(_OPERATOR)


async def test_an_appeal_of_two_words_is_sent_back(db: Database, ann: Person, tenant: Tenant) -> None:
    await measure(db, tenant, "warned")
    answer = await ann.submit(f"{_OWN}/appeal", page=_OWN, cause="No idea", changed=_CHANGED)
    assert answer.status_code == 422
    assert "Write at least a sentence" in answer.text
    assert _CHANGED in answer.text, "what was typed stays"


@pytest.mark.parametrize(("accept", "shown"), [("yes", "Accepted"), ("no", "Declined")])
async def test_operators_answer_appeals(
    db: Database, ann: Person, tenant: Tenant, olga: Person, accept: str, shown: str
) -> None:
    await measure(db, tenant, "paused")
    appeal_id = await appeal(db, tenant)
    answer = await olga.submit(
        f"{_OPERATOR}/appeals/{appeal_id}", page=_OPERATOR, accept=accept, answer="We looked at your list."
    )
    assert answer.status_code == 303
    page = await ann.see(_OWN)
    assert shown in page
    assert "We looked at your list." in page
    assert ("Warned" in page) == (accept == "yes"), "a probation is left"


async def test_an_answer_that_is_refused_stays_at_its_appeal(
    db: Database, tenant: Tenant, olga: Person, make_tenant: MakeTenant
) -> None:
    other = await make_tenant()
    for each in (tenant, other):
        await measure(db, each, "paused")
    appeal_id, _ = await appeal(db, tenant), await appeal(db, other)
    page = await olga.submit(f"{_OPERATOR}/appeals/{appeal_id}", page=_OPERATOR, accept="no", answer="<b>Too")
    assert page.status_code == 422
    assert page.text.count("&lt;b&gt;Too</textarea>") == 1
    assert f'/appeals/{appeal_id}"' in page.text[: page.text.index("&lt;b&gt;Too")].rpartition("<form")[2]


async def test_an_agency_sees_its_clients(
    db: Database, make_tenant: MakeTenant, make_person: MakePerson, tenant: Tenant
) -> None:
    agency = await make_tenant("agency")
    person = await make_person(agency)
    await person.sign_in()
    made = await person.submit("/agency/clients/new", page="/agency/clients/new", name="Bakery", kind="client")
    client_id = made.headers["location"].partition("?")[0].rpartition("/")[2]
    await measure(db, Tenant(ids.decode("ten", client_id), ""), "throttled")  # type: ignore[arg-type]
    assert f"/agency/clients/{client_id}/sending-health" in await person.see(f"/agency/clients/{client_id}")
    assert "Throttled" in await person.see(f"/agency/clients/{client_id}/sending-health")
    foreign = await person.client.get(f"/agency/clients/{ids.encode('ten', tenant.id)}/sending-health")
    assert foreign.status_code == 404


async def test_operators_choose_a_step_and_trust_an_account(olga: Person, tenant: Tenant) -> None:
    path = f"{_OPERATOR}/{ids.encode('ten', tenant.id)}"
    given = {"stream": "broadcast", "step": "paused", "reason": "Phishing", "days": "30"}
    assert (await olga.submit(f"{path}/steps", page=path, **given)).status_code == 303
    page = await olga.see(path)
    assert "Phishing" in page
    assert "Paused" in await olga.see(_OPERATOR)
    trusted = await olga.submit(f"{path}/exemption", page=path, trust_days="30", trust_reason="Known for years")
    assert trusted.status_code == 303
    page = await olga.see(path)
    assert "An operator trusts this account until" in page
    assert "There is no measure" in page


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"reason": "", "step": "paused"}, "Say why"),
        ({"reason": "Why", "step": "throttled", "stream": "all"}, "An account as a whole is paused or not"),
        ({"reason": "Why", "step": "paused", "days": "many"}, "Write a number of days"),
    ],
)
async def test_a_step_that_makes_no_sense_is_sent_back(
    olga: Person, tenant: Tenant, given: dict[str, str], said: str
) -> None:
    path = f"{_OPERATOR}/{ids.encode('ten', tenant.id)}"
    answer = await olga.submit(f"{path}/steps", page=path, **given)
    assert answer.status_code == 422
    assert said in answer.text
