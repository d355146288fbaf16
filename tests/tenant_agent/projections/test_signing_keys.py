"""Signing keys in a real Redis."""

import string
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tenant_agent import identifiers
from tenant_agent.identifiers import Unfit
from tenant_agent.projections import Unavailable
from tenant_agent.projections.signing_keys import KEY_PREFIX, SigningKeys
from tests.tenant_agent.daemons.redis import PASSWORD, running_redis

pytestmark = pytest.mark.node


@pytest.fixture
def keys(tmp_path: Path) -> Iterator[SigningKeys]:
    with running_redis(tmp_path) as socket:
        yield SigningKeys(redis.Redis(unix_socket_path=str(socket), password=PASSWORD, decode_responses=True))


def test_keys_of_a_domain_are_found_and_deleted_one_by_one(keys: SigningKeys) -> None:
    rows = {"acme.test/r1": "PEM\nRSA", "acme.test/e1": "seed", "other.test/r1": "PEM"}
    keys.write(rows, [])
    assert keys.read_all() == rows
    assert keys.read(["acme.test/e1", "acme.test/none"]) == {"acme.test/e1": "seed"}
    keys.write({}, ["acme.test/r1", "acme.test/e1"])
    assert keys.read_all() == {"other.test/r1": "PEM"}


def test_it_knows_whether_redis_has_forgotten(keys: SigningKeys) -> None:
    assert not keys.is_filled()
    keys.mark_filled()
    assert keys.is_filled()


def test_a_redis_that_is_away_is_told_apart_from_an_empty_one(tmp_path: Path) -> None:
    away = SigningKeys(redis.Redis(unix_socket_path=str(tmp_path / "none.sock"), decode_responses=True))
    with pytest.raises(Unavailable):
        away.is_filled()


_ODD = st.text(alphabet=string.ascii_lowercase + string.digits + "._-&=+%$:/\\\"' \t\n\0*#@é", min_size=1, max_size=12)


@settings(
    max_examples=6,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),  # each try asks a daemon: no shrinking
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(names=st.lists(st.tuples(_ODD, _ODD, _ODD), min_size=100, max_size=150))
def test_a_key_is_refused_or_found_under_its_name_byte_for_byte(
    keys: SigningKeys, tmp_path: Path, names: list[tuple[str, str, str]]
) -> None:
    rows = {f"{label}.test/{name}": key for label, name, key in names if _is_fit(f"{label}.test", name)}
    keys.write(rows, [])
    assert keys.read(rows) == rows
    for row, key in list(rows.items())[:5]:
        domain, _, selector = row.partition("/")
        assert asked(tmp_path, "HGET", KEY_PREFIX + domain, selector) == key.encode() + b"\n"


def asked(root: Path, *command: str) -> bytes:
    """Ask by Redis's own client."""
    socket = root / "run/fleetpost/redis.sock"
    client = ["redis-cli", "-s", str(socket), "-a", PASSWORD, "--no-auth-warning", "--raw"]
    return subprocess.run([*client, *command], capture_output=True, check=True).stdout


def _is_fit(domain: str, selector: str) -> bool:
    try:
        identifiers.domain(domain)
        identifiers.selector(selector)
    except Unfit:
        return False
    return True
