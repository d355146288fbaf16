"""Webhooks, made and ended by hand."""

import re

from tests.conftest import MakeTenant
from tests.web.conftest import MakePerson, Person

ADDRESS = "http://127.0.0.1:9/hook"


async def make(ann: Person, **fields: str) -> str:
    answer = await ann.submit("/webhooks", page="/webhooks", url=ADDRESS, **fields)
    assert answer.status_code == 200
    found = re.search(r"/webhooks/whk_\w+", answer.text)
    assert found
    return found[0]


async def test_the_secret_is_shown_once(ann: Person) -> None:
    answer = await ann.submit("/webhooks", page="/webhooks", url=ADDRESS, events="message.bounced")
    secret = re.search(r"whsec_[\w+/=]+", answer.text)
    assert secret
    found = re.search(r"/webhooks/whk_\w+", answer.text)
    assert found
    page = await ann.see(found[0])
    assert "message.bounced" in page
    assert secret[0] not in page
    assert ADDRESS in await ann.see("/webhooks")


async def test_an_address_that_must_not_be_reached_is_refused_at_its_field(ann: Person) -> None:
    answer = await ann.submit("/webhooks", page="/webhooks", url="https://10.0.0.1/hook", events="message.bounced")
    assert answer.status_code == 422
    assert 'id="url-error"' in answer.text
    assert 'value="https://10.0.0.1/hook"' in answer.text
    assert re.search(r'value="message.bounced"[^>]*checked', answer.text)


async def test_a_webhook_is_deleted(ann: Person) -> None:
    path = await make(ann)
    assert (await ann.submit(f"{path}/delete", page=path)).status_code == 303
    assert (await ann.client.get(path)).status_code == 404
    assert "No webhook yet" in await ann.see("/webhooks?done=deleted")


async def test_others_neither_see_nor_end_it(ann: Person, make_tenant: MakeTenant, make_person: MakePerson) -> None:
    path = await make(ann)
    stranger = await make_person(await make_tenant())
    await stranger.sign_in()
    assert (await stranger.client.get(path)).status_code == 404
    assert (await stranger.submit(f"{path}/delete")).status_code == 404
    assert ADDRESS in await ann.see(path)
