"""Each event is told in a sentence that says what happened and what comes next."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from control_plane.bounces.classify import BounceClass
from control_plane.deliveries.schemas import Wait
from control_plane.messages.schemas import Delays, Message, MessageEvent, RecipientTimeline, Route
from web import bounce_words
from web.timeline import step, story_of

ACCEPTED_AT = datetime(2026, 11, 21, 14, 0, tzinfo=UTC)


def an_event(kind: str = "delivered", **fields: object) -> MessageEvent:
    fields = {"id": "evt_1", "at": ACCEPTED_AT + timedelta(milliseconds=420)} | fields
    return MessageEvent(type=f"message.{kind}", **fields)  # type: ignore[arg-type]


def test_a_delivery_names_the_server_and_its_encryption() -> None:
    told = step(an_event(relay="mx.else.test[10.77.9.2]:25", tls="TLSv1.3"), ACCEPTED_AT)
    assert told.sentence == "mx.else.test took it over TLSv1.3."
    assert told.since == "after 420 ms"


@pytest.mark.parametrize("relay", [None, "none", ""])
def test_without_a_relay_the_server_is_only_the_other_one(relay: str | None) -> None:
    assert step(an_event("bounced", relay=relay), ACCEPTED_AT).sentence.startswith("The other server refused")


def test_facts_that_are_not_known_are_left_out() -> None:
    told = step(an_event(dsn="2.0.0"), ACCEPTED_AT)
    assert [(fact.name, fact.value) for fact in told.facts] == [("DSN", "2.0.0")]


def test_the_reason_of_a_route_is_told() -> None:
    plain = step(an_event(route=Route(provider="generic", generation=17)), ACCEPTED_AT)
    ruled = step(an_event(route=Route(provider="gmail", rule="slow start", warmup_step=3)), ACCEPTED_AT)
    assert "an ordinary server, routed with no special rule, by configuration 17" in plain.route
    assert "the provider gmail, routed by the rule “slow start”, at warm-up step 3" in ruled.route


def test_delays_say_where_the_time_went() -> None:
    delays = Delays(before_queue_s=0.01, in_queue_s=0, connect_s=0.02, transmit_s=0.1)
    told = step(an_event(delays=delays), ACCEPTED_AT)
    assert [part.text for part in told.delays] == ["10 ms", "0 ms", "20 ms", "100 ms"]


def test_an_event_of_a_kind_that_is_not_known_yet_still_has_a_title() -> None:
    assert step(an_event("teleported"), ACCEPTED_AT).title == "Teleported"


def test_the_newest_event_comes_first_and_the_time_to_delivery_is_told() -> None:
    recipient = RecipientTimeline(
        email="bob@else.test",
        kind="to",
        delivery_id="dlv_1",
        status="delivered",
        sandbox=False,
        events=(an_event("accepted", id="evt_0", at=ACCEPTED_AT), an_event()),
    )
    message = Message(
        id="msg_1", status="delivered", created_at=ACCEPTED_AT, sender="ann@acme.test", subject="Hello",
        stream="transactional", tags=(), metadata={}, sandbox=False, recipients=(recipient,),
    )  # fmt: skip
    [story] = story_of(message)
    assert [told.title for told in story.steps] == ["Delivered", "Accepted"]
    assert story.took == "420 ms"


def test_of_what_is_only_played_nobody_says_when_the_next_attempt_comes() -> None:
    told = step(an_event("deferred", sandbox=True), ACCEPTED_AT)
    assert told.sentence.endswith("The next attempt comes by itself.")


def test_what_waits_for_a_sending_address_says_so_first() -> None:
    recipient = RecipientTimeline(
        email="bob@else.test",
        kind="to",
        delivery_id="dlv_1",
        status="accepted",
        sandbox=False,
        events=(an_event("accepted"),),
    )
    message = Message(
        id="msg_1", status="accepted", created_at=ACCEPTED_AT, sender="ann@acme.test", subject="Hello",
        stream="transactional", tags=(), metadata={}, sandbox=False, recipients=(recipient,),
    )  # fmt: skip
    [story] = story_of(message, {"dlv_1": Wait(no_way_out=True, reason="", since=ACCEPTED_AT)})
    assert [told.title for told in story.steps] == ["Waits", "Accepted"]
    assert story.steps[0].sentence.startswith("No sending address is ready")
    [story] = story_of(message, {"dlv_1": Wait(no_way_out=False, reason="100 % full", since=ACCEPTED_AT)})
    assert "could not send it now: 100 % full." in story.steps[0].sentence


def test_a_refusal_says_why() -> None:
    bounced = step(an_event("bounced", relay="mx.else.test", bounce_class="invalid_recipient"), ACCEPTED_AT)
    assert bounced.sentence == "mx.else.test refused it for good: there is no such mailbox. It is not tried again."
    failed = step(an_event("failed", bounce_class="unknown"), ACCEPTED_AT)
    assert failed.sentence == "It could not be sent; the answer below says why."


@pytest.mark.parametrize(
    ("waited", "said"),
    [(timedelta(seconds=4), "5 min"), (timedelta(minutes=20), "20 min"), (timedelta(days=1), "1.1 h")],
)
def test_what_is_put_off_says_when_it_is_tried_again(waited: timedelta, said: str) -> None:
    event = an_event(
        "deferred", relay="mx.else.test", bounce_class="mailbox_full", queue_id="Q", at=ACCEPTED_AT + waited
    )
    wanted = f"mx.else.test put it off: the mailbox is full. The next attempt comes by itself, about {said} later."
    assert step(event, ACCEPTED_AT).sentence == wanted


def test_what_is_scheduled_says_for_when() -> None:
    told = step(an_event("scheduled", send_at=datetime(2026, 11, 24, 10, tzinfo=UTC)), ACCEPTED_AT)
    assert told.sentence == "It leaves at the time that was asked for. That is Nov 24, 10:00 UTC."


def test_every_reason_has_its_words() -> None:
    for bounce_class in get_args(BounceClass):
        assert bounce_words.reason(bounce_class) or bounce_class == "unknown", bounce_class


def test_what_is_left_out_stands_between_the_newest_and_the_oldest() -> None:
    recipient = RecipientTimeline(
        email="bob@else.test",
        kind="to",
        delivery_id="dlv_1",
        status="deferred",
        sandbox=False,
        events=(an_event("accepted"), an_event("queued"), an_event("deferred"), an_event("deferred")),
        events_left_out=80,
    )
    message = Message(
        id="msg_1", status="deferred", created_at=ACCEPTED_AT, sender="ann@acme.test", subject="Hello",
        stream="transactional", tags=(), metadata={}, sandbox=False, recipients=(recipient,),
    )  # fmt: skip
    [story] = story_of(message)
    assert [told.title for told in story.steps] == ["Deferred", "Deferred", "Left out", "Queued", "Accepted"]
    assert story.steps[2].sentence.startswith("80 more events are not shown here")
