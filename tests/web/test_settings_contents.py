"""The page on how long it is kept what messages said."""

import pytest

from tests.conftest import Tenant
from tests.web.conftest import MakePerson, Person

PATH = "/settings/contents"


async def test_it_is_seven_days_until_somebody_chooses(ann: Person) -> None:
    assert 'value="7"' in await ann.see(PATH)
    assert (await ann.submit(PATH, page=PATH, content_days="30")).status_code == 303
    assert 'value="30"' in await ann.see(PATH)


@pytest.mark.parametrize("wrong", ["", "46", "-1", "x", "٣", "9" * 5000])
async def test_what_is_no_number_of_days_is_refused(ann: Person, wrong: str) -> None:
    refused = await ann.submit(PATH, page=PATH, content_days=wrong)
    assert refused.status_code == 422
    assert "from 0 to 45" in refused.text


async def test_who_may_only_read_sees_it(tenant: Tenant, make_person: MakePerson) -> None:
    reader = await make_person(tenant, role="support")
    await reader.sign_in()
    page = await reader.see(PATH)
    assert "kept for 7 days" in page
    assert "<input id=" not in page
