"""Whose something is, is asked of the desired state that the node keeps."""

from pathlib import Path

import pytest

from tenant_agent import wire
from tenant_agent.owners import Owners
from tenant_agent.state import State
from tests.tenant_agent.samples import change, domain


@pytest.mark.parametrize(
    ("recipient", "owner"),
    [
        ("bob@acme.test", "ten_1"),
        ("a.b@x.y.ACME.test", "ten_1"),  # whatever the name below: a share is not had twice
        ("000000@bounce.acme.test", "ten_1"),
        ("bob@shop.acme.test", "ten_2"),
        ("token@reports.test", "reports.test"),
        ("bob@Else.test", "else.test"),
    ],
)
def test_whose_mail_comes_in_at_an_address(tmp_path: Path, recipient: str, owner: str) -> None:
    state = State(tmp_path / "state.db")
    state.store(
        1,
        [
            change(domain("acme.test"), "ten_1"),
            change(wire.InboundItem(name="acme.test", subdomains=True), "ten_1"),
            change(domain("shop.acme.test"), "ten_2"),
        ],
    )
    assert Owners(tmp_path / "state.db").taker_of(recipient) == owner


def test_before_there_is_a_state_domains_have_their_shares(tmp_path: Path) -> None:
    assert Owners(tmp_path / "state.db").taker_of("bob@acme.test") == "acme.test"
