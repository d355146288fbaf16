"""A long queue id tells when it was made."""

from datetime import UTC, datetime

import pytest

from control_plane.messages.search.queue_ids import queued_at
from tenant_agent.maillog.queue_id import created_at_ms


@pytest.mark.parametrize("queue_id", ["4dJ8sT2n6Gz3tM", "3Pt2mN2VXxznjll"])
def test_the_moment_is_the_one_that_nodes_read(queue_id: str) -> None:
    found = queued_at(queue_id)
    assert found is None or int(found.timestamp() * 1000) == created_at_ms(queue_id)


def test_a_queue_id_of_today() -> None:
    digits = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz"

    def written(number: int, least: int) -> str:
        text = ""
        while number:
            number, digit = divmod(number, 52)
            text = digits[digit] + text
        return text.rjust(least, "0")

    queue_id = f"{written(1_795_357_800, 6)}{written(123_456, 4)}z3tM"
    assert queued_at(queue_id) == datetime.fromtimestamp(1_795_357_800, UTC).replace(microsecond=123_456)


@pytest.mark.parametrize("text", ["", "invoice", "4F1B2C3D", "zzzzzzzzzzzz", "0" * 10 + "z1", "z" * 30, "9" * 29 + "z"])
def test_what_is_none_has_no_moment(text: str) -> None:
    assert queued_at(text) is None
