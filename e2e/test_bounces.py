"""What comes back: refusals, notifications long after, complaints; and what others make up, which changes nothing."""

import subprocess
from typing import Any

import httpx
import pytest

from e2e.conftest import Send, Up, events_of, wait_for_event
from e2e.lab.asking import ask
from e2e.lab.commands import wait_until
from e2e.lab.forwarder import forwarder
from e2e.lab.lab import Lab
from e2e.lab.outside.afterwards import REPLY
from e2e.lab.outside.sender import Letter
from e2e.lab.plan import FORWARDER_DOMAIN, OUTSIDE_MX
from tests.control_plane.bounces.letters import AWAY, EXIM, QMAIL, dsn
from tests.control_plane.reports.letters import complaint

SECONDS = 30.0
Row = dict[str, Any]


def suppression_of(api: httpx.Client, email: str) -> Row | None:
    rows: list[Row] = api.get("/v1/suppressions", params={"email": email}).raise_for_status().json()["data"]
    return rows[0] if rows else None


def wait_for_suppression(api: httpx.Client, email: str) -> Row:
    return wait_until(lambda: suppression_of(api, email), f"{email} is suppressed", seconds=SECONDS)


def types_of(api: httpx.Client, message_id: str) -> list[str]:
    return [event["type"].removeprefix("message.") for event in events_of(api, message_id)]


def status_of(api: httpx.Client, message_id: str) -> str:
    status: str = api.get(f"/v1/messages/{message_id}").raise_for_status().json()["status"]
    return status


def returned(lab: Lab) -> dict[str, int]:
    """Count what came to return paths so far, by what it was."""
    rows = ask(lab, "select outcome, sum(mails)::int as mails from returned_mails group by 1")
    return {row["outcome"]: row["mails"] for row in rows}


def wait_for_returned(lab: Lab, outcome: str, count: int) -> None:
    wait_until(lambda: returned(lab).get(outcome, 0) >= count, f"{count} are counted as {outcome}", seconds=SECONDS)


def delivered(lab: Lab, api: httpx.Client, send: Send, recipient: str) -> tuple[str, str]:
    """Send a mail; gives its id and the return path that it arrived with."""
    message_id = send(recipient)
    (mail,) = lab.outside.wait_for_mail(recipient)
    wait_for_event(api, message_id, "message.delivered")
    return message_id, mail.mail_from


def answer(lab: Lab, to: str, raw: bytes, sender: str = "") -> int:
    """Mail something to a return path; gives what our server said."""
    return lab.outside.send(Letter(sender=sender, to=to, raw=raw.decode())).code


def test_who_does_not_exist_is_written_to_once(lab: Lab, api: httpx.Client, send: Send, unique: str) -> None:
    recipient = f"unknown+{unique}@else.test"
    message_id = send(recipient)
    bounced = wait_for_event(api, message_id, "message.bounced")
    assert (bounced["bounce_class"], bounced["dsn"]) == ("invalid_recipient", "5.1.1")
    known = wait_for_suppression(api, recipient)
    assert (known["reason"], known["source"], known["message_id"]) == ("hard_bounce", "bounce", message_id)
    assert "does not exist" in known["note"]
    assert types_of(api, send(recipient.replace("unknown", "Unknown"))) == ["suppressed"]


def test_a_full_mailbox_gets_another_chance(api: httpx.Client, send: Send, unique: str) -> None:
    recipient = f"full+{unique}@else.test"
    for _ in range(2):
        assert wait_for_event(api, send(recipient), "message.bounced")["bounce_class"] == "mailbox_full"
    assert suppression_of(api, recipient) is None
    wait_for_event(api, send(recipient), "message.bounced")
    known = wait_for_suppression(api, recipient)
    assert known["reason"] == "soft_bounce"
    assert known["expires_at"] is not None


def test_what_is_about_us_counts_against_nobody(api: httpx.Client, send: Send, unique: str) -> None:
    recipient = f"blocked+{unique}@else.test"
    bounced = wait_for_event(api, send(recipient), "message.bounced")
    assert bounced["bounce_class"] == "reputation_blocked"
    assert suppression_of(api, recipient) is None


def test_a_mail_that_comes_back_later_has_bounced(lab: Lab, api: httpx.Client, send: Send, unique: str) -> None:
    recipient = f"later+{unique}@else.test"
    message_id = send(recipient)
    bounced = wait_for_event(api, message_id, "message.bounced", seconds=SECONDS)
    wait_for_event(api, message_id, "message.delivered")
    assert (bounced["bounce_class"], bounced["reply"]) == ("invalid_recipient", REPLY)
    assert status_of(api, message_id) == "bounced"
    assert wait_for_suppression(api, recipient)["message_id"] == message_id
    assert sorted(types_of(api, message_id)) == ["accepted", "bounced", "delivered", "queued"]
    assert len(lab.outside.mails(recipient)) == 1


def test_a_mail_that_was_forwarded_in_vain_has_bounced(lab: Lab, api: httpx.Client, send: Send, unique: str) -> None:
    recipient = f"bob-{unique}@{FORWARDER_DOMAIN}"
    with forwarder(lab):
        message_id = send(recipient)
        bounced = wait_for_event(api, message_id, "message.bounced", seconds=SECONDS)
    wait_for_event(api, message_id, "message.delivered")
    assert bounced["bounce_class"] == "invalid_recipient"
    assert "does not exist" in bounced["reply"]
    assert wait_for_suppression(api, recipient)["message_id"] == message_id
    assert suppression_of(api, f"unknown+bob-{unique}@else.test") is None  # nobody of ours ever wrote to them


def test_who_marks_a_mail_as_spam_is_not_written_to_again(api: httpx.Client, send: Send, unique: str) -> None:
    recipient = f"spam+{unique}@else.test"
    message_id = send(recipient)
    wait_for_event(api, message_id, "message.complained", seconds=SECONDS)
    known = wait_for_suppression(api, recipient)
    assert (known["reason"], known["source"], known["message_id"]) == ("complaint", "complaint", message_id)
    wait_until(lambda: status_of(api, message_id) == "complained", "its state says so", seconds=SECONDS)
    listed = api.get("/v1/complaints").raise_for_status().json()["data"]
    assert message_id in {each["message_id"] for each in listed}
    for stream in ("transactional", "broadcast"):
        assert types_of(api, send(recipient, stream=stream)) == ["suppressed"]


@pytest.mark.parametrize(("raw", "bounce_class"), [(QMAIL, "invalid_recipient"), (EXIM, "mailbox_full")])
def test_odd_notifications_are_read_and_are_about_the_mail_of_their_address(
    lab: Lab, api: httpx.Client, send: Send, unique: str, raw: bytes, bounce_class: str
) -> None:
    message_id, path = delivered(lab, api, send, f"bob+{unique}@else.test")
    assert answer(lab, path, raw) == 250
    assert wait_for_event(api, message_id, "message.bounced", seconds=SECONDS)["bounce_class"] == bounce_class


def test_the_same_notification_twice_is_one_bounce(lab: Lab, api: httpx.Client, send: Send, unique: str) -> None:
    message_id, path = delivered(lab, api, send, f"bob+{unique}@else.test")
    before = returned(lab).get("failed", 0)
    for _ in range(3):
        assert answer(lab, path, dsn(to=path)) == 250
    wait_for_returned(lab, "failed", before + 3)
    assert types_of(api, message_id).count("bounced") == 1


def test_a_bounce_after_a_complaint_sets_nothing_back(lab: Lab, api: httpx.Client, send: Send, unique: str) -> None:
    recipient = f"bob+{unique}@else.test"
    message_id, path = delivered(lab, api, send, recipient)
    assert answer(lab, path, complaint(return_path=path), f"fbl@{OUTSIDE_MX}") == 250
    wait_for_event(api, message_id, "message.complained", seconds=SECONDS)
    before = returned(lab).get("failed", 0)
    assert answer(lab, path, dsn(to=path)) == 250
    wait_for_returned(lab, "failed", before + 1)
    assert status_of(api, message_id) == "complained"
    assert wait_for_suppression(api, recipient)["reason"] == "complaint"


def test_somebodys_holiday_changes_nothing(lab: Lab, api: httpx.Client, send: Send, unique: str) -> None:
    recipient = f"bob+{unique}@else.test"
    message_id, path = delivered(lab, api, send, recipient)
    before = returned(lab).get("auto_reply", 0)
    assert answer(lab, path, AWAY, "bob@else.test") == 250
    wait_for_returned(lab, "auto_reply", before + 1)
    assert status_of(api, message_id) == "delivered"
    assert suppression_of(api, recipient) is None


def test_a_bounce_that_is_made_up_is_counted_and_does_nothing(
    lab: Lab, api: httpx.Client, send: Send, unique: str
) -> None:
    recipient = f"bob+{unique}@else.test"
    message_id, path = delivered(lab, api, send, recipient)
    mac_end, domain = path.index("@"), path.partition("@")[2]
    forged = path[: mac_end - 1] + ("0" if path[mac_end - 1] != "0" else "1") + f"@{domain}"
    before = returned(lab)
    for raw in (dsn(to=forged), complaint(return_path=path)):
        assert swaks(lab, forged, raw) == 250
    wait_for_returned(lab, "forged", before.get("forged", 0) + 2)
    assert types_of(api, message_id) == ["accepted", "queued", "delivered"]
    assert status_of(api, message_id) == "delivered"
    assert suppression_of(api, recipient) is None
    after = returned(lab)
    assert {kind: after.get(kind, 0) for kind in ("failed", "complaint")} == {
        kind: before.get(kind, 0) for kind in ("failed", "complaint")
    }


def test_what_is_no_return_path_is_refused_at_the_door(lab: Lab, up: Up) -> None:
    for name in ("bob", "postmaster-not", "0" * 26, "x" * 36):
        assert swaks(lab, f"{name}@bounce.{up.domain}", dsn()) == 550


def test_a_return_path_is_good_at_its_own_domain_only(lab: Lab, api: httpx.Client, send: Send, unique: str) -> None:
    recipient = f"bob+{unique}@else.test"
    message_id, path = delivered(lab, api, send, recipient)
    elsewhere = f"{path.partition('@')[0]}@bounce.fleetpost.test"
    before = returned(lab).get("gone", 0)
    assert swaks(lab, elsewhere, dsn(to=elsewhere)) == 250
    wait_for_returned(lab, "gone", before + 1)
    assert status_of(api, message_id) == "delivered"
    assert suppression_of(api, recipient) is None


def swaks(lab: Lab, to: str, raw: bytes) -> int:
    """Hand a mail in with swaks, from outside; gives the code of the first refusal, or of the end."""
    server = ["--server", "mx.fleetpost.test", "--ehlo", OUTSIDE_MX, "--from", "<>", "--to", to, "--data", "-"]
    argv = lab.inside.host("outside", ["swaks", *server, "--tls-optional", "--suppress-data"])
    done = subprocess.run(argv, input=raw, capture_output=True, check=False)
    said = [line.split(maxsplit=2) for line in done.stdout.decode(errors="replace").splitlines()]
    codes = [int(words[1]) for words in said if words[:1] in (["<-"], ["<~"], ["<**"], ["<~*"]) and words[1].isdigit()]
    assert codes, done.stdout + done.stderr
    return next((code for code in codes if code >= 400), codes[-2])
