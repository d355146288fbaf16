"""Inbound routes and their mail, by hand."""

import re

import pytest

from control_plane.core.database import Database
from control_plane.core.tenancy import acting_for
from tests.conftest import MakeDomain, MakeTenant, Tenant
from tests.control_plane.inbound_routes.mails import Came, held_mail
from tests.web.conftest import MakePerson, Person


@pytest.fixture
async def domain(tenant: Tenant, make_domain: MakeDomain) -> str:
    return await make_domain(tenant)


@pytest.fixture
async def came(db: Database, tenant: Tenant, domain: str) -> Came:
    return await held_mail(db, tenant.id, domain)


async def make(ann: Person, domain: str, name: str = "Everybody") -> None:
    made = await ann.submit("/inbound", page="/inbound", name=name, kind="domain", value=domain, action="hold")
    assert made.status_code == 303, made.text


async def only_route(ann: Person) -> str:
    found = re.search(r"/inbound/rte_\w+", await ann.see("/inbound"))
    assert found
    return found[0]


async def change(db: Database, ann: Person, statement: str, *values: str) -> None:
    with acting_for(ann.tenant.id):
        async with db.tenant_tx() as tx:
            await tx.connection.execute(statement, ann.tenant.id, *values)


async def test_a_route_is_made_and_asked_in_its_order(ann: Person, domain: str) -> None:
    assert "No route yet" in await ann.see("/inbound")
    await make(ann, domain, "First")
    await make(ann, domain, "Second")
    page = await ann.see("/inbound")
    assert f"*@{domain}" in page
    assert page.index("First") < page.index("Second")
    paths = re.findall(r"/inbound/(rte_\w+)/up", page)
    assert (await ann.submit(f"/inbound/{paths[1]}/up", page="/inbound")).status_code == 303
    page = await ann.see("/inbound?done=saved")
    assert page.index("Second") < page.index("First")
    assert (await ann.submit(f"/inbound/{paths[1]}/down", page="/inbound")).status_code == 303
    assert re.findall(r"/inbound/(rte_\w+)/up", await ann.see("/inbound")) == paths


async def test_what_is_wrong_is_said_at_its_field(ann: Person) -> None:
    answer = await ann.submit("/inbound", page="/inbound", name="X", kind="domain", value="else.test", action="hold")
    assert answer.status_code == 422
    assert 'id="value-error"' in answer.text
    assert 'value="else.test"' in answer.text


async def test_it_is_explained_what_would_happen(ann: Person, domain: str) -> None:
    await make(ann, domain)
    assert "The route Everybody is the first that fits." in await ann.see(f"/inbound?recipient=bob@{domain}")
    assert "not at a proven domain" in await ann.see("/inbound?recipient=bob@else.test")
    assert 'id="recipient-error"' in await ann.see("/inbound?recipient=nobody")


async def test_a_route_is_changed_switched_off_and_deleted(ann: Person, domain: str) -> None:
    await make(ann, domain)
    found = re.search(r"/inbound/rte_\w+", await ann.see("/inbound"))
    assert found
    path = found[0]
    fields = {"name": "Nobody", "kind": "header", "header": "Subject", "pattern": "*spam*", "action": "drop"}
    assert (await ann.submit(path, page=path, **fields)).status_code == 303
    page = await ann.see(path)
    assert "subject: *spam*" in page
    assert (await ann.submit(f"{path}/switch", page=path)).status_code == 303
    assert "Switch it on" in await ann.see(path)
    assert (await ann.submit(f"{path}/delete", page=path)).status_code == 303
    assert (await ann.client.get(path)).status_code == 404


async def test_a_route_whose_webhook_is_off_keeps_it_and_can_be_renamed(ann: Person, db: Database, domain: str) -> None:
    made = await ann.submit("/webhooks", page="/webhooks", url="http://127.0.0.1:9/in", events="message.received")
    webhook = re.search(r"whk_\w+", made.text)
    assert webhook
    fields = {"kind": "domain", "value": domain, "action": "webhook", "webhook_id": webhook[0]}
    await ann.submit("/inbound", page="/inbound", name="First", **fields)
    path = await only_route(ann)
    await change(db, ann, "update webhooks set status = 'disabled' where tenant_id = $1")
    assert f'<option value="{webhook[0]}" selected>http://127.0.0.1:9/in</option>' in await ann.see(path)
    assert (await ann.submit(path, page=path, name="Second", **fields)).status_code == 303
    await change(db, ann, "delete from webhooks where tenant_id = $1")
    page = await ann.see(path)
    assert "Second" in page
    assert f'<option value="{webhook[0]}" selected>' in page


async def test_a_route_whose_mailbox_is_not_among_those_listed_keeps_it_and_can_be_renamed(
    ann: Person, db: Database, domain: str
) -> None:
    await make(ann, domain)
    path, mailbox = await only_route(ann), f"bob@{domain}"
    await change(
        db,
        ann,
        "update inbound_routes set action_type = 'mailbox', mailbox = $2 where tenant_id = $1",
        mailbox,
    )
    assert f'<option value="{mailbox}" selected>' in await ann.see(path)
    fields = {"kind": "domain", "value": domain, "action": "mailbox", "mailbox": mailbox}
    assert (await ann.submit(path, page=path, name="Bob's", **fields)).status_code == 303
    page = await ann.see(path)
    assert "Bob's" in page
    assert f'<option value="{mailbox}" selected>' in page


async def test_a_test_leads_to_its_message(ann: Person, domain: str) -> None:
    await make(ann, domain)
    found = re.search(r"/inbound/rte_\w+", await ann.see("/inbound"))
    assert found
    sent = await ann.submit(f"{found[0]}/test", page=found[0])
    assert sent.status_code == 303
    assert "A test of an inbound route" in await ann.see(sent.headers["location"])


async def test_a_mail_is_shown_without_what_could_do_harm(ann: Person, came: Came) -> None:
    assert "Where is my order?" in await ann.see("/inbound/mails?status=held")
    answer = await ann.client.get(f"/inbound/mails/{came.message_id}")
    assert "&lt;b&gt;not&lt;/b&gt;" in answer.text
    assert "<script>alert" not in answer.text
    assert 'sandbox=""' in answer.text
    assert "DKIM fail" in answer.text
    found = re.search(r'href="http://fleetpost.test(/inbound-files/[^"]+)" download>bill.pdf', answer.text)
    assert found
    assert (await ann.client.get(found[1])).content == b"%PDF-1.4"


async def test_a_held_mail_is_released_or_thrown_away(ann: Person, came: Came) -> None:
    path = f"/inbound/mails/{came.message_id}"
    refused = await ann.submit(f"{path}/release", page=path, webhook_id="")
    assert refused.status_code == 409
    made = await ann.submit("/webhooks", page="/webhooks", url="http://127.0.0.1:9/in", events="message.received")
    webhook = re.search(r"whk_\w+", made.text)
    assert webhook
    assert (await ann.submit(f"{path}/release", page=path, webhook_id=webhook[0])).status_code == 303
    assert "Released" in await ann.see(path)
    assert (await ann.submit(f"{path}/purge", page=path)).status_code == 303
    assert "It is not kept any more" in await ann.see(path)


async def test_others_see_none_of_it(ann: Person, came: Came, make_tenant: MakeTenant, make_person: MakePerson) -> None:
    stranger = await make_person(await make_tenant())
    await stranger.sign_in()
    for path in (f"/inbound/{came.route_id}", f"/inbound/mails/{came.message_id}"):
        assert (await stranger.client.get(path)).status_code == 404
        assert (await ann.client.get(path)).status_code == 200
