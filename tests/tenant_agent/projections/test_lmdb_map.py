"""Postfix's tables, read back with Postfix's own tool."""

import fcntl
import os
import string
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tenant_agent import identifiers
from tenant_agent.identifiers import Unfit
from tenant_agent.projections import Unverified
from tenant_agent.projections.lmdb_map import LmdbMap, Postmap

pytestmark = pytest.mark.node


@pytest.fixture
def postmap(tmp_path: Path) -> Postmap:
    return Postmap(tmp_path / "postmap")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "maps" / "virtual_mailbox_maps.lmdb"


def test_postfix_finds_what_was_put_and_not_what_was_deleted(path: Path, postmap: Postmap) -> None:
    table = LmdbMap(path, postmap)
    table.write({"ann@acme.test": "OK", "bob@acme.test": "OK"}, [])
    table.write({}, ["bob@acme.test", "never@was.there"])
    assert postmap.query(path, ["ann@acme.test", "bob@acme.test"]) == {"ann@acme.test": "OK"}
    table.verify({"ann@acme.test": "OK"}, ["bob@acme.test"])
    assert table.read_all() == {"ann@acme.test": "OK"}


def test_a_table_that_holds_something_else_is_noticed(path: Path, postmap: Postmap) -> None:
    table = LmdbMap(path, postmap)
    with pytest.raises(Unverified):
        table.verify({"ann@acme.test": "OK"}, [])


def test_it_grows_beyond_its_first_size(path: Path, postmap: Postmap) -> None:
    table = LmdbMap(path, postmap)
    rows = {f"user-{number}@acme.test": "x" * 400 for number in range(50_000)}
    table.write(rows, [])
    table.close()
    assert path.stat().st_size > 16 * 1024 * 1024
    assert LmdbMap(path, postmap).read(["user-49999@acme.test"]) == {"user-49999@acme.test": "x" * 400}
    assert postmap.query(path, ["user-0@acme.test"]).keys() == {"user-0@acme.test"}


def test_a_damaged_table_is_started_afresh_under_a_new_inode(path: Path, postmap: Postmap) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(b"this is not LMDB" * 1000)
    before = path.stat().st_ino
    table = LmdbMap(path, postmap)
    assert table.read_all() == {}
    assert path.stat().st_ino != before
    table.write({"ann@acme.test": "OK"}, [])
    table.verify({"ann@acme.test": "OK"}, [])


def test_postfix_may_read_it_and_only_its_owner_write(path: Path, postmap: Postmap) -> None:
    LmdbMap(path, postmap)
    assert path.stat().st_mode & 0o777 == 0o644


def test_a_writer_waits_for_a_reader_and_keeps_readers_out(path: Path, postmap: Postmap) -> None:
    """As Postfix's readers do, a second process takes a shared lock."""
    table = LmdbMap(path, postmap)
    with table._locked():
        probe = subprocess.run(
            [sys.executable, "-c", _TRY_SHARED_LOCK, str(path)], capture_output=True, text=True, check=True
        )
        assert probe.stdout == "busy"
    descriptor = os.open(path, os.O_RDONLY)
    fcntl.lockf(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)


_TRY_SHARED_LOCK = """
import fcntl, os, sys
try:
    fcntl.lockf(os.open(sys.argv[1], os.O_RDONLY), fcntl.LOCK_SH | fcntl.LOCK_NB)
except BlockingIOError:
    print("busy", end="")
"""

_WITHOUT_SHRINKING = (Phase.explicit, Phase.generate)  # each try asks a daemon
_ODD = st.text(alphabet=string.ascii_lowercase + string.digits + "._-&=+%$:/\\\"' \t\n\0*#@é", max_size=20)


@settings(
    max_examples=6,
    deadline=None,
    phases=_WITHOUT_SHRINKING,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(locals_=st.lists(_ODD, min_size=100, max_size=200))
def test_an_address_is_refused_or_read_back_byte_for_byte(path: Path, postmap: Postmap, locals_: list[str]) -> None:
    fit = {address: "OK" for address in (f"{local}@acme.test" for local in locals_) if _is_fit(address)}
    table = LmdbMap(path, postmap)
    table.write(fit, [])
    assert postmap.query(path, fit) == fit
    table.close()


def _is_fit(address: str) -> bool:
    try:
        identifiers.address(address)
    except Unfit:
        return False
    return True
