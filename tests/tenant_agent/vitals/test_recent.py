"""The last things that went wrong."""

from tenant_agent.vitals.recent import RecentErrors


def say(recent: RecentErrors, event: str, level: str = "warning", **more: object) -> None:
    recent(None, level, {"event": event, "level": level, "timestamp": "12:00", **more})


def test_warnings_and_errors_are_kept_newest_first_and_nothing_else() -> None:
    recent = RecentErrors()
    say(recent, "link.down", reason="refused")
    say(recent, "link.up", level="info")
    say(recent, "apply.failed", level="error", service="postfix")
    assert recent.newest() == ("12:00 apply.failed service=postfix", "12:00 link.down reason=refused")


def test_what_is_said_again_stands_once() -> None:
    recent = RecentErrors()
    for _ in range(3):
        say(recent, "link.down")
    assert recent.newest() == ("12:00 link.down (×3)",)


def test_only_the_last_ten_are_kept_and_none_is_long() -> None:
    recent = RecentErrors()
    for number in range(20):
        say(recent, f"e{number}", reason="x" * 1000)
    newest = recent.newest()
    assert len(newest) == 10
    assert newest[0].startswith("12:00 e19 ")
    assert max(map(len, newest)) < 330


def test_an_exception_is_named_without_its_trace() -> None:
    recent = RecentErrors()
    say(recent, "it broke", level="error", exc_info=ValueError("no good"))
    assert recent.newest() == ("12:00 it broke ValueError: no good",)
