"""Mail that waited while a mailbox moved is found in Postfix's own list."""

import os
from pathlib import Path

import pytest

from tenant_agent.loop import RELOAD_INTERVAL_SECONDS
from tenant_agent.moves.waiting_mail import AFTER_SECONDS, Waiting, hurry, waiting_among
from tests.tenant_agent.moves.pair import ANN

LINE = (
    '{"queue_name": "%s", "queue_id": "4jXS4367Wnz2KFCv", "arrival_time": 1795348051, "message_size": 306,'
    ' "forced_expire": false, "sender": "bob@else.test", "recipients": [{"address": "%s", "delay_reason": "moved"}]}\n'
)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (LINE % ("deferred", ANN), "deferred"),
        (LINE % ("incoming", ANN), "incoming"),  # it was being tried at a reload
        ((LINE % ("incoming", ANN)).replace("4jXS4367Wnz2KFCv", "../active/4jXS"), None),
        (LINE % ("active", ANN), None),  # it is being tried
        (LINE % ("deferred", "bob@acme.test"), None),
        (LINE % ("deferred", f"x{ANN}"), None),
        ("postqueue: warning: Mail system is down\n", None),
        ("", None),
    ],
)
def test_only_mail_that_waits_for_these_mailboxes_is_let_go(line: str, found: str | None) -> None:
    assert waiting_among(line.encode(), {ANN}) == (Waiting(found, "4jXS4367Wnz2KFCv") if found else None)


def test_what_a_reload_put_off_is_due_now(tmp_path: Path) -> None:
    queued = tmp_path / "4jXS4367Wnz2KFCv"
    queued.touch()
    os.utime(queued, (4e9, 4e9))
    hurry(queued)
    assert queued.stat().st_mtime < 4e9
    hurry(tmp_path / "gone")


def test_mail_is_let_go_once_more_after_the_latest_reload_of_postfix() -> None:
    assert AFTER_SECONDS[-1] > RELOAD_INTERVAL_SECONDS + 3
