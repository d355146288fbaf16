"""The report of what could not be delivered is one that other software reads."""

from datetime import UTC, datetime

import pytest

from control_plane.bounces.reading import read
from control_plane.inbound_routes.returned import Failure, report

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(("code", "said"), [("5.1.1", "5.1.1"), ("", "5.0.0"), ("5.1.1\r\nX: y", "5.0.0")])
def test_it_is_read_as_a_bounce_of_the_address_that_was_written_to(code: str, said: str) -> None:
    failure = Failure(domain="acme.test", recipient="help@acme.test", sender="bob@else.test", code=code, at=AT)
    written = report(failure)
    returned = read(written)
    assert (returned.kind, returned.dsn) == ("failed", said)
    assert b"To: bob@else.test\r\n" in written
    assert b"Final-Recipient: rfc822; help@acme.test\r\n" in written
