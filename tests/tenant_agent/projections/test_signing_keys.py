"""Signing keys in a real Redis."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from tenant_agent.projections import Unavailable
from tenant_agent.projections.signing_keys import SigningKeys
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
