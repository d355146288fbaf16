"""Digests of what is stored, and tenants that are sent anew."""

import hashlib
from pathlib import Path

import pytest

from tenant_agent import wire
from tenant_agent.digests import digests
from tenant_agent.state import ItemId, State
from tests.tenant_agent.samples import change, domain, mailbox, node


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State(tmp_path / "state.db")


def told(state: State) -> dict[str, str]:
    return digests(state.path).digests


def test_a_digest_is_made_of_kind_key_and_payload_in_order(state: State) -> None:
    state.store(4, [change(mailbox()), change(domain())])
    parts = [
        f"{each.kind}\0{each.key}\0{hashlib.sha256(each.payload or b'').hexdigest()}"
        for each in (change(domain()), change(mailbox()))
    ]
    expected = hashlib.sha256("".join(parts).encode()).hexdigest()
    assert digests(state.path) == wire.Digests(generation=4, digests={"ten_1": expected})


def test_what_is_the_nodes_own_goes_under_the_empty_name(state: State) -> None:
    state.store(1, [change(node()), change(domain())])
    assert told(state).keys() == {"", "ten_1"}


def test_an_empty_state_has_none(state: State) -> None:
    assert digests(state.path) == wire.Digests(generation=0, digests={})


def test_the_digest_tells_that_an_item_is_missing_or_another(state: State) -> None:
    state.store(1, [change(domain()), change(domain("two.test"), "ten_2")])
    before = told(state)
    state.store(2, [change(wire.DomainItem(name="acme.test", return_domain="other.acme.test"))])
    after = told(state)
    assert after["ten_1"] != before["ten_1"]
    assert after["ten_2"] == before["ten_2"]


def test_a_tenant_that_is_sent_anew_has_what_was_sent_and_nothing_else(state: State) -> None:
    state.store(3, [change(node()), change(domain()), change(mailbox()), change(domain("two.test"), "ten_2")])
    wanted = State(state.path.with_name("wanted.db"))
    wanted.store(3, [change(node()), change(domain()), change(domain("two.test"), "ten_2")])
    state.settle(3, None, ())
    state.replace_tenants(3, ["ten_1"], [change(domain())])
    assert told(state) == told(wanted)
    assert set(state.pending()) == {ItemId("domain", "acme.test"), ItemId("mailbox", "ann@acme.test")}


def test_the_nodes_own_items_are_sent_anew_under_the_empty_name(state: State) -> None:
    state.store(3, [change(node()), change(domain())])
    state.replace_tenants(3, [""], [])
    assert state.item(ItemId("node", "self")) is None
    assert state.item(ItemId("domain", "acme.test")) is not None


def test_an_older_generation_does_not_set_the_state_back(state: State) -> None:
    state.store(9, [change(domain())])
    state.replace_tenants(3, ["ten_1"], [change(domain())])
    assert state.generation == 9
