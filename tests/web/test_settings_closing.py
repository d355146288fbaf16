"""The page to leave by, and to come back."""

from html import unescape

import pytest

from control_plane.accounts.schemas import Role
from tests.conftest import Tenant
from tests.web.conftest import MakePerson, Person

PATH = "/settings/closing"


async def name_of(person: Person) -> str:
    """Read the account's name where the page asks for it."""
    return (await person.see(PATH)).partition("Type “")[2].partition("”")[0]


async def test_an_account_is_closed_by_its_name_and_reopened(ann: Person) -> None:
    refused = await ann.submit(PATH, page=PATH, name="something else")
    assert refused.status_code == 422
    assert 'value="something else"' in refused.text
    assert "exactly as it stands above" in unescape(refused.text)
    closed = await ann.submit(PATH, page=PATH, name=await name_of(ann))
    assert closed.headers["location"] == PATH
    assert "This account is closed" in await ann.see(PATH)
    reopened = await ann.submit(f"{PATH}/reopen", page=PATH)
    assert reopened.headers["location"] == f"{PATH}?done=reopened"
    assert "Close the account" in await ann.see(PATH)


async def test_the_export_is_a_file(ann: Person) -> None:
    answer = await ann.client.get(f"{PATH}/export")
    assert "attachment" in answer.headers["content-disposition"]
    assert ann.email in answer.text


@pytest.mark.parametrize("role", ["admin", "billing", "support"])
async def test_only_owners_leave_or_take_everything_along(tenant: Tenant, make_person: MakePerson, role: Role) -> None:
    person = await make_person(tenant, role=role)
    await person.sign_in()
    assert "Only an owner" in await person.see(PATH)
    assert (await person.client.get(f"{PATH}/export")).status_code == 403
    for path in (PATH, f"{PATH}/reopen"):
        assert (await person.submit(path, page=PATH, name="x")).status_code == 403


async def test_the_operators_account_cannot_be_closed(operator: Tenant, make_person: MakePerson) -> None:
    person = await make_person(operator)
    await person.sign_in()
    assert "it cannot be closed" in await person.see(PATH)
