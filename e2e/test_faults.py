"""What is killed or away loses nothing and doubles nothing."""

from collections import Counter

import httpx
import pytest

from e2e.conftest import Send, Up, events_of, wait_for_event
from e2e.lab.commands import wait_until
from e2e.lab.failures import LabError
from e2e.lab.lab import Lab
from e2e.lab.outside.sender import Letter
from e2e.lab.plan import BULK_DOMAIN
from e2e.lab.sink import sink
from e2e.test_mailbox_journey import imap

PEOPLE = 1_000
BATCH = 500
KILLS = 3
SECONDS = 60.0


def send_to_many(api: httpx.Client, up: Up, people: list[str]) -> list[str]:
    """Send a message to each of many people and give the messages' ids."""
    ids: list[str] = []
    for start in range(0, len(people), BATCH):
        messages = [
            {"from": {"email": up.mailbox}, "to": [{"email": person}], "subject": "Batch", "text": "Batch\n"}
            for person in people[start : start + BATCH]
        ]
        answer = api.post("/v1/messages/batch", json={"messages": messages}).raise_for_status()
        ids += [result["id"] for result in answer.json()["results"]]
    return ids


def test_agents_killed_in_the_middle_of_injecting_lose_and_double_nothing(
    lab: Lab, up: Up, api: httpx.Client, unique: str
) -> None:
    people = [f"p{number}.{unique}@{BULK_DOMAIN}" for number in range(PEOPLE)]
    with sink(lab) as server:
        ids = send_to_many(api, up, people)
        for kill in range(1, KILLS + 1):
            enough = PEOPLE * kill // (KILLS + 2)
            wait_until(lambda enough=enough: server.count() >= enough, "mails flow", seconds=SECONDS)  # type: ignore[misc]
            for node in lab.nodes:
                node.kill("agent")
            for node in lab.nodes:
                wait_until(lambda node=node: node.service_pid("agent"), "the agent is back", seconds=SECONDS)  # type: ignore[misc]
        for message_id in ids:
            wait_for_event(api, message_id, "message.delivered", seconds=SECONDS)
        assert server.copies() == Counter(people)
    for message_id in ids[:: PEOPLE // 100]:
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
        with pytest.raises(LabError, match="auth failed"):  # asked of Dovecot itself: it slows guessing addresses down
            lab.node("n1").run(["doveadm", "auth", "test", up.mailbox, "not the password"])
        for node in lab.nodes:
            node.run(["postqueue", "-f"])
        lab.outside.wait_for_mail(f"greylist+{unique}@else.test")
    finally:
        lab.start_control()
    wait_for_event(api, queued, "message.delivered", seconds=30)
    types = Counter(event["type"] for event in events_of(api, queued))
    assert types["message.delivered"] == 1
    assert types["message.deferred"] == 1


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
