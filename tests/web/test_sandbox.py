"""What goes nowhere is marked as such, and the addresses to try a program with are where keys are made."""

import httpx

from tests.conftest import MakeDomain
from tests.web.conftest import Person, SendMessage

_KEYS = "/settings/api-keys"
_SIMULATOR = "simulator.fleetpost.test"
_BADGE = ">Sandbox</span>"


async def test_a_test_key_is_made_by_the_form_and_marked(ann: Person) -> None:
    made = await ann.submit(f"{_KEYS}/new", page=f"{_KEYS}/new", name="Tests", preset="send", days="30", mode="test")
    assert "fp_test_" in made.text
    assert "This is a test key" in made.text
    assert f"bounce+550@{_SIMULATOR}" in made.text
    assert ">Test key</span>" in await ann.see(_KEYS)


async def test_an_odd_mode_is_refused(ann: Person) -> None:
    fields = {"name": "Tests", "preset": "send", "days": "30", "mode": "free"}
    assert (await ann.submit(f"{_KEYS}/new", page=f"{_KEYS}/new", **fields)).status_code == 422


async def test_the_addresses_to_try_with_are_listed_where_keys_are(ann: Person) -> None:
    listed = await ann.see(_KEYS)
    assert f"complain@{_SIMULATOR}" in listed
    assert "reports it as spam" in listed


async def test_a_message_that_goes_nowhere_is_marked_in_list_and_timeline(
    ann: Person, domain: str, send_message: SendMessage
) -> None:
    live = await send_message(ann.tenant, domain, subject="For real")
    played = await send_message(ann.tenant, domain, to=f"delivered@{_SIMULATOR}", subject="Only played")
    assert _BADGE in await ann.see("/messages")
    assert _BADGE in await ann.see(f"/messages/{played}")
    assert _BADGE not in await ann.see(f"/messages/{live}")
    narrowed = await ann.see("/messages?status=sandbox")
    assert "Only played" in narrowed
    assert "For real" not in narrowed


async def test_while_it_waits_nobody_says_that_no_way_out_is_there(
    ann: Person, domain: str, send_message: SendMessage
) -> None:
    played = await send_message(ann.tenant, domain, to=f"delivered@{_SIMULATOR}")
    assert "No sending address is ready" not in await ann.see(f"/messages/{played}")


async def test_a_message_of_a_test_key_is_sent_again_to_nobody_from_its_page(
    client: httpx.AsyncClient, ann: Person, make_domain: MakeDomain
) -> None:
    domain = await make_domain(ann.tenant, "shop")
    key = await client.post(
        "/v1/api-keys",
        json={"name": "tests", "scopes": ["messages:write"], "mode": "test"},
        headers=ann.tenant.headers,
    )
    body = {"from": {"email": f"ann@{domain}"}, "to": [{"email": "bob@else.test"}], "text": "Hi"}
    sent = await client.post("/v1/messages", json=body, headers={"Authorization": f"Bearer {key.json()['secret']}"})
    page = f"/messages/{sent.json()['id']}"
    assert (await ann.submit(f"{page}/resend", page=page)).status_code == 303
    listed = (await client.get("/v1/messages", headers=ann.tenant.headers)).json()["data"]
    assert [each["sandbox"] for each in listed] == [True, True]
