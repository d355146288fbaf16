"""Dovecot's users, asked of a real Dovecot."""

import string
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tenant_agent.identifiers import Unfit
from tenant_agent.identifiers import address as checked_address
from tenant_agent.project import LOGIN_REVISION, Table, chosen, revision_of
from tenant_agent.projections.passwd_shards import PasswdShards, shard_of
from tests.tenant_agent.daemons.dovecot import RunningDovecot, running_dovecot
from tests.tenant_agent.daemons.processes import eventually
from tests.tenant_agent.samples import PASSWORD, mailbox
from tests.tenant_agent.test_project import projected


def users_of(*addresses: str, enabled: bool = True) -> dict[str, str]:
    return chosen(projected(*(mailbox(address, enabled=enabled) for address in addresses)).rows, Table.USERS)


def test_a_change_of_one_user_leaves_the_files_of_others_alone(tmp_path: Path) -> None:
    shards = PasswdShards(tmp_path)
    assert shard_of("ann@acme.test") != shard_of("bob@acme.test")
    shards.write(users_of("ann@acme.test", "bob@acme.test"), [])
    before = (tmp_path / shard_of("bob@acme.test")).stat().st_ino
    shards.write(users_of("carl@acme.test"), ["ann@acme.test"])
    assert shards.read_all().keys() == {"bob@acme.test", "carl@acme.test"}
    assert (tmp_path / shard_of("bob@acme.test")).stat().st_ino == before


def test_a_user_in_a_file_where_dovecot_does_not_look_is_not_there(tmp_path: Path) -> None:
    """As after a change of how users are spread."""
    shards = PasswdShards(tmp_path)
    shards.write(users_of("ann@acme.test"), [])
    (tmp_path / shard_of("ann@acme.test")).rename(tmp_path / shard_of("bob@acme.test"))
    assert shards.read_all() == {}
    shards.write(users_of("bob@acme.test"), [])
    assert "ann@" not in (tmp_path / shard_of("bob@acme.test")).read_text()


def test_password_hashes_are_not_for_everybody(tmp_path: Path) -> None:
    PasswdShards(tmp_path).write(users_of("ann@acme.test"), [])
    assert (tmp_path / shard_of("ann@acme.test")).stat().st_mode & 0o777 == 0o640


def test_every_version_of_a_file_is_of_another_second(tmp_path: Path) -> None:
    """Dovecot would not look at it again."""
    shards, path = PasswdShards(tmp_path), tmp_path / shard_of("ann@acme.test")
    seconds = []
    for _ in range(3):
        shards.write(users_of("ann@acme.test"), [])
        seconds.append(int(path.stat().st_mtime))
    assert len(set(seconds)) == 3


@pytest.fixture(scope="module")
def dovecot() -> Iterator[RunningDovecot]:
    with TemporaryDirectory(prefix="fp-dovecot-") as root:
        Path(root).chmod(0o755)  # Dovecot's own users must get through
        with running_dovecot(Path(root)) as running:
            yield running


@pytest.fixture
def shards(dovecot: RunningDovecot) -> PasswdShards:
    return PasswdShards(dovecot.layout.users)


@pytest.mark.node
@pytest.mark.parametrize("domain", [f"d{number}.test" for number in range(12)])
def test_dovecot_looks_for_a_user_in_the_file_we_write(
    dovecot: RunningDovecot, shards: PasswdShards, domain: str
) -> None:
    shards.write(users_of(f"ann@{domain}"), [])
    found = dovecot.user(f"ann@{domain}")
    assert found.pop(LOGIN_REVISION) == revision_of(shards.read([f"ann@{domain}"])[f"ann@{domain}"])
    assert found == {
        "uid": "200001",
        "gid": "200001",
        "home": f"/var/vmail/200001/{domain}/ann",
        "mail": "maildir:~/Maildir",
        "quota_rule": "*:bytes=1073741824",
    }


@pytest.mark.node
def test_a_password_is_good_at_once_and_bad_once_the_mailbox_is_suspended(
    dovecot: RunningDovecot, shards: PasswdShards
) -> None:
    shards.write(users_of("carl@acme.test"), [])
    assert eventually(lambda: dovecot.user("carl@acme.test") != {})
    assert dovecot.admits("carl@acme.test", PASSWORD)
    shards.write(users_of("carl@acme.test", enabled=False), [])
    dovecot.forget("carl@acme.test")
    assert eventually(lambda: not dovecot.admits("carl@acme.test", PASSWORD))
    assert dovecot.user("carl@acme.test")["home"].endswith("/carl")


_WITHOUT_SHRINKING = (Phase.explicit, Phase.generate)  # each try asks a daemon
_ODD = st.text(alphabet=string.ascii_lowercase + string.digits + "._-&=+%$:/\\\"' \t\n\0*#@é", min_size=1, max_size=12)


@pytest.mark.node
@settings(
    max_examples=2,
    deadline=None,
    phases=_WITHOUT_SHRINKING,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(locals_=st.lists(_ODD, min_size=40, max_size=60))
def test_an_address_is_refused_or_read_back_byte_for_byte(
    dovecot: RunningDovecot, shards: PasswdShards, locals_: list[str]
) -> None:
    fit = {f"{local}@odd.test": local for local in locals_ if _is_fit(f"{local}@odd.test")}
    shards.write(users_of(*fit, "last@odd.test"), [])
    for address, local in fit.items():
        expected = f"/var/vmail/200001/odd.test/{local}"
        assert eventually(lambda: dovecot.user(address).get("home") == expected), address  # noqa: B023 (used at once)


def _is_fit(address: str) -> bool:
    try:
        checked_address(address)
    except Unfit:
        return False
    return True
