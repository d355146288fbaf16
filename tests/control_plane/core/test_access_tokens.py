from datetime import UTC, datetime, timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from control_plane.core.access_tokens import LIFETIME, AccessTokens, Claims
from control_plane.core.clock import FixedClock

SECRET = "ab" * 32
CLAIMS = Claims("lookup0123456789", frozenset({"messages:write", "domains:read"}))


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 11, 22, 12, tzinfo=UTC))


def test_what_was_made_is_read(clock: FixedClock) -> None:
    tokens = AccessTokens(SECRET, clock)
    assert tokens.read(tokens.make(CLAIMS)) == CLAIMS


def test_a_token_is_good_for_an_hour(clock: FixedClock) -> None:
    tokens = AccessTokens(SECRET, clock)
    token = tokens.make(CLAIMS)
    clock.move(LIFETIME - timedelta(seconds=1))
    assert tokens.read(token) == CLAIMS
    clock.move(timedelta(seconds=1))
    assert tokens.read(token) is None


def test_another_installations_token_is_not_ours(clock: FixedClock) -> None:
    assert AccessTokens("cd" * 32, clock).read(AccessTokens(SECRET, clock).make(CLAIMS)) is None


def test_nothing_else_is_taken_for_a_token(clock: FixedClock) -> None:
    tokens = AccessTokens(SECRET, clock)
    head, payload, signature = tokens.make(CLAIMS).split(".")
    unsigned = jwt.encode({"alg": "HS256"}, {"sub": "x"}, OctKey.import_key(b"0" * 32))
    odd = [
        "",
        "x",
        "..",
        f"{head}.{payload}.",
        f"{head}.{payload[:-2]}.{signature}",
        "é.é.é",
        "a" * 9999,
        unsigned,
        "\0",
    ]
    assert [text for text in odd if tokens.read(text) is not None] == []
