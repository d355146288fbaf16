"""Bounces that nodes report: why they happened is stored, counted, and what is about the recipient has consequences."""

import secrets

import httpx
import pytest

from control_plane.bounces import service
from control_plane.bounces.service import alarm
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from tests.control_plane.bounces.conftest import LetOut, Out

GONE = "550 5.1.1 <bob0@else.test>: User unknown"
FULL = "552 5.2.2 mailbox full"
LISTED = "554 5.7.1 Client host blocked using zen.spamhaus.org"


async def bounces(out: Out, reply: str) -> None:
    await out.happens("message.bounced", reply=reply, dsn=reply.split()[1])


async def test_a_bounce_says_why_and_ends_mail_to_the_address(let_out: LetOut) -> None:
    out = await let_out()
    await bounces(out, GONE)
    assert (await out.events())[-1]["bounce_class"] == "invalid_recipient"
    assert await out.suppressions() == [("bob0@else.test", "hard_bounce")]


async def test_a_deferral_says_why_and_ends_nothing(let_out: LetOut) -> None:
    out = await let_out()
    await out.happens("message.deferred", reply="450 4.1.1 user unknown", dsn="4.1.1")
    assert (await out.events())[-1]["bounce_class"] == "invalid_recipient"
    assert await out.suppressions() == []


async def test_what_was_delivered_has_no_class(let_out: LetOut) -> None:
    out = await let_out()
    await out.happens("message.delivered", reply="250 2.0.0 Ok: user unknown", dsn="2.0.0")
    assert "bounce_class" not in (await out.events())[-1]


async def test_the_third_soft_bounce_in_a_row_pauses_mail_to_the_address(let_out: LetOut) -> None:
    for expected in ([], [], [("bob0@else.test", "soft_bounce")]):
        out = await let_out()
        await bounces(out, FULL)
        assert await out.suppressions() == expected


async def test_one_bounce_that_is_told_again_and_again_is_one(let_out: LetOut) -> None:
    out = await let_out()
    for _ in range(4):
        await bounces(out, FULL)
    assert await out.suppressions() == []


@pytest.mark.parametrize("names", [("bob", "bob"), ("Ann", "Ann"), ("Ann", "ANN")])
async def test_soft_bounces_before_a_mail_arrived_are_forgiven(let_out: LetOut, names: tuple[str, str]) -> None:
    for reply in (FULL, FULL, None, FULL):
        out = await let_out(name=names[reply is None])
        await (bounces(out, reply) if reply else out.happens("message.delivered"))
    assert await out.suppressions() == []


@pytest.mark.parametrize("reply", [LISTED, "552 5.3.4 Message too large", "550 5.7.1 Message rejected by policy"])
async def test_what_is_not_about_the_recipient_suppresses_nobody(let_out: LetOut, reply: str) -> None:
    sent = [await let_out() for _ in range(4)]
    for out in sent:
        await bounces(out, reply)
    assert await sent[0].suppressions() == []


async def test_bounces_are_counted_by_class_before_and_after_they_are_folded(runtime: Runtime, let_out: LetOut) -> None:
    for reply in (FULL, LISTED, FULL):
        out = await let_out()
        await bounces(out, reply)
    now = runtime.clock.now()
    since, until = now.replace(minute=0, second=0, microsecond=0), now.replace(year=now.year + 1)
    for _ in range(2):
        with acting_for(out.tenant.id):
            counted = await service.by_class(runtime.db, since, until)
        assert [(each.bounce_class, each.about, each.stream, each.provider, each.bounces) for each in counted] == [
            ("mailbox_full", "recipient", "transactional", "generic", 2),
            ("reputation_blocked", "us", "transactional", "generic", 1),
        ]
        await service.fold(runtime.db)


async def test_an_operator_is_told_once_when_refusals_rise(runtime: Runtime, let_out: LetOut) -> None:
    out, provider = await let_out(), f"p-{secrets.token_hex(4)}"
    async with runtime.db.fleet_tx() as tx:
        await tx.connection.execute(
            """insert into bounce_stats (tenant_id, hour, let_go, stream, provider, bounce_class, bounces, example)
               select $1, hour, hour, 'broadcast', $3, class, 30, $2
               from date_trunc('hour', now(), 'UTC') hour,
                 unnest('{reputation_blocked,invalid_recipient}'::text[]) class""",
            out.tenant.id,
            LISTED,
            provider,
        )
    assert await alarm.tell_of_refusals(runtime.db, runtime.clock) >= 1
    async with runtime.db.fleet_tx() as tx:
        told = await tx.connection.fetch("select bounce_class from refusal_alarms where provider = $1", provider)
    assert [row["bounce_class"] for row in told] == ["reputation_blocked"]
    assert await alarm.tell_of_refusals(runtime.db, runtime.clock) == 0


async def test_the_timeline_shows_the_class(client: httpx.AsyncClient, let_out: LetOut) -> None:
    out = await let_out()
    await bounces(out, GONE)
    shown = (await client.get(f"/v1/messages/{out.message_id}", headers=out.tenant.headers)).json()
    assert shown["recipients"][0]["events"][-1]["bounce_class"] == "invalid_recipient"
