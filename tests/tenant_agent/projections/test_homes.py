"""Homes are open to their owners where the mailbox is kept, and to nobody while it moves."""

import os
from pathlib import Path

import pytest

from tenant_agent.projections.homes import SHUT_GID, Homes, home_of, homes_in, is_shut, open_home, shut_home

ANN, UID = "ann@acme.test", 200_001


@pytest.fixture
def homes(tmp_path: Path) -> Homes:
    return Homes(tmp_path / "vmail")


def row(homes: Homes, passed: str = "") -> str:
    return f"{{ARGON2ID}}x:{UID}:{UID}::{home_of(homes.directory, UID, ANN)}::{passed}userdb_quota_rule=*:bytes=1"


def test_a_shut_home_is_made_with_all_above_it(homes: Homes) -> None:
    home = home_of(homes.directory, UID, ANN)
    shut_home(home, UID)
    assert is_shut(home)
    assert list(homes_in(homes.directory)) == [home]
    if os.geteuid() == 0:
        assert (home.stat().st_uid, home.stat().st_gid, home.parent.stat().st_uid) == (0, SHUT_GID, UID)


def test_a_home_is_opened_for_a_mailbox_that_is_kept_here(homes: Homes) -> None:
    home = home_of(homes.directory, UID, ANN)
    shut_home(home, UID)
    homes.prepare([row(homes)])
    assert not is_shut(home)
    assert home.stat().st_mode & 0o777 == 0o700


def test_a_home_stays_shut_for_a_mailbox_whose_logins_are_passed_on(homes: Homes) -> None:
    home = home_of(homes.directory, UID, ANN)
    shut_home(home, UID)
    homes.prepare([row(homes, "proxy=y host=nod-b.fleet.internal hostip=10.0.0.2 ")])
    assert is_shut(home)


def test_shutting_and_opening_can_be_repeated(homes: Homes) -> None:
    home = home_of(homes.directory, UID, ANN)
    for _ in range(2):
        shut_home(home, UID)
    for _ in range(2):
        open_home(home, UID)
    assert not is_shut(home)


def test_no_link_is_followed(homes: Homes, tmp_path: Path) -> None:
    home, elsewhere = home_of(homes.directory, UID, ANN), tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o755)
    home.parent.mkdir(parents=True)
    home.symlink_to(elsewhere)
    with pytest.raises(OSError, match=r"Not a directory|symbolic"):
        shut_home(home, UID)
    assert elsewhere.stat().st_mode & 0o777 == 0o755
