"""The moment that a long queue id carries."""

import pytest

from tenant_agent.maillog.queue_id import created_at_ms


def test_a_long_queue_id_tells_when_it_was_made() -> None:
    # Taken from a log: written at 2026-11-21T22:02:21Z, delay=0.05.
    assert created_at_ms("4jX5lx4zN7zCXkw") // 1000 == 1795298541


@pytest.mark.parametrize("queue_id", ["", "3F2B1C4D5B6", "4jX5lx4zN7", "z", "AEIOU12345zCX"])
def test_anything_else_is_refused(queue_id: str) -> None:
    with pytest.raises(ValueError, match="not a long queue id"):
        created_at_ms(queue_id)
