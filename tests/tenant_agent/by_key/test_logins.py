"""Names that keys log in with, told from people's."""

import re
from typing import get_args

import pytest

from control_plane.ip_pools.schemas import Stream
from tenant_agent import wire
from tenant_agent.by_key import logins
from tenant_agent.by_key.logins import Login
from tests.tenant_agent.by_key.key_samples import KEY_ID


@pytest.mark.parametrize(
    ("login", "found"),
    [
        (KEY_ID, Login(KEY_ID, "")),
        (f"{KEY_ID}+broadcast", Login(KEY_ID, "broadcast")),
        (f"{KEY_ID}+transactional", Login(KEY_ID, "transactional")),
        (KEY_ID.upper(), Login(KEY_ID, "")),
        (f"{KEY_ID}+", None),
        (f"{KEY_ID}+bulk", None),
        (f"{KEY_ID}\n", None),
        ("key_1", None),
        ("ann@acme.test", None),
    ],
)
def test_a_login_is_a_key_and_perhaps_a_stream(login: str, found: Login | None) -> None:
    assert logins.parse(login) == found


@pytest.mark.parametrize(
    ("login", "is_one"),
    [(KEY_ID, True), (f"{KEY_ID}+broadcast", True), ("key_1", True), ("key_ann@acme.test", False), ("", False)],
)
def test_what_has_no_at_sign_and_begins_so_is_a_keys_for_us_as_for_postfix(login: str, *, is_one: bool) -> None:
    assert logins.is_of_a_key(login) is is_one
    assert (re.search(logins.PATTERN.strip("/"), login) is not None) is is_one


def test_every_name_that_a_key_has_leads_back_to_it() -> None:
    assert [logins.parse(name) for name in logins.names_of(KEY_ID)] == [
        Login(KEY_ID, stream) for stream in ("", "transactional", "broadcast")
    ]


def test_nodes_know_the_streams_that_there_are() -> None:
    assert get_args(Stream) == wire.STREAMS
