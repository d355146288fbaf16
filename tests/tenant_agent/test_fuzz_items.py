"""Whatever an item says, it becomes rows that say nothing else, or is refused; the others go on."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenant_agent import wire
from tenant_agent.project import key_of, project
from tenant_agent.state import ItemId, StoredItem
from tests.tenant_agent.hostile import TEXTS, broken, hostile
from tests.tenant_agent.samples import change, mailbox
from tests.tenant_agent.test_project import EVERYTHING

GOOD = StoredItem(ItemId("mailbox", "ann@acme.test"), "ten_1", change(mailbox()).payload or b"")
KINDS = sorted(wire.ITEM_TYPES)


def check(stored: StoredItem) -> None:
    """Project an item beside a good one."""
    projection = project([stored, GOOD], EVERYTHING)
    assert {row.key for row in project([GOOD], EVERYTHING).rows} <= {row.key for row in projection.rows}
    assert len(projection.refused) <= 1
    for row, value in projection.rows.items():
        assert not {"\0", "\n"} & set(row.key)
        assert "\0" not in value
        assert "\n" not in value or row.table.name in {"LOCAL_NAMES", "OWN_CERTIFICATE", "SIGNING_KEYS"}


@pytest.mark.parametrize("kind", KINDS)
@given(st.data())
@settings(max_examples=100, deadline=None)
def test_a_hostile_item_is_projected_or_refused(kind: str, data: st.DataObject) -> None:
    item: wire.Item = data.draw(hostile(wire.ITEM_TYPES[kind]))  # type: ignore[assignment]
    key = data.draw(st.one_of(st.just(key_of(item)), TEXTS))
    check(StoredItem(ItemId(kind, key), "ten_2", wire.encode(item)))


@pytest.mark.parametrize("kind", KINDS)
@given(st.data())
@settings(max_examples=50, deadline=None)
def test_an_item_that_is_broken_on_the_way_is_projected_or_refused(kind: str, data: st.DataObject) -> None:
    item: wire.Item = data.draw(hostile(wire.ITEM_TYPES[kind]))  # type: ignore[assignment]
    cut, place, value = (data.draw(st.integers(0, most)) for most in (50, 1000, 255))
    check(StoredItem(ItemId(kind, key_of(item)), "ten_2", broken(wire.encode(item), cut, place, value)))


@pytest.mark.parametrize("kind", KINDS)
def test_nesting_without_end_and_what_is_no_text_are_refused(kind: str) -> None:
    for payload in (b"\x81\xa1x" + b"\x91" * 100_000, b"\x81\xa1\xff\xc0", b"", b"\xc1"):
        stored = StoredItem(ItemId(kind, "self"), "ten_2", payload)
        assert [entry.kind for entry in project([stored], EVERYTHING).refused] == [kind]
