"""Mail that waited while a mailbox moved is found in Postfix's own list."""

import pytest

from tenant_agent.loop import RELOAD_INTERVAL_SECONDS
from tenant_agent.moves.waiting_mail import AFTER_SECONDS, deferred_among
from tests.tenant_agent.moves.pair import ANN

LINE = (
    '{"queue_name": "%s", "queue_id": "4jXS4367Wnz2KFCv", "arrival_time": 1795348051, "message_size": 306,'
    ' "forced_expire": false, "sender": "bob@else.test", "recipients": [{"address": "%s", "delay_reason": "moved"}]}\n'
)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (LINE % ("deferred", ANN), "4jXS4367Wnz2KFCv"),
        (LINE % ("active", ANN), None),  # it is being tried
        (LINE % ("deferred", "bob@acme.test"), None),
        (LINE % ("deferred", f"x{ANN}"), None),
        ("postqueue: warning: Mail system is down\n", None),
        ("", None),
    ],
)
def test_only_deferred_mail_for_these_mailboxes_is_let_go(line: str, found: str | None) -> None:
    assert deferred_among(line.encode(), {ANN}) == found


def test_mail_is_let_go_once_more_after_the_latest_reload_of_postfix() -> None:
    assert AFTER_SECONDS[-1] > RELOAD_INTERVAL_SECONDS + 3
