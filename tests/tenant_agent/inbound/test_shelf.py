"""Mails on the shelf outlive the agent, and never take more room than they may."""

from pathlib import Path

import pytest

from tenant_agent import wire
from tenant_agent.inbound.shelf import Kept, Shelf


def kept(mail_id: str = "06f000000000000000000000a0", raw: bytes = b"Hello\r\n\0\xff\n") -> Kept:
    headers = wire.InboundHeaders(
        id=mail_id, recipient="a@reports.test", sender="", received_at_ms="1795320000000", client="192.0.2.1"
    )
    return Kept(headers, raw)


def put(shelf: Shelf, mail: Kept) -> None:
    shelf.add(mail.headers.id, shelf.write(mail))


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "inbound", least_free_bytes=0)


def test_a_mail_is_read_as_it_was_put(shelf: Shelf) -> None:
    put(shelf, kept())
    assert shelf.read(kept().headers.id) == kept()


def test_nobody_else_may_look(shelf: Shelf, tmp_path: Path) -> None:
    put(shelf, kept())
    assert (tmp_path / "inbound").stat().st_mode & 0o777 == 0o700


def test_the_same_mail_twice_is_one(shelf: Shelf) -> None:
    put(shelf, kept())
    put(shelf, kept())
    assert len(shelf) == 1


def test_a_new_life_finds_everything_in_its_order_and_drops_what_was_not_finished(tmp_path: Path) -> None:
    old = Shelf(tmp_path, least_free_bytes=0)
    for letter in "cab":
        put(old, kept(f"06f00000000000000000000{letter}00"))
    (tmp_path / ".06f00000000000000000000d00").write_bytes(b"half")
    new = Shelf(tmp_path, least_free_bytes=0)
    assert [mail_id[-3] for mail_id in new.first(9)] == ["a", "b", "c"]
    assert not (tmp_path / ".06f00000000000000000000d00").exists()


def test_what_is_put_off_comes_last(shelf: Shelf) -> None:
    for letter in "ab":
        put(shelf, kept(f"06f00000000000000000000{letter}00"))
    shelf.put_off("06f00000000000000000000a00")
    assert [mail_id[-3] for mail_id in shelf.first(2)] == ["b", "a"]


def test_a_full_shelf_has_no_room(tmp_path: Path) -> None:
    small = Shelf(tmp_path / "small", most_bytes=1000, least_free_bytes=0)
    assert small.has_room(900)
    put(small, kept(raw=b"x" * 800))
    assert not small.has_room(200)
    small.drop(kept().headers.id)
    assert small.has_room(900)


def test_nobody_takes_the_room_of_all_others(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, most_bytes=400, least_free_bytes=0)
    for mail_id, owner in (("a", "ten_1"), ("b", "ten_1"), ("c", "ten_2")):
        shelf.add(mail_id, shelf.write_parts(mail_id, b"x" * 50), owner)
    assert [shelf.has_room(1, "ten_1"), shelf.has_room(50, "ten_2"), shelf.has_room(1)] == [False, True, True]
    shelf.add("a", 20, "ten_1")  # written anew
    assert [shelf.has_room(30, "ten_1"), shelf.has_room(31, "ten_1")] == [True, False]
    shelf.drop("a")
    shelf.set_aside("b")
    assert shelf.has_room(100, "ten_1")


def test_a_full_disk_has_no_room(tmp_path: Path) -> None:
    assert not Shelf(tmp_path, least_free_bytes=2**62).has_room(1)


def test_of_what_nobody_takes_the_newest_hundred_are_kept_aside(shelf: Shelf, tmp_path: Path) -> None:
    for number in range(103):
        put(shelf, kept(f"06f000000000000000000{number:03}00"))
        shelf.set_aside(f"06f000000000000000000{number:03}00")
    assert len(shelf) == 0
    names = sorted(path.name for path in (tmp_path / "inbound/aside").iterdir())
    assert (len(names), names[0]) == (100, "06f00000000000000000000300")
