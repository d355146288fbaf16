"""Sending by the API, as the other side sees it: names, addresses, headers, files, moments, batches."""

import secrets
from base64 import b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import pytest

from e2e.conftest import Send, Up, events_of, wait_for_event
from e2e.lab.commands import wait_until
from e2e.lab.lab import Lab
from e2e.reading import people, read, text_of
from fleetpost_client import Client, Refused, types

SOON = timedelta(seconds=3)
LATER = timedelta(hours=1)
AT_ONCE = 8
NAMES = ["Ännchen Otter 🦦", 'Bob "the <Builder>" Jr., Esq.', "王小明", "=?utf-8?q?not_encoded?=", "x" * 300]
PIXEL = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489") + secrets.token_bytes(99)

Write = Callable[..., types.NewMessage]


@pytest.fixture
def write(up: Up) -> Write:
    """Write a message of the tenant's."""

    def message(*to: str, **fields: Any) -> types.NewMessage:
        usual: dict[str, Any] = {
            "sender": types.EmailAddress(email=up.mailbox),
            "to": [types.EmailAddress(email=each) for each in to],
            "subject": "Hello",
            "text": "Ahoy\n",
        }
        return types.NewMessage(**(usual | fields))

    return message


def statuses(fleetpost: Client, message_id: str) -> list[str]:
    return [each.status for each in fleetpost.get_message(message_id).recipients]


def paths(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    """Name the fields that a refusal is about."""
    assert refused.value.problem.status == 422
    return [error.path for error in refused.value.problem.errors]


@pytest.mark.parametrize("name", NAMES, ids=["accents", "quotes", "chinese", "looks encoded", "long"])
def test_names_in_any_script_arrive_as_they_were_written(
    lab: Lab, fleetpost: Client, up: Up, write: Write, unique: str, name: str
) -> None:
    recipient, subject = f"bob+{unique}@else.test", f"Für {name[:40]} – ok?"
    both = {
        "sender": types.EmailAddress(email=up.mailbox, name=name),
        "to": [types.EmailAddress(email=recipient, name=name)],
        "reply_to": [types.EmailAddress(email="desk@else.test", name=name)],
    }
    fleetpost.send_message(write(**both, subject=subject))
    (mail,) = lab.outside.wait_for_mail(recipient)
    assert people(mail, "From") == [(name, up.mailbox)]
    assert people(mail, "To") == [(name, recipient)]
    assert people(mail, "Reply-To") == [(name, "desk@else.test")]
    assert read(mail)["Subject"] == subject
    assert mail.verdicts.dkim == "pass"


def test_an_internationalised_address_is_reached_where_servers_know_such(
    lab: Lab, api: httpx.Client, send: Send, unique: str
) -> None:
    recipient = f"bärbel+{unique}@else.test"
    assert wait_for_event(api, send(recipient), "message.delivered", "message.bounced")["type"] == "message.delivered"
    (mail,) = lab.outside.wait_for_mail(recipient)
    assert people(mail, "To") == [("", recipient)]
    assert (mail.verdicts.dkim, mail.verdicts.dmarc) == ("pass", "pass")


def test_where_they_do_not_it_is_said_why_and_nobody_is_suppressed(api: httpx.Client, send: Send, unique: str) -> None:
    recipient = f"bärbel+{unique}@old.test"
    bounced = wait_for_event(api, send(recipient), "message.bounced", "message.deferred", "message.delivered")
    assert (bounced["type"], bounced["dsn"]) == ("message.bounced", "5.6.7")
    assert "SMTPUTF8" in bounced["reply"]
    assert api.get("/v1/suppressions", params={"email": recipient}).json()["data"] == []


def test_names_in_any_script_reach_servers_of_old_too(lab: Lab, fleetpost: Client, write: Write, unique: str) -> None:
    recipient = f"bob+{unique}@old.test"
    fleetpost.send_message(write(to=[types.EmailAddress(email=recipient, name=NAMES[0])], subject=NAMES[2]))
    (mail,) = lab.outside.wait_for_mail(recipient)
    assert people(mail, "To") == [(NAMES[0], recipient)]
    assert mail.raw.isascii()


def test_headers_of_ones_own_arrive_and_ours_cannot_be_set(
    lab: Lab, fleetpost: Client, write: Write, unique: str
) -> None:
    recipient = f"bob+{unique}@else.test"
    headers = {"X-Order": "Grüße, 17", "List-Unsubscribe": "<https://acme.test/leave>", "References": "<a@acme.test>"}
    fleetpost.send_message(write(recipient, headers=headers))
    (mail,) = lab.outside.wait_for_mail(recipient)
    assert {name: read(mail)[name] for name in headers} == headers
    for name in ("Bcc", "from", "DKIM-Signature", "Content-Type", "X-Fleetpost-Stream", "Received"):
        with pytest.raises(Refused) as refused:
            fleetpost.send_message(write(recipient, headers={name: "x"}))
        assert paths(refused) == [f"headers.{name}"]


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\0", "\u2028"], ids=["crlf", "lf", "cr", "nul", "separator"])
def test_no_field_can_smuggle_in_a_header(fleetpost: Client, up: Up, write: Write, end: str) -> None:
    evil = f"Hello{end}Bcc: everybody@else.test"
    tries: list[tuple[dict[str, Any], str]] = [
        ({"subject": evil}, "subject"),
        ({"sender": types.EmailAddress(email=up.mailbox, name=evil)}, "from.name"),
        ({"to": [types.EmailAddress(email="bob@else.test", name=evil)]}, "to[0].name"),
        ({"to": [types.EmailAddress(email=f"bob@else.test{end}DATA")]}, "to[0].email"),
        ({"headers": {"X-Order": evil}}, "headers.X-Order"),
        ({"tags": [evil]}, "tags[0]"),
    ]
    for fields, path in tries:
        with pytest.raises(Refused) as refused:
            fleetpost.send_message(write("bob@else.test", **fields))
        assert paths(refused) == [path]


def test_files_and_pictures_arrive_byte_for_byte(lab: Lab, fleetpost: Client, write: Write, unique: str) -> None:
    recipient = f"bob+{unique}@else.test"
    files = {
        "Rechnung Ä 17.pdf": ("application/pdf", secrets.token_bytes(1_500_000)),
        'a "quoted"; name.txt': ("text/plain", b"From here\n.\n..\nlone \r and NUL \0\n"),
        "empty.bin": ("application/octet-stream", b""),
    }
    attachments = [
        types.NewAttachment(filename=name, content_type=kind, content=b64encode(content).decode())
        for name, (kind, content) in files.items()
    ]
    picture = b64encode(PIXEL).decode()
    pixel = types.NewAttachment(filename="p.png", content_type="image/png", content=picture, content_id="pixel@acme")
    html = '<p>See <b>the picture</b>: <img src="cid:pixel@acme" alt="A pixel"></p>'
    fleetpost.send_message(write(recipient, html=html, text=None, attachments=[*attachments, pixel]))
    (mail,) = lab.outside.wait_for_mail(recipient, seconds=60)
    message = read(mail)
    found = {
        part.get_filename(): (part.get_content_type(), part.get_payload(decode=True))
        for part in message.iter_attachments()
    }
    assert found == files
    (inline,) = [part for part in message.walk() if part["Content-ID"] == "<pixel@acme>"]
    assert inline.get_payload(decode=True) == PIXEL
    assert text_of(message, "html").strip() == html
    assert "the picture" in text_of(message)  # made of the HTML, since there was none
    assert mail.verdicts.dkim == "pass"


def test_what_is_scheduled_goes_in_time_and_is_dated_so(lab: Lab, fleetpost: Client, write: Write, unique: str) -> None:
    recipient, due = f"bob+{unique}@else.test", datetime.now(UTC) + SOON
    accepted = fleetpost.send_message(write(recipient, send_at=due))
    assert accepted.status == "scheduled"
    assert fleetpost.get_message(accepted.id).send_at is not None
    (mail,) = lab.outside.wait_for_mail(recipient)
    arrived = datetime.fromisoformat(mail.at)
    assert due <= arrived <= due + 2 * SOON
    assert parsedate_to_datetime(read(mail)["Date"]) == due.replace(microsecond=0)


def test_what_is_scheduled_can_be_sent_earlier_or_called_back(
    lab: Lab, api: httpx.Client, fleetpost: Client, write: Write, unique: str
) -> None:
    earlier, never = f"earlier+{unique}@else.test", f"never+{unique}@else.test"
    first, second = (
        fleetpost.send_message(write(each, send_at=datetime.now(UTC) + LATER)).id for each in (earlier, never)
    )
    assert [each.status for each in fleetpost.cancel_message(second).recipients] == ["cancelled"]
    moved = fleetpost.reschedule_message(first, types.ScheduleChange(send_at=datetime.now(UTC) + SOON))
    assert moved.send_at is not None
    assert moved.send_at < datetime.now(UTC) + LATER / 2
    fleetpost.reschedule_message(first, types.ScheduleChange(send_at=None))
    wait_for_event(api, first, "message.delivered")
    with pytest.raises(Refused) as refused:
        fleetpost.reschedule_message(second, types.ScheduleChange(send_at=None))
    assert refused.value.problem.code == "message_not_scheduled"
    with pytest.raises(Refused) as refused:
        fleetpost.cancel_message(first)
    assert refused.value.problem.code == "message_on_its_way"
    assert [event["type"] for event in events_of(api, second)] == ["message.scheduled", "message.cancelled"]
    assert not lab.outside.mails(never)


def test_nothing_is_scheduled_further_ahead_than_thirty_days(fleetpost: Client, write: Write) -> None:
    with pytest.raises(Refused) as refused:
        fleetpost.send_message(write("bob@else.test", send_at=datetime.now(UTC) + timedelta(days=31)))
    assert paths(refused) == ["send_at"]


def test_a_key_used_by_many_at_once_sends_once(lab: Lab, up: Up, api: httpx.Client, write: Write, unique: str) -> None:
    recipient = f"bob+{unique}@else.test"

    def submit(_: int) -> str | None:
        with Client(up.api, up.tenant_key) as client:
            try:
                return client.send_message(write(recipient), idempotency_key=unique).id
            except Refused as refused:
                if refused.problem.code != "idempotency_key_in_use":
                    raise
                return None

    with ThreadPoolExecutor(AT_ONCE) as pool:
        ids = set(pool.map(submit, range(AT_ONCE))) - {None}
    (message_id,) = ids
    assert message_id is not None
    wait_for_event(api, message_id, "message.delivered")
    assert len(lab.outside.mails(recipient)) == 1
    assert len(api.get("/v1/messages", params={"recipient": recipient}).json()["data"]) == 1


def test_each_message_of_a_batch_is_taken_or_refused_by_itself(
    lab: Lab, api: httpx.Client, fleetpost: Client, write: Write, unique: str
) -> None:
    people = [f"{number}+{unique}@else.test" for number in range(3)]
    thief = write("bob@else.test", sender=types.EmailAddress(email="boss@bank.test"))
    batch = [write(people[0]), thief, write(people[1]), write("no address"), write(people[2], subject="a\nb")]
    results = fleetpost.send_batch(types.NewBatch(messages=batch), idempotency_key=unique).results
    assert [result.error.status if result.error else result.status for result in results] == [
        "accepted", 422, "accepted", 422, 422,
    ]  # fmt: skip
    assert fleetpost.send_batch(types.NewBatch(messages=batch), idempotency_key=unique).results == results
    for result, person in zip((results[0], results[2]), people[:2], strict=True):
        assert result.id is not None
        wait_for_event(api, result.id, "message.delivered")
        assert len(lab.outside.mails(person)) == 1
    assert not lab.outside.mails(people[2])


def test_everybody_of_a_message_has_a_timeline_of_their_own(fleetpost: Client, write: Write, unique: str) -> None:
    good, bad = f"bob+{unique}@else.test", f"unknown+{unique}@else.test"
    message_id = fleetpost.send_message(write(good, cc=[types.EmailAddress(email=bad)])).id
    final = {"delivered", "bounced"}
    wait_until(lambda: set(statuses(fleetpost, message_id)) <= final, "both are done", seconds=10)
    found = {each.email: (each.kind, each.status) for each in fleetpost.get_message(message_id).recipients}
    assert found == {good: ("to", "delivered"), bad: ("cc", "bounced")}
