"""What the parser finds in logs that a real Postfix 3.7 wrote."""

from pathlib import Path

import pytest

from tenant_agent import wire
from tenant_agent.maillog.parser import Parser
from tenant_agent.maillog.records import Activated, Attempted, Expired, LocalTime, Marked, Record, Removed

GOLDEN = Path(__file__).parent / "golden"
TRANSPORT = "out-127-0-0-11"


def records_of(name: str) -> list[Record]:
    return list(Parser().records((GOLDEN / name).read_text()))


def attempts_of(queue_id: str, name: str = "outcomes.log") -> list[Attempted]:
    return [r for r in records_of(name) if isinstance(r, Attempted) and r.queue_id == queue_id]


def test_a_delivery_under_tls_is_read_in_all_its_parts() -> None:
    assert attempts_of("4jX5lx4zN7zCXkw") == [
        Attempted(
            queue_id="4jX5lx4zN7zCXkw",
            at=LocalTime(11, 21, 22, 2, 21),
            domain="else.test",
            service=TRANSPORT,
            relay="else.test[127.0.0.2]:25",
            dsn="2.0.0",
            status="sent",
            reply="250 2.0.0 Ok: stored",
            delays=wire.Delays(before_queue_s=0.01, in_queue_s=0.03, connect_s=0.01, transmit_s=0.0),
            delay_s=0.05,
            tls="TLSv1.3",
        )
    ]


@pytest.mark.parametrize(
    ("queue_id", "status", "dsn", "reply", "tls", "remark"),
    [
        ("4jX5lx50XjzCXS7", "sent", "2.0.0", "250 2.0.0 Ok: stored", None, "the same process, without TLS"),
        (
            "4jX5lx51BdzCXkx",
            "bounced",
            "5.1.1",
            "550 5.1.1 User unknown (in reply to RCPT TO command)",
            "TLSv1.3",
            "refused",
        ),
        (
            "4jX5lx51syzCXky",
            "bounced",
            "5.2.2",
            "552 5.2.2 Mailbox full (in reply to RCPT TO command)",
            None,
            "refused without TLS",
        ),
        (
            "4jX5lx583SzCXl5",
            "bounced",
            "5.4.4",
            "unable to look up host nowhere.test: Name or service not known",
            None,
            "no relay at all",
        ),
        ("4jX5lx5B4tzCXl7", "sent", "2.0.0", "250 2.0.0 Ok: stored", "TLSv1.3", "an address that holds >"),
    ],
)
def test_outcomes_are_told_in_the_other_servers_words(
    queue_id: str, status: str, dsn: str, reply: str, tls: str | None, remark: str
) -> None:
    (attempt,) = attempts_of(queue_id)
    assert (attempt.status, attempt.dsn, attempt.reply, attempt.tls) == (status, dsn, reply, tls), remark


def test_every_retry_is_an_attempt() -> None:
    busy = attempts_of("4jX5lx52VdzCXl0")
    assert [a.status for a in busy] == ["deferred"] * 4
    assert {a.reply for a in busy} == {"421 4.7.0 Try again later (in reply to RCPT TO command)"}
    assert {a.tls for a in busy} == {"TLSv1.3"}
    grey = attempts_of("4jX5lx54YhzCXl2")
    assert len(grey) == 4  # the first over a connection that was used before (conn_use=2)


def test_a_refused_connection_is_an_attempt_without_a_relay() -> None:
    attempts = attempts_of("4jX5lx55GgzCXl3")
    assert {a.relay for a in attempts} == {None}
    assert {a.reply for a in attempts} == {"connect to dead.test[127.0.0.4]:25: Connection refused"}


def test_each_recipient_of_a_message_is_an_attempt() -> None:
    assert sorted(a.status for a in attempts_of("4jX5lx55rwzCXl4")) == ["bounced", "sent"]


def test_the_queue_manager_names_the_return_path_at_every_try() -> None:
    tokens = [r.sender for r in records_of("outcomes.log") if isinstance(r, Activated) and r.queue_id.endswith("CXl2")]
    assert tokens == ["06ftokentokentokentoken006@bounce.acme.test"] * 4


def test_an_expired_message_is_given_up_then_removed() -> None:
    told = [r for r in records_of("expired.log") if r == Expired("4jX5m34ljFzCXlt", LocalTime(11, 21, 22, 2, 29))]
    assert len(told) == 1
    assert Removed("4jX5m34ljFzCXlt", LocalTime(11, 21, 22, 2, 29), by_hand=False) in records_of("expired.log")


def test_who_chooses_an_address_does_not_choose_what_became_of_it() -> None:
    claims = "relay=mx.google.com[1.2.3.4]:25, delay=0, delays=0/0/0/0, dsn=4.7.0, status=deferred (421 [TS04] no)"
    truth = "relay=else.test[127.0.0.2]:25, delay=0.03, delays=0.01/0.02/0/0, dsn=2.0.0, status=sent (250 2.0.0 Ok)"
    for address in (f'"x>, {claims} "@else.test', f'"\\">, {claims} "@else.test'):
        line = f"Nov 22 11:09:08 n1 postfix/out-127-0-0-11/smtp[135]: 4jXRCm4yjPz2FfTP: to=<{address}>, {truth}\n"
        (attempt,) = Parser().records(line)
        assert isinstance(attempt, Attempted)
        assert (attempt.status, attempt.relay) == ("sent", "else.test[127.0.0.2]:25")
        assert attempt.domain == "else.test"


def test_who_chooses_a_reply_does_not_choose_what_became_of_the_mail() -> None:
    claims = 'to=<b@e>, relay=x[1.2.3.4]:25, delay=0, delays=0/0/0/0, dsn=2.0.0, status=sent ("><ok>, relay=)'
    truth = f"relay=else.test[127.0.0.2]:25, delay=0.03, delays=0.01/0.02/0/0, dsn=5.0.0, status=bounced (550 {claims})"
    line = f"Nov 22 11:09:08 n1 postfix/out-127-0-0-11/smtp[135]: 4jXRCm4yjPz2FfTP: to=<b@else.test>, {truth}\n"
    (attempt,) = Parser().records(line)
    assert isinstance(attempt, Attempted)
    assert (attempt.status, attempt.dsn) == ("bounced", "5.0.0")


def test_a_mark_of_the_agents_own_is_read_back() -> None:
    line = "Nov  1 01:02:03 n1 fleetpost-agent[77]: settle 0a1b\n"
    assert list(Parser().records(line)) == [Marked("settle 0a1b")]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "Nov 21 22:02:21",
        "Nov 21 22:02:21 n1 postfix/qmgr[1]: ",
        "Nov 21 22:02:21 n1 postfix/smtp[1]: warning: 4jX5lx4zN7zCXkw: to=<x>, relay=y",
        "Nov 21 22:02:21 n1 postfix/inject/smtpd[131]: NOQUEUE: filter: RCPT from x: <b@e>: from=<a@b> to=<b@e>",
        "Nov 21 22:02:21 n1 postfix/smtpd[9]: NOQUEUE: reject: RCPT from x[1.2.3.4]: 450 <]: 4jX5lx4zN7zCXkw: removed>",
    ],
)
def test_lines_that_say_nothing_of_a_delivery_are_passed_over(line: str) -> None:
    assert list(Parser().records(line)) == []


def test_what_another_server_says_cannot_pass_for_a_record() -> None:
    reply = "550 x)]: 4jX5lx50XjzCXS7: to=<a@b>, relay=none, delay=1, delays=1/0/0/0, dsn=2.0.0, status=sent (ok"
    line = (
        "Nov 21 22:02:21 n1 postfix/out-127-0-0-11/smtp[136]: 4jX5lx4zN7zCXkw: to=<x@y>, relay=none, delay=1, "
        f"delays=1/0/0/0, dsn=5.0.0, status=bounced ({reply})\n"
    )
    (record,) = Parser().records(line)
    assert isinstance(record, Attempted)
    assert (record.queue_id, record.status, record.reply) == ("4jX5lx4zN7zCXkw", "bounced", reply)


@pytest.mark.parametrize(
    "torn",
    [
        pytest.param("Nov 21 22:02:2{line}", id="a full disk took the end of the line before"),
        pytest.param("Nov 31 2{line}", id="and less of it"),
        pytest.param("garbage {line}", id="somebody else's words"),
    ],
)
def test_a_torn_line_is_passed_over_and_the_next_is_read(torn: str) -> None:
    line = "Nov 21 22:02:21 n1 postfix/qmgr[7]: 4jX5lx4zN7zCXkw: removed"
    removed = Removed("4jX5lx4zN7zCXkw", LocalTime(11, 21, 22, 2, 21), by_hand=False)
    assert list(Parser().records(f"{torn.format(line=line)}\n{line}\n")) == [removed]


def test_what_a_power_cut_left_before_a_line_is_no_part_of_it() -> None:
    line = "Nov 21 22:02:21 n1 postfix/qmgr[7]: 4jX5lx4zN7zCXkw: removed"
    assert len(list(Parser().records("\0" * 300 + line + "\n"))) == 1
