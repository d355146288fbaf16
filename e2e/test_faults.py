"""What is killed or away loses nothing and doubles nothing."""

import imaplib
from collections import Counter

import httpx
import pytest

from e2e.conftest import Send, Up, events_of, wait_for_event
from e2e.lab.commands import wait_until
from e2e.lab.lab import Lab
from e2e.lab.outside.sender import Letter
from e2e.test_mailbox_journey import imap

BATCH = 200
SECONDS = 60.0


def batch_of(up: Up, unique: str, count: int) -> dict[str, list[dict[str, object]]]:
    """Write one message to each of so many people."""
    people = [f"p{number}+{unique}@else.test" for number in range(count)]
    return {
        "messages": [
            {"from": {"email": up.mailbox}, "to": [{"email": person}], "subject": "Batch", "text": "Batch\n"}
            for person in people
        ]
    }


def received(lab: Lab, unique: str) -> Counter[str]:
    """Count the copies that each of the people got."""
    copies = Counter[str]()
    for mail in lab.outside.mails(""):
        copies.update(person for person in mail.recipients if f"+{unique}@" in person)
    return copies


@pytest.mark.parametrize("kills", [3])
def test_an_agent_killed_in_the_middle_of_injecting_loses_and_doubles_nothing(
    lab: Lab, up: Up, api: httpx.Client, unique: str, kills: int
) -> None:
    results = api.post("/v1/messages/batch", json=batch_of(up, unique, BATCH)).raise_for_status().json()["results"]
    ids = [result["id"] for result in results]
    for round_number in range(1, kills + 1):
        enough = BATCH * round_number // (kills + 2)
        wait_until(lambda enough=enough: received(lab, unique).total() >= enough, "mails flow", seconds=SECONDS)  # type: ignore[misc]
        for node in lab.nodes:
            if node.service_pid("agent"):
                node.kill("agent")
    wait_until(lambda: received(lab, unique).total() >= BATCH, "all mails have arrived", seconds=SECONDS)
    for message_id in ids:
        wait_for_event(api, message_id, "message.delivered", seconds=SECONDS)
    assert Counter(received(lab, unique).values()) == {1: BATCH}
    for message_id in ids:
        types = Counter(event["type"] for event in events_of(api, message_id))
        assert types == {"message.accepted": 1, "message.queued": 1, "message.delivered": 1}


def test_mail_and_logins_go_on_without_the_control_plane_and_events_come_later_once(
    lab: Lab, up: Up, api: httpx.Client, send: Send, unique: str
) -> None:
    queued = send(f"greylist+{unique}@else.test")
    wait_for_event(api, queued, "message.deferred")
    lab.stop_control()
    try:
        handed = lab.outside.send(Letter(sender="bob@else.test", to=up.mailbox, subject=unique, text="Still there?"))
        assert handed.code == 250, handed.reply

        def arrived() -> bool:
            with imap(lab, up, up.mailbox, up.mailbox_password) as client:
                client.select("INBOX")
                return bool(client.search(None, "SUBJECT", unique)[1][0])

        wait_until(arrived, "mail comes in without the control plane", seconds=10)
        for node in lab.nodes:
            node.run(["postqueue", "-f"])
        lab.outside.wait_for_mail(f"greylist+{unique}@else.test")
    finally:
        lab.start_control()
    wait_for_event(api, queued, "message.delivered", seconds=30)
    types = Counter(event["type"] for event in events_of(api, queued))
    assert types["message.delivered"] == 1
    assert types["message.deferred"] == 1


def test_a_wrong_password_stays_wrong_without_the_control_plane(lab: Lab, up: Up) -> None:
    lab.stop_control()
    try:
        with pytest.raises(imaplib.IMAP4.error), imap(lab, up, up.mailbox, "not the password"):
            pass
    finally:
        lab.start_control()


def test_mail_waits_while_it_cannot_be_signed_and_is_never_sent_unsigned(
    lab: Lab, api: httpx.Client, send: Send, unique: str
) -> None:
    for node in lab.nodes:
        node.kill("rspamd-outbound")
        node.kill("redis")
    recipient = f"bob+{unique}@else.test"
    message_id = send(recipient)
    wait_for_event(api, message_id, "message.delivered", seconds=SECONDS)
    (mail,) = lab.outside.wait_for_mail(recipient)
    assert mail.verdicts.dkim == "pass"


def test_a_second_up_keeps_all_data(lab: Lab, up: Up, api: httpx.Client, send: Send, unique: str) -> None:
    from e2e.conftest import run_script

    message_id = send(f"bob+{unique}@else.test")
    wait_for_event(api, message_id, "message.delivered")
    run_script("down", home=lab.home)
    run_script("up", "--detach", "--json", home=lab.home)
    assert [event["type"] for event in events_of(api, message_id)][-1] == "message.delivered"
