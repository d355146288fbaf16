"""Very many messages, of which some bounce, some are put off and some are complained of: nobody's account differs."""

import os

import pytest

from e2e.lab import multitude
from e2e.lab.lab import Lab

MESSAGES = int(os.environ.get("FLEETPOST_E2E_MULTITUDE", "2000"))
SECONDS = 600.0


@pytest.mark.timeout(4 * SECONDS)
def test_every_message_ends_once_as_the_other_server_says_and_all_of_it_is_told(lab: Lab) -> None:
    account = multitude.run(lab, messages=MESSAGES, seconds=SECONDS)
    print(account)
    assert account.amiss == 0, account
    assert account.delivered + account.bounced + account.complained == MESSAGES
    assert account.bounced == MESSAGES * 30 // 1000
    assert account.complained == MESSAGES // 1000
    assert account.deferrals >= MESSAGES * 50 // 1000
