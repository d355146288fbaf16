"""The private copy of the desired state."""

from pathlib import Path

import pytest

from tenant_agent import wire
from tenant_agent.state import ItemId, State
from tests.tenant_agent.samples import change, domain, mailbox, removal

ANN = ItemId("mailbox", "ann@acme.test")
ACME = ItemId("domain", "acme.test")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


@pytest.fixture
def state(path: Path) -> State:
    return State(path)


def test_it_is_readable_by_its_owner_only(state: State, path: Path) -> None:
    assert path.stat().st_mode & 0o777 == 0o600
    state.close()


def test_a_stored_change_is_pending_until_it_is_settled_and_survives_a_restart(state: State, path: Path) -> None:
    state.store(7, [change(mailbox())])
    state.close()
    again = State(path)
    assert (again.generation, again.applied_generation, again.pending()) == (7, 0, [ANN])
    again.settle(7, [ANN], [])
    assert (again.applied_generation, again.pending()) == (7, [])


def test_only_what_was_looked_at_is_settled(state: State) -> None:
    state.store(1, [change(mailbox())])
    state.store(2, [change(domain())])
    state.settle(1, [ANN], [])
    assert state.pending() == [ACME]


def test_a_deleted_item_is_gone_but_still_to_be_projected(state: State) -> None:
    state.store(1, [change(mailbox())])
    state.settle(1, [ANN], [])
    state.store(2, [removal(mailbox())])
    assert state.item(ANN) is None
    assert state.pending() == [ANN]


def test_a_snapshot_replaces_everything_and_asks_for_an_audit(state: State) -> None:
    state.store(1, [change(mailbox()), change(domain())])
    state.replace(9, [change(domain("other.test"))])
    assert [stored.id.key for stored in state.items()] == ["other.test"]
    assert state.audit_due
    state.settle(9, None, [])
    assert not state.audit_due


def test_an_older_delta_does_not_turn_the_generation_back(state: State) -> None:
    state.store(5, [])
    state.store(4, [])
    assert state.generation == 5


def test_quarantine_lasts_until_the_item_is_looked_at_again(state: State) -> None:
    refused = wire.Quarantined(kind="mailbox", key="ann@acme.test", tenant_id="ten_1", reason="because")
    state.settle(1, [ANN], [refused])
    assert state.quarantined() == (refused,)
    state.settle(2, [ACME], [])
    assert state.quarantined() == (refused,)
    state.settle(3, [ANN], [])
    assert state.quarantined() == ()


def test_the_parts_of_a_snapshot_count_together_once_the_last_is_there(state: State) -> None:
    state.store(1, [change(mailbox("old@acme.test"))])
    state.keep_part([change(domain()), change(mailbox())], begins=True)
    state.keep_part([removal(mailbox())], begins=False)
    assert [item.id.key for item in state.items()] == ["old@acme.test"]
    state.replace(5, [change(mailbox("bob@acme.test"))])
    assert {item.id.key for item in state.items()} == {"acme.test", "bob@acme.test"}


def test_a_snapshot_that_begins_drops_what_came_of_another(state: State) -> None:
    state.keep_part([change(domain("half.test"))], begins=True)
    state.keep_part([change(domain())], begins=True)
    state.replace(5, [])
    assert [item.id for item in state.items()] == [ACME]
