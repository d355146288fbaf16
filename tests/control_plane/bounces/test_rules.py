"""What a bounce leads to, and when refusals have become more."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from control_plane.bounces.classify import BounceClass
from control_plane.bounces.rising import Refusals, is_rise
from control_plane.bounces.rules import consequences
from control_plane.bounces.schemas import Bounced

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def bounced(bounce_class: BounceClass) -> Bounced:
    return Bounced(
        tenant_id=UUID(int=1), message_id=UUID(int=2), delivery_id=UUID(int=3), recipient="bob@else.test",
        bounce_class=bounce_class, reply="no", at=NOON,
    )  # fmt: skip


@pytest.mark.parametrize("bounce_class", ["invalid_recipient", "inactive"])
def test_an_address_that_does_not_exist_has_one_chance(bounce_class: BounceClass) -> None:
    follow = consequences([bounced(bounce_class)])
    assert (len(follow.hard), len(follow.soft)) == (1, 0)


@pytest.mark.parametrize("bounce_class", ["mailbox_full", "dns", "routing"])
def test_a_full_mailbox_has_another(bounce_class: BounceClass) -> None:
    follow = consequences([bounced(bounce_class)])
    assert (len(follow.hard), len(follow.soft)) == (0, 1)


@pytest.mark.parametrize(
    "bounce_class",
    ["spam_content", "too_big", "policy", "reputation_blocked", "auth_failed", "rate_limited", "protocol", "network",
     "unknown"],
)  # fmt: skip
def test_what_is_not_about_the_recipient_does_not_count(bounce_class: BounceClass) -> None:
    assert consequences([bounced(bounce_class)]) == consequences([])


@pytest.mark.parametrize(
    ("lately", "before", "rises"),
    [(20, 0, True), (19, 0, False), (100, 120, True), (100, 1200, False), (24, 96, True), (23, 96, False)],
)
def test_refusals_rise_when_they_are_many_and_more_than_usual(lately: int, before: int, rises: bool) -> None:
    assert is_rise(Refusals(lately=lately, before=before)) is rises
