"""Files that failed, left in peace for a while."""

from tenant_agent.clock import ManualClock
from tenant_agent.failures import FIRST_SECONDS, LONGEST_SECONDS, Failures, Wanted
from tenant_agent.render import File

RELEASES = ("rol_1", "default")
BAD = Wanted({"main.cf": File(text="bad\n")}, RELEASES)
OTHER = Wanted({"main.cf": File(text="other\n")}, RELEASES)


def test_the_same_files_are_held_back_until_the_pause_is_over() -> None:
    clock = ManualClock()
    failures = Failures(clock)
    assert failures.holding_back("postfix", BAD) is None
    failures.note("postfix", BAD, "it does not answer")
    assert failures.holding_back("postfix", BAD) == "it does not answer"
    clock.move(FIRST_SECONDS)
    assert failures.holding_back("postfix", BAD) is None


def test_other_files_other_services_and_another_roll_out_are_not() -> None:
    failures = Failures(ManualClock())
    failures.note("postfix", BAD, "it does not answer")
    assert failures.holding_back("postfix", OTHER) is None
    assert failures.holding_back("dovecot", BAD) is None
    assert failures.holding_back("postfix", Wanted(BAD.tree, ("rol_2", "default"))) is None


def test_pauses_double_up_to_a_limit_and_start_over_with_other_files() -> None:
    clock = ManualClock()
    failures = Failures(clock)

    def pause(wanted: Wanted) -> float:
        failures.note("postfix", wanted, "no")
        seconds = 0.0
        while failures.holding_back("postfix", wanted):
            clock.move(1)
            seconds += 1
        return seconds

    pauses = [pause(BAD) for _ in range(9)]
    assert pauses[0] <= FIRST_SECONDS
    assert pauses[3] > 2 * FIRST_SECONDS
    assert LONGEST_SECONDS / 2 <= pauses[-1] <= LONGEST_SECONDS
    assert pause(OTHER) <= FIRST_SECONDS


def test_what_has_served_is_forgotten() -> None:
    failures = Failures(ManualClock())
    failures.note("postfix", BAD, "no")
    failures.forget("postfix")
    failures.forget("postfix")
    assert failures.holding_back("postfix", BAD) is None
