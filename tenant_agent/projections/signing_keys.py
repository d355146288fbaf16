"""DKIM keys in the node's Redis, where Rspamd's signer finds all active keys of a domain with one `HGETALL`.

Redis keeps nothing on disk here. A marker key tells whether it is still the one that was filled: when the marker is
gone, Redis has restarted and all keys must be written again.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import cast

import redis
from redis.client import Pipeline

from tenant_agent.projections import Unavailable, Unverified

KEY_PREFIX = "fleetpost:dkim:"
_MARKER = "fleetpost:filled"


class SigningKeys:
    """The hashes `fleetpost:dkim:<domain>`, selector → key. Rows are named `<domain>/<selector>`."""

    def __init__(self, client: "redis.Redis") -> None:
        self._redis = client

    def read_all(self) -> dict[str, str]:
        with _unavailable_if_down():
            names = sorted(cast("Iterable[str]", self._redis.scan_iter(match=f"{KEY_PREFIX}*", count=1000)))
            return self._rows_of(name.removeprefix(KEY_PREFIX) for name in names)

    def read(self, keys: Iterable[str]) -> dict[str, str]:
        asked = frozenset(keys)
        with _unavailable_if_down():
            rows = self._rows_of(sorted({key.partition("/")[0] for key in asked}))
        return {key: value for key, value in rows.items() if key in asked}

    def pages(self) -> Iterator[list[str]]:
        yield list(self.read_all())

    def tidied(self) -> list[str]:
        return []

    def write(self, puts: Mapping[str, str], deletes: Iterable[str]) -> None:
        with _unavailable_if_down(), self._redis.pipeline(transaction=True) as pipeline:
            for domain, keys in _by_domain(puts).items():
                pipeline.hset(KEY_PREFIX + domain, mapping=keys)
            for key in deletes:
                domain, _, selector = key.partition("/")
                pipeline.hdel(KEY_PREFIX + domain, selector)
            _answers(pipeline)

    def verify(self, puts: Mapping[str, str], deletes: Iterable[str]) -> None:
        if self.read(puts) != puts or self.read(deletes):
            raise Unverified("Redis does not hold the signing keys that were written")

    def is_filled(self) -> bool:
        """Say whether this is still the Redis that `mark_filled` was called on; raises `Unavailable`."""
        with _unavailable_if_down():
            return bool(self._redis.exists(_MARKER))

    def mark_filled(self) -> None:
        """Remember that all keys are there."""
        with _unavailable_if_down():
            self._redis.set(_MARKER, "yes")

    def close(self) -> None:
        self._redis.close()  # type: ignore[no-untyped-call]  # redis-py's own gap

    def _rows_of(self, domains: Iterable[str]) -> dict[str, str]:
        wanted = list(domains)
        with self._redis.pipeline(transaction=False) as pipeline:
            for domain in wanted:
                pipeline.hgetall(KEY_PREFIX + domain)
            answers = _answers(pipeline)
        return {
            f"{domain}/{selector}": key
            for domain, keys in zip(wanted, answers, strict=True)
            for selector, key in keys.items()
        }


@contextmanager
def _unavailable_if_down() -> Iterator[None]:
    try:
        yield
    except redis.RedisError as error:
        raise Unavailable("Redis does not answer") from error


def _answers(pipeline: Pipeline) -> list[dict[str, str]]:
    return cast("list[dict[str, str]]", pipeline.execute())  # type: ignore[no-untyped-call]  # redis-py's own gap


def _by_domain(puts: Mapping[str, str]) -> dict[str, dict[str, str]]:
    domains: dict[str, dict[str, str]] = defaultdict(dict)
    for key, value in puts.items():
        domain, _, selector = key.partition("/")
        domains[domain][selector] = value
    return domains
