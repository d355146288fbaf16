"""A message can be called back and sent again from its page, and read as it was sent."""

from control_plane.core.database import Database
from tests.conftest import Tenant
from tests.web.conftest import MakePerson, Person, SendMessage


async def test_what_has_not_left_is_called_back(ann: Person, domain: str, send_message: SendMessage) -> None:
    path = f"/messages/{await send_message(ann.tenant, domain)}"
    assert "Call it back" in await ann.see(path)
    answer = await ann.submit(f"{path}/cancel", page=path)
    assert answer.headers["location"] == f"{path}?done=cancelled"
    page = await ann.see(answer.headers["location"])
    assert "It is called back" in page
    assert "Call it back" not in page


async def test_it_is_sent_again_as_a_message_of_its_own(ann: Person, domain: str, send_message: SendMessage) -> None:
    path = f"/messages/{await send_message(ann.tenant, domain, subject='Once more')}"
    answer = await ann.submit(f"{path}/resend", page=path)
    assert answer.status_code == 303
    again = answer.headers["location"]
    assert not again.startswith(path)
    assert "Once more" in await ann.see(again)


async def test_it_is_read_as_it_was_sent(ann: Person, domain: str, send_message: SendMessage) -> None:
    message_id = await send_message(ann.tenant, domain, subject="Hello")
    answer = await ann.client.get(f"/messages/{message_id}/raw")
    assert answer.headers["content-type"].startswith("message/rfc822")
    assert f'filename="{message_id}.eml"' in answer.headers["content-disposition"]
    assert "Subject: Hello" in answer.text
    assert (await ann.client.get("/messages/msg_x/raw")).status_code == 404


async def test_who_only_reads_is_offered_nothing_else(
    db: Database, tenant: Tenant, domain: str, make_person: MakePerson, send_message: SendMessage
) -> None:
    reader = await make_person(tenant, role="support")
    await reader.sign_in()
    path = f"/messages/{await send_message(tenant, domain)}"
    page = await reader.see(path)
    assert "Call it back" not in page
    assert "As it was sent" in page
    assert (await reader.submit(f"{path}/cancel", page=path)).status_code == 403
