"""Messages that are made from a template."""

import httpx

from control_plane.core.database import Database
from tests.conftest import Tenant
from tests.control_plane.messages.messages import message
from tests.control_plane.messages.stored import statuses

ANY = {"subject": "Hello {{ name }}", "html": "<p>Hello <b>{{ name }}</b></p>"}


async def template(client: httpx.AsyncClient, tenant: Tenant, **content: str) -> str:
    made = await client.post("/v1/templates", json={"name": "Greeting"} | content, headers=tenant.headers)
    assert made.status_code == 201, made.text
    template_id: str = made.json()["id"]
    published = await client.post(f"/v1/templates/{template_id}/publish", json={"version": 1}, headers=tenant.headers)
    assert published.status_code in (200, 201), published.text
    return template_id


def using(template_id: str, domain: str, **changes: object) -> dict[str, object]:
    new = message(domain, template={"id": template_id, "data": {"name": "Bob & Co"}}, **changes)
    return {name: value for name, value in new.items() if value is not None}


async def raw(client: httpx.AsyncClient, tenant: Tenant, message_id: str) -> str:
    return (await client.get(f"/v1/messages/{message_id}/raw", headers=tenant.headers)).text


async def test_it_says_what_the_template_says(client: httpx.AsyncClient, tenant: Tenant, domain: str) -> None:
    template_id = await template(client, tenant, **ANY)
    new = using(template_id, domain, subject=None, text=None)
    sent = await client.post("/v1/messages", json=new, headers=tenant.headers)
    assert sent.status_code == 202, sent.text
    shown = (await client.get(f"/v1/messages/{sent.json()['id']}", headers=tenant.headers)).json()
    assert shown["subject"] == "Hello Bob & Co"
    written = await raw(client, tenant, sent.json()["id"])
    assert "<p>Hello <b>Bob &amp; Co</b></p>" in written
    assert "\r\n\r\nHello Bob & Co" in written, "its text is made from its HTML"


async def test_what_the_message_says_itself_wins(client: httpx.AsyncClient, tenant: Tenant, domain: str) -> None:
    template_id = await template(client, tenant, **ANY)
    new = using(template_id, domain, subject="Mine", text="My own words")
    sent = await client.post("/v1/messages", json=new, headers=tenant.headers)
    written = await raw(client, tenant, sent.json()["id"])
    assert "Subject: Mine" in written
    assert "My own words" in written
    assert "<b>Bob &amp; Co</b>" in written


async def test_of_a_batch_those_are_accepted_whose_template_can_be_filled_in(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, stranger: Tenant, domain: str
) -> None:
    mine, theirs = [await template(client, each, **ANY) for each in (tenant, stranger)]
    batch = [using(each, domain) for each in (mine, theirs, "tpl_x", mine)]
    answer = await client.post("/v1/messages/batch", json={"messages": batch}, headers=tenant.headers)
    results = answer.json()["results"]
    assert [each.get("status") for each in results] == ["accepted", None, None, "accepted"]
    assert {results[number]["error"]["errors"][0]["path"] for number in (1, 2)} == {"template.id"}
    assert await statuses(db, tenant) == ["accepted", "accepted"]
