"""No line is lost or given twice, whatever happens to the file."""

import gzip
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tenant_agent.maillog.tail import Position, Tail

Follow = Callable[..., Tail]


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "mail.log"


@pytest.fixture
def follow() -> Iterator[Follow]:
    """Make tails that are closed when the test is over."""
    tails: list[Tail] = []

    def make(path: Path, position: Position | None = None, *, monotonic: Callable[[], float] = time.monotonic) -> Tail:
        tails.append(Tail(path, position, monotonic=monotonic))
        return tails[-1]

    yield make
    for tail in tails:
        tail.close()


def write(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


def everything(tail: Tail) -> str:
    return "".join(iter(tail.read, ""))


def test_whole_lines_are_given_once(path: Path, follow: Follow) -> None:
    tail = follow(path)
    assert tail.read() == ""
    write(path, "one\ntw")
    assert tail.read() == "one\n"
    assert tail.read() == ""
    write(path, "o\nthree\n")
    assert tail.read() == "two\nthree\n"


def test_a_hole_without_line_breaks_is_no_end(path: Path, follow: Follow) -> None:
    write(path, "one\n" + "\0" * 700_000 + "two\nthree\n")
    given = everything(follow(path))
    assert given.startswith("one\n")
    assert given.endswith("two\nthree\n")


def test_a_new_reader_goes_on_where_the_last_one_stood(path: Path, follow: Follow) -> None:
    write(path, "one\ntwo\n")
    first = follow(path)
    assert first.read() == "one\ntwo\n"
    write(path, "three\n")
    assert follow(path, first.position).read() == "three\n"


def test_after_a_rename_the_rest_of_the_old_file_comes_before_the_new_one(path: Path, follow: Follow) -> None:
    clock = Clock()
    write(path, "one\n")
    tail = follow(path, monotonic=clock)
    assert tail.read() == "one\n"
    old = path.rename(path.with_name("mail.log.20261121"))
    write(path, "three\n")
    write(old, "two\n")
    assert tail.read() == "two\n"
    assert tail.read() == ""  # somebody might still write to the old one
    clock.seconds += 3
    assert tail.read() == "three\n"


def test_a_reader_that_was_away_finds_the_old_file_under_its_new_name(path: Path, follow: Follow) -> None:
    write(path, "one\n")
    first = follow(path)
    first.read()
    write(path, "two\n")
    age(path.rename(path.with_name("mail.log.1")), 20)
    write(path, "three\n")
    assert everything(follow(path, first.position)) == "two\nthree\n"


def test_a_reader_that_was_away_for_two_rotations_reads_all_three_files(path: Path, follow: Follow) -> None:
    write(path, "one\n")
    first = follow(path)
    first.read()
    write(path, "two\n")
    age(path.rename(path.with_name("mail.log.20261120")), 20)
    write(path, "three\n")
    age(path.rename(path.with_name("mail.log.20261121")), 10)
    write(path, "four\n")
    assert everything(follow(path, first.position)) == "two\nthree\nfour\n"


def test_rotation_after_rotation_leaves_out_no_file(path: Path, follow: Follow) -> None:
    clock = Clock()
    write(path, "one\n")
    tail = follow(path, monotonic=clock)
    tail.read()
    age(path.rename(path.with_name("mail.log.20261120")), 20)
    assert tail.read() == ""
    write(path, "two\n")
    packed = path.with_name("mail.log.20261121.gz")
    packed.write_bytes(gzip.compress(path.read_bytes()))
    age(packed, 10)
    path.unlink()
    write(path, "three\n")
    tail.read()
    clock.seconds += 3
    assert everything(tail) == "two\nthree\n"


def test_a_rotated_file_may_be_compressed_meanwhile(path: Path, follow: Follow) -> None:
    write(path, "one\n")
    first = follow(path)
    first.read()
    write(path, "two\n")
    packed = path.with_name("mail.log.20261121.gz")
    packed.write_bytes(gzip.compress(path.read_bytes()))
    age(packed, 10)
    path.unlink()
    write(path, "three\n")
    assert everything(follow(path, first.position)) == "two\nthree\n"


def test_after_a_copy_and_truncate_the_copy_is_read_to_its_end(path: Path, follow: Follow) -> None:
    write(path, "one\n")
    tail = follow(path)
    tail.read()
    write(path, "two\n")
    copy = path.with_name("mail.log.1")
    copy.write_bytes(path.read_bytes())
    age(copy, 10)
    path.write_text("")
    write(path, "3\n")
    assert everything(tail) == "two\n3\n"


def test_a_file_that_was_lost_is_begun_anew(path: Path, follow: Follow) -> None:
    write(path, "other\n")
    assert everything(follow(path, Position(b"x" * 32, 4, 4))) == "other\n"


def test_two_files_that_begin_alike_are_told_apart_by_their_length(path: Path, follow: Follow) -> None:
    write(path, "same\nmore\n")
    first = follow(path)
    first.read()
    age(path.rename(path.with_name("mail.log.1")), 10)
    write(path, "same\n")
    assert everything(follow(path, first.position)) == "same\n"


def age(path: Path, seconds: int) -> None:
    """Make a file look that old: several are written within one tick of the clock here."""
    then = path.stat().st_mtime - seconds
    os.utime(path, (then, then))
