"""Which step follows, over simulated weeks."""

from datetime import timedelta

import pytest

from control_plane.enforcement.decide import Standing, better_at, next_step
from control_plane.enforcement.schemas import SendingRate, Step
from tests.control_plane.enforcement.weeks import BEGIN, Sent, Simulation

GOOD = Sent(mails=200, bounces=0.01)
POOR = Sent(mails=200, bounces=0.06)
BAD = Sent(mails=200, bounces=0.20)


def _steps(simulation: Simulation, scope: str = "broadcast") -> list[Step]:
    return [step for _, who, step in simulation.log if who == scope]


def test_good_mail_leads_to_nothing() -> None:
    assert Simulation().run(60, GOOD).log == []


def test_poor_mail_goes_up_step_by_step_and_takes_days() -> None:
    simulation = Simulation().run(10, POOR)
    assert _steps(simulation)[:4] == ["warned", "throttled", "risk", "paused"]
    days = [day for day, _, _ in simulation.log]
    assert days[:4] == [0, 0, 1, 2], "a warning at once, six hours to put it right, then a day for each step"


def test_really_bad_mail_is_paused_at_once() -> None:
    simulation = Simulation().run(0.25, BAD)
    assert simulation.log == [(0, "broadcast", "paused")]


def test_a_handful_of_bounces_leads_to_nothing() -> None:
    assert Simulation().run(30, Sent(mails=1, bounces=0.0)).run(1, Sent(mails=1, bounces=0.4)).log == []


def test_who_puts_it_right_after_a_warning_comes_back_within_days() -> None:
    simulation = Simulation().run(0.2, POOR)
    assert simulation.step() == "warned"
    simulation.run(4, GOOD)
    assert _steps(simulation) == ["warned", "none"]


def test_what_was_before_a_step_is_not_held_against_somebody_twice() -> None:
    simulation = Simulation().run(0.2, POOR).run(1, GOOD)
    assert _steps(simulation) == ["warned"], "the week's figures are still poor, those since the warning are not"


def test_it_goes_back_one_step_at_a_time() -> None:
    simulation = Simulation().run(1.4, POOR)
    assert simulation.step() == "risk"
    simulation.run(10, GOOD)
    assert _steps(simulation)[3:] == ["throttled", "warned", "none"]


def test_a_pause_ends_by_itself_and_what_follows_is_a_probation() -> None:
    simulation = Simulation().run(0.25, BAD).run(20, GOOD)
    assert _steps(simulation) == ["paused", "risk", "throttled", "warned", "none"]
    assert simulation.step("all") == "none"


def test_who_is_paused_again_within_a_month_is_paused_whole() -> None:
    simulation = Simulation().run(0.25, BAD).run(8, GOOD).run(1, BAD)
    assert simulation.step("all") == "paused"


def test_who_is_paused_again_after_months_is_not() -> None:
    simulation = Simulation().run(0.25, BAD).run(60, GOOD).run(1, BAD)
    assert (simulation.step(), simulation.step("all")) == ("paused", "none")


def test_when_both_streams_are_paused_all_is() -> None:
    simulation = Simulation().run(0.25, BAD).run(0.25, BAD, "transactional")
    assert simulation.step("all") == "paused"


def test_one_stream_does_not_harm_the_other() -> None:
    simulation = Simulation().run(0.25, BAD)
    assert (simulation.step("transactional"), simulation.step("all")) == ("none", "none")


def test_the_whole_account_comes_back_after_two_weeks_and_its_streams_step_by_step() -> None:
    simulation = Simulation().run(0.25, BAD).run(0.25, BAD, "transactional").run(40, Sent())
    assert simulation.step("all") == "none"
    assert _steps(simulation, "all") == ["paused", "none"]
    assert _steps(simulation, "transactional") == ["paused", "risk", "throttled", "warned", "none"]


def test_a_new_tenant_with_a_bought_list_is_paused_within_the_hour() -> None:
    assert Simulation(is_new=True).run(1 / 24, Sent(mails=60, bounces=0.5)).step() == "paused"


def test_an_old_tenant_with_as_little_is_not() -> None:
    assert Simulation().run(1 / 24, Sent(mails=60, bounces=0.5)).step() == "none"


def _finding(grade: str) -> SendingRate:
    return SendingRate(cause="bounces", window="day", count=50, of=100, review=0.05, pause=0.1, grade=grade)  # type: ignore[arg-type]


@pytest.mark.parametrize("grade", ["review", "bad"])
def test_what_an_operator_chose_stays_as_long_as_they_said(grade: str) -> None:
    pinned = Standing(step="warned", since=BEGIN, bad_at=BEGIN, pinned_until=BEGIN + timedelta(days=30))
    assert next_step(pinned, _finding(grade), BEGIN + timedelta(days=29)) is None
    assert next_step(pinned, _finding(grade), BEGIN + timedelta(days=30)) is not None


def test_it_is_said_when_it_becomes_better() -> None:
    standing = Standing(step="throttled", since=BEGIN, bad_at=BEGIN + timedelta(days=1))
    assert better_at("broadcast", standing) == BEGIN + timedelta(days=4)
    assert better_at("broadcast", Standing(since=BEGIN, bad_at=BEGIN)) is None


def test_bad_figures_while_paused_keep_the_pause_and_lead_no_further() -> None:
    paused = Standing(step="paused", since=BEGIN, bad_at=BEGIN)
    assert next_step(paused, _finding("bad"), BEGIN + timedelta(days=9)) is None
