"""Keys as Dovecot is to know them."""

import pytest

from tenant_agent import wire
from tenant_agent.by_key import rows
from tenant_agent.identifiers import Unfit
from tenant_agent.project import RowId, Table, row_ids_of
from tenant_agent.state import ItemId
from tests.tenant_agent.by_key.key_samples import KEY_ID, smtp_key
from tests.tenant_agent.samples import change
from tests.tenant_agent.test_project import projected


def test_a_key_lets_in_under_each_of_its_names() -> None:
    found = rows.rows(smtp_key())
    assert list(found) == [KEY_ID, f"{KEY_ID}+transactional", f"{KEY_ID}+broadcast"]
    assert set(found.values()) == {f"{{SSHA512}}{smtp_key().password_hash}::::::"}
    assert {rows.key_of(name) for name in found} == {KEY_ID}


@pytest.mark.parametrize("hash_", ["", "short", "a" * 100 + ":", "a" * 100 + "\n", "{PLAIN}" + "a" * 100, "é" * 100])
def test_what_is_no_hash_is_refused(hash_: str) -> None:
    with pytest.raises(Unfit):
        rows.rows(smtp_key(password_hash=hash_))


@pytest.mark.parametrize("key_id", ["", "ann@acme.test", f"{KEY_ID}+broadcast", KEY_ID.upper(), "key_1"])
def test_what_is_no_key_is_refused(key_id: str) -> None:
    with pytest.raises(Unfit):
        rows.rows(smtp_key(key_id))


def test_its_rows_are_found_again_by_its_name() -> None:
    stored = change(smtp_key())
    written = {row for row in projected(smtp_key()).rows if row.table is Table.SMTP_KEYS}
    assert len(written) == 1 + len(wire.STREAMS)
    assert written == {RowId(Table.SMTP_KEYS, row.key) for row in row_ids_of(ItemId(stored.kind, stored.key))}
