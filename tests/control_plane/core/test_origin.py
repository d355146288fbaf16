"""Where a request comes from: the peer, or what our own proxy says, in one form for each address."""

import pytest
from litestar.types import Scope

from control_plane.core.origin import client_address


def asked_from(peer: str, forwarded: str = "") -> Scope:
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    return {"type": "http", "client": (peer, 1024), "headers": headers}  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("192.0.2.1", "", "192.0.2.1"),
        ("192.0.2.1", "203.0.113.9", "192.0.2.1"),  # a stranger says where somebody else is
        ("127.0.0.1", "10.0.0.1, 203.0.113.9", "203.0.113.9"),  # what our proxy added stands last
        ("::1", "2001:DB8::1", "2001:db8::1"),
        ("::ffff:192.0.2.1", "", "192.0.2.1"),  # a socket for both families
        ("::ffff:127.0.0.1", "::ffff:203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "nobody", ""),
        ("a socket", "", ""),
    ],
)
def test_each_address_has_one_form(peer: str, forwarded: str, address: str) -> None:
    assert client_address(asked_from(peer, forwarded)) == address


def test_a_proxy_that_adds_a_line_of_its_own_is_believed_and_not_the_clients_line_before_it() -> None:
    scope = asked_from("127.0.0.1", "198.51.100.1")
    scope["headers"] = [*scope["headers"], (b"x-forwarded-for", b"203.0.113.9")]
    assert client_address(scope) == "203.0.113.9"
