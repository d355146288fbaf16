"""What happened to a message: found by whatever is known of it, seen as it was sent, sent again, exported."""

import csv
import io
from typing import Any

import httpx
import msgspec
import pytest

from e2e.conftest import Up, wait_for_event
from e2e.lab.commands import wait_until
from e2e.lab.lab import Lab
from e2e.reading import parsed, read
from fleetpost_client import Client, Refused, types

SECONDS = 10.0
OURS = {"dkim-signature", "received"}
"""What is added on the way."""


class Sent(msgspec.Struct, frozen=True):
    """A message to one who is there and one who is not, both done."""

    id: str
    good: str
    bad: str
    word: str
    queue_id: str
    delivery_id: str


@pytest.fixture
def sent(api: httpx.Client, fleetpost: Client, up: Up, unique: str) -> Sent:
    good, bad, word = f"bob-{unique}@else.test", f"unknown+{unique}@else.test", f"Rechnung{unique}"
    new = types.NewMessage(
        sender=types.EmailAddress(email=up.mailbox, name="Ann"),
        to=[types.EmailAddress(email=good), types.EmailAddress(email=bad)],
        subject=f"Ihre {word} für November",
        text="Schöne Grüße\n",
        html="<p>Schöne Grüße</p>",
        tags=[f"tag-{unique}"],
        metadata={"order": unique},
        headers={"X-Order": unique},
    )
    message_id = fleetpost.send_message(new).id
    final = {"delivered", "bounced"}

    def done() -> types.Message | None:
        message = fleetpost.get_message(message_id)
        return message if {each.status for each in message.recipients} <= final else None

    message = wait_until(done, "both recipients are done", seconds=SECONDS)
    of_good = next(each for each in message.recipients if each.email == good)
    queue_id = next(event.queue_id for event in of_good.events if event.queue_id)
    return Sent(message_id, good, bad, word, queue_id, of_good.delivery_id)


def test_a_message_is_found_by_whatever_is_known_of_it(
    lab: Lab, api: httpx.Client, up: Up, sent: Sent, unique: str
) -> None:
    (mail,) = lab.outside.wait_for_mail(sent.good)
    known = [
        {"recipient": sent.good},
        {"recipient": sent.bad.upper(), "status": "bounced"},
        {"from": up.mailbox, "subject": sent.word},
        {"subject": f"november {sent.word.lower()}"},
        {"tag": f"tag-{unique}"},
        {"metadata": f"order:{unique}"},
        {"tag": f"tag-{unique}", "reply": "does not exist"},
        {"query": sent.id},
        {"query": sent.delivery_id},
        {"query": sent.queue_id},
        {"query": read(mail)["Message-ID"]},
        {"query": sent.good},
        {"query": f'"{sent.word}" to:{sent.good} after:1d'},
        {"query": f'reply:"email account that you tried to reach" tag:tag-{unique}'},
    ]
    for asked in known:
        assert [each["id"] for each in found(api, asked)] == [sent.id], asked
    unknown = [
        {"recipient": f"nobody-{unique}@else.test"},
        {"tag": f"tag-{unique}", "status": "complained"},
        {"query": f"{sent.word} before:2020-01-01"},
        {"query": f"{sent.word} stream:broadcast"},
    ]
    for asked in unknown:
        assert found(api, asked) == [], asked


def found(api: httpx.Client, asked: dict[str, str]) -> list[dict[str, Any]]:
    """Ask through to the last page."""
    rows: list[dict[str, Any]] = []
    after: str | None = None
    while True:
        page = api.get("/v1/messages", params=asked | ({"after": after} if after else {})).raise_for_status().json()
        rows += page["data"]
        after = page["next"]
        if after is None:
            return rows


def test_what_is_seen_of_a_message_is_what_arrived(lab: Lab, fleetpost: Client, sent: Sent) -> None:
    raw = fleetpost.get_raw_message(sent.id)
    (mail,) = lab.outside.wait_for_mail(sent.good)
    assert raw.partition(b"\r\n\r\n")[2] == mail.raw.partition(b"\r\n\r\n")[2]
    ours, theirs = parsed(raw), read(mail)
    assert list(ours.items()) == [each for each in theirs.items() if each[0].lower() not in OURS]


def test_a_message_is_sent_again_to_whom_one_chooses(
    lab: Lab, api: httpx.Client, fleetpost: Client, sent: Sent, unique: str
) -> None:
    again = fleetpost.resend_message(sent.id, types.Resend(recipients=[sent.good]))
    assert again.id != sent.id
    assert [each.email for each in again.recipients] == [sent.good]
    wait_for_event(api, again.id, "message.delivered")
    first, second = lab.outside.wait_for_mail(sent.good, count=2)
    assert second.raw.partition(b"\r\n\r\n")[2] == first.raw.partition(b"\r\n\r\n")[2].replace(
        sent.id.encode(), again.id.encode()
    )
    assert read(second)["Message-ID"] != read(first)["Message-ID"]
    assert read(second)["X-Order"] == unique
    assert len(found(api, {"tag": f"tag-{unique}"})) == 2
    with pytest.raises(Refused) as refused:
        fleetpost.resend_message(sent.id, types.Resend(recipients=["stranger@else.test"]))
    assert refused.value.problem.status == 422


def test_what_bounced_is_not_sent_again_before_somebody_says_why(
    lab: Lab, api: httpx.Client, fleetpost: Client, sent: Sent
) -> None:
    def suppressed() -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = api.get("/v1/suppressions", params={"email": sent.bad}).json()["data"]
        return rows

    wait_until(suppressed, "who does not exist is suppressed", seconds=SECONDS)
    again = fleetpost.resend_message(sent.id, types.Resend(recipients=[sent.bad]))
    assert [each.status for each in again.recipients] == ["suppressed"]
    assert not lab.outside.mails(sent.bad)


def test_a_search_is_exported_with_a_line_for_each_recipient(fleetpost: Client, sent: Sent, unique: str) -> None:
    text = fleetpost.export_messages(query=f"tag:tag-{unique}").decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {(row["id"], row["to"], row["status"]) for row in rows} == {
        (sent.id, sent.good, "delivered"),
        (sent.id, sent.bad, "bounced"),
    }
    assert {row["subject"] for row in rows} == {f"Ihre {sent.word} für November"}


def test_what_is_not_understood_is_said_where_it_stands(api: httpx.Client) -> None:
    for query in ("colour:blue", "after:soon", "status:lost"):
        answer = api.get("/v1/messages", params={"query": query})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["path"] == "query"
