"""What is open to others is closed again, and what is closed to the daemons opened."""

import stat
from pathlib import Path

import pytest

from tenant_agent.audit.places import Place, places, put_right
from tenant_agent.journal import Journal
from tenant_agent.render.postfix import SNI_FILE
from tests.tenant_agent.audit.test_tables import MAILBOXES, Disk


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    made = Disk(tmp_path)
    made.fill()
    return made


def test_a_filled_node_is_as_it_should_be(disk: Disk) -> None:
    assert put_right(places(disk.layout)) == []


def test_secrets_that_were_opened_are_closed(disk: Disk) -> None:
    opened = [
        disk.layout.state_database,
        disk.layout.own_certificate,
        disk.layout.maps / f"{SNI_FILE}.lmdb",
        next(disk.layout.users.iterdir()),
        disk.layout.mail_store / "200001",
    ]
    before = [mode_of(path) for path in opened]
    for path in opened:
        path.chmod(0o777)
    assert set(put_right(places(disk.layout))) == set(opened)
    assert [mode_of(path) for path in opened] == before


def test_mail_and_what_leads_to_it_is_nobody_elses(disk: Disk) -> None:
    journal = Journal(disk.layout.mail_database, ("create table if not exists notes (text text);",))
    opened = [disk.layout.mail_database, *disk.layout.state.glob("mail.db-*"), *disk.layout.state.glob("state.db-*")]
    assert len(opened) >= 3
    for path in opened:
        path.chmod(0o644)
    assert set(put_right(places(disk.layout))) == set(opened)
    journal.close()


def test_maps_that_were_closed_are_open_to_postfix_again(disk: Disk) -> None:
    path = disk.layout.maps / MAILBOXES
    path.chmod(0o600)
    put_right(places(disk.layout))
    assert mode_of(path) == 0o644


def test_what_a_link_points_to_is_left_alone(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.touch(mode=0o644)
    (tmp_path / "link").symlink_to(target)
    assert put_right([Place(tmp_path / "link", 0o600)]) == []
    assert mode_of(target) == 0o644
