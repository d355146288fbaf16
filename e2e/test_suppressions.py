"""Whom nobody writes to any more: kept at the API, by SMTP, and where mail already waited for its node."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from e2e.conftest import Send, Up, events_of, wait_for_event
from e2e.lab.commands import wait_until
from e2e.lab.lab import Lab
from e2e.lab.tenant import wait_for_inbound, wait_for_nodes
from e2e.test_smtp_submission import logged_in, make_key, message_to, written
from fleetpost_client import Client, Refused, types

SECONDS = 30.0
STALE = timedelta(seconds=2.5)
"""What waited for less is not asked for again when a node claims it."""


def types_of(api: httpx.Client, message_id: str) -> list[str]:
    return [event["type"].removeprefix("message.") for event in events_of(api, message_id)]


def suppress(fleetpost: Client, email: str, **fields: Any) -> types.Suppression:
    return fleetpost.create_suppression(types.SuppressionRequest(email=email, **fields))


def test_the_others_of_a_message_get_it(lab: Lab, api: httpx.Client, fleetpost: Client, up: Up, unique: str) -> None:
    left, stays = f"left+{unique}@else.test", f"stays+{unique}@else.test"
    suppress(fleetpost, left.upper(), note="Asked to be left alone")
    to = [types.EmailAddress(email=each) for each in (left, stays)]
    new = types.NewMessage(sender=types.EmailAddress(email=up.mailbox), to=to, subject="Both", text="Hi")
    accepted = fleetpost.send_message(new)
    assert {each.email: each.status for each in accepted.recipients} == {left: "suppressed", stays: "accepted"}
    lab.outside.wait_for_mail(stays)
    assert types_of(api, accepted.id) == ["suppressed"]
    assert not lab.outside.mails(left)


def test_programs_that_submit_by_smtp_do_not_reach_them_either(
    lab: Lab, up: Up, api: httpx.Client, fleetpost: Client, unique: str
) -> None:
    recipient = f"left+{unique}@else.test"
    suppress(fleetpost, recipient)
    key = make_key(lab, up, api)
    with logged_in(lab, up, key.id, key.secret) as client:
        client.sendmail("www@shop.test", [recipient], written(up, recipient).as_bytes())
    message = message_to(api, recipient)
    wait_for_event(api, message["id"], "message.suppressed")
    assert not lab.outside.mails(recipient)


def test_who_is_suppressed_while_mail_waits_for_a_node_does_not_get_it(
    lab: Lab, api: httpx.Client, fleetpost: Client, send: Send, unique: str
) -> None:
    left, stays = f"left+{unique}@else.test", f"stays+{unique}@else.test"
    with no_nodes(lab):
        waiting, witness = send(left), send(stays)
        suppress(fleetpost, left)
        accepted = datetime.fromisoformat(events_of(api, witness)[0]["at"])
        wait_until(lambda: datetime.now(UTC) - accepted > STALE, "they have waited", seconds=SECONDS)
        assert types_of(api, waiting) == ["accepted"]
    wait_for_event(api, waiting, "message.suppressed", seconds=SECONDS)
    wait_for_event(api, witness, "message.delivered", seconds=SECONDS)
    assert types_of(api, waiting) == ["accepted", "suppressed"]
    assert not lab.outside.mails(left)


@contextmanager
def no_nodes(lab: Lab) -> Iterator[None]:
    """Let nobody claim mail for a while."""
    for node in lab.nodes:
        node.stop()
    try:
        yield
    finally:
        for node in lab.nodes:
            node.start()
        wait_for_nodes(lab)
        wait_for_inbound(lab)


def test_one_stream_may_go_on(lab: Lab, api: httpx.Client, fleetpost: Client, send: Send, unique: str) -> None:
    recipient = f"bob+{unique}@else.test"
    suppress(fleetpost, recipient, stream="broadcast", reason="unsubscribe")
    newsletter, receipt = send(recipient, stream="broadcast"), send(recipient, stream="transactional")
    assert types_of(api, newsletter) == ["suppressed"]
    wait_for_event(api, receipt, "message.delivered")
    assert len(lab.outside.mails(recipient)) == 1


def test_who_bounced_is_written_to_again_for_a_reason(
    lab: Lab, api: httpx.Client, fleetpost: Client, send: Send, unique: str
) -> None:
    recipient = f"bob+{unique}@else.test"
    entry = suppress(fleetpost, recipient, reason="hard_bounce")
    with pytest.raises(Refused) as refused:
        fleetpost.delete_suppression(entry.id)
    assert refused.value.problem.code == "suppression_reason_needed"
    ended = fleetpost.reactivate_suppression(entry.id, types.Reactivation(reason="They have a mailbox again"))
    assert (ended.status, ended.ended_as, ended.ended_because) == ("ended", "reactivated", "They have a mailbox again")
    wait_for_event(api, send(recipient), "message.delivered")


def test_what_the_platform_suppresses_holds_for_everybody_and_is_shown_to_nobody(
    lab: Lab, up: Up, api: httpx.Client, send: Send, unique: str
) -> None:
    recipient = f"trap+{unique}@else.test"
    with Client(up.api, up.operator_key) as operator:
        entry = suppress(operator, recipient, for_clients=True, note="A spam trap")
        assert types_of(api, send(recipient)) == ["suppressed"]
        assert api.get("/v1/suppressions", params={"email": recipient}).json()["data"] == []
        assert api.get(f"/v1/suppressions/{entry.id}").status_code == 404
        operator.delete_suppression(entry.id)
    wait_for_event(api, send(recipient), "message.delivered")


def test_a_list_that_was_imported_is_kept_and_can_be_taken_away_again(
    api: httpx.Client, fleetpost: Client, send: Send, unique: str
) -> None:
    people = [f"p{number}-{unique}@else.test" for number in range(1_000)]
    lines = ["email,reason,note", *(f"{person},unsubscribe,=1+1" for person in people), "nobody,manual,"]
    headers = {"Content-Type": "text/csv"}
    answer = api.post("/v1/suppressions/import", content="\n".join(lines), headers=headers)
    assert answer.status_code == 202, answer.text

    def finished() -> dict[str, Any] | None:
        row: dict[str, Any] = api.get(f"/v1/suppressions/imports/{answer.json()['id']}").raise_for_status().json()
        return row if row["status"] == "finished" else None

    done = wait_until(finished, "the file is read", seconds=SECONDS)
    assert (done["added"], done["failed"], done["faults"][0]["line"]) == (len(people), 1, len(people) + 2)
    exported = csv.DictReader(io.StringIO(fleetpost.export_suppressions().decode("utf-8-sig")))
    assert {row["email"] for row in exported if unique in row["email"]} == set(people)
    assert types_of(api, send(people[0])) == ["suppressed"]
    gone = fleetpost.delete_suppressions(types.BulkDeletion(emails=people, reason="The wrong file"))
    assert (gone.deleted, gone.not_found) == (len(people), [])
    wait_for_event(api, send(people[0]), "message.delivered")
