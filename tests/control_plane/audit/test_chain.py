from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest

from control_plane.audit.chain import Entry, Fault, Head, fault_of, hash_of

TENANT = UUID("01890a5d-ac96-774b-bcce-b302099a8057")


def entry(seq: int, previous: bytes) -> Entry:
    """Write a sound entry."""
    made = Entry(
        tenant_id=TENANT,
        seq=seq,
        id=TENANT,
        at=datetime(2026, 11, 22, 1, 2, 3, 456789, UTC),
        actor_kind="user",
        actor_id="usr_1",
        actor_name="ann@acme.test",
        actor_tenant_id=None,
        on_behalf_of=None,
        address="192.0.2.7",
        action="mailboxes.change",
        target="mbx_1",
        changes='{"name": ["Ann", "Bea"]}',
        previous_hash=previous,
        hash=b"",
    )
    return msgspec.structs.replace(made, hash=hash_of(made))


FIRST = entry(1, b"")
SECOND = entry(2, FIRST.hash)
AFTER_FIRST = Head(1, FIRST.hash)


def test_a_sound_chain_has_no_fault() -> None:
    assert fault_of(FIRST, Head()) is None
    assert fault_of(SECOND, AFTER_FIRST) is None


@pytest.mark.parametrize(
    ("found", "before", "fault"),
    [
        (SECOND, Head(), "missing"),
        (entry(2, b"another past"), AFTER_FIRST, "not_linked"),
        (msgspec.structs.replace(SECOND, actor_name="bob@acme.test"), AFTER_FIRST, "altered"),
        (msgspec.structs.replace(SECOND, changes="{}"), AFTER_FIRST, "altered"),
        (msgspec.structs.replace(SECOND, hash=FIRST.hash), AFTER_FIRST, "altered"),
    ],
)
def test_what_is_wrong_is_named(found: Entry, before: Head, fault: Fault) -> None:
    assert fault_of(found, before) == fault
