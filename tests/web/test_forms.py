"""Forms are only taken from our own pages."""

import pytest

from tests.web.conftest import MakePerson, Person

FORMS = ["/sign-in", "/sign-out", "/messages/new", "/domains", "/mailboxes", "/domains/dom_1/check"]


@pytest.mark.parametrize("path", FORMS)
async def test_a_form_without_its_token_is_refused(ann: Person, path: str) -> None:
    answer = await ann.client.post(path, data={"email": ann.email})
    assert answer.status_code == 403
    assert "go back, reload it, and send it again" in answer.text


async def test_the_token_may_come_as_a_header(ann: Person) -> None:
    answer = await ann.client.post("/sign-out", headers={"x-csrf-token": await ann.token("/")})
    assert answer.status_code == 303


async def test_another_persons_token_is_refused(ann: Person, make_person: MakePerson) -> None:
    other = await make_person(ann.tenant)
    await other.sign_in()
    answer = await ann.client.post("/sign-out", data={"_csrf_token": await other.token("/")})
    assert answer.status_code == 403


async def test_a_token_from_before_sign_in_is_refused_afterwards(visitor: Person) -> None:
    early = await visitor.token()
    await visitor.sign_in()
    assert (await visitor.client.post("/sign-out", data={"_csrf_token": early})).status_code == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_a_request_that_the_browser_says_is_foreign_is_refused(ann: Person, site: str) -> None:
    headers = {"sec-fetch-site": site}
    answer = await ann.client.post("/sign-out", data={"_csrf_token": await ann.token("/")}, headers=headers)
    assert answer.status_code == 403
