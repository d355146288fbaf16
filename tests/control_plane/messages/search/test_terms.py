"""A message's terms: what it is found by, within its hour and for its tenant only."""

import hashlib
from uuid import UUID

from control_plane.core import ids
from control_plane.messages.search import terms
from control_plane.messages.search.terms import Findable

TENANT = UUID("019ab000-0000-7000-8000-000000000001")
MESSAGE = ids.new_uuid(1_795_357_800_000)
FINDABLE = Findable(
    sender="Ann@acme.test",
    recipients=("bob@else.test", "cleo@else.test"),
    subject="Your Invoice",
    stream="transactional",
    tags=("Order",),
    metadata={"order": "1"},
)


def test_everything_that_can_be_asked_for_is_a_term() -> None:
    assert terms.terms_of(FINDABLE) == {
        "wyour", "winvoice", "fann@acme.test", "fann@", "f@acme.test", "tbob@else.test", "tbob@", "t@else.test",
        "tcleo@else.test", "tcleo@", "gOrder", "morder=1", "stransactional",
    }  # fmt: skip


def test_a_foreign_message_id_is_a_term_without_its_brackets() -> None:
    assert terms.header_id("<1@desk.test>") == terms.header_id("1@desk.test")


def test_keys_hold_the_hour_before_the_hash() -> None:
    hashed = terms.hashes(TENANT, [terms.tag("Order")])
    [key] = terms.keys(terms.hour_of(MESSAGE), hashed)
    assert key >> 40 == 1_795_357_800_000 // 3_600_000
    assert key & ((1 << 40) - 1) == hashed[0]
    assert key in terms.keys_of(TENANT, MESSAGE, FINDABLE)
    assert key < 1 << 63


def test_hashes_are_those_that_the_database_computes() -> None:
    [hashed] = terms.hashes(TENANT, [terms.word("größe")])
    assert hashed == int(hashlib.md5(f"{TENANT}wgröße".encode()).hexdigest()[:10], 16)


def test_tenants_share_no_key() -> None:
    stranger = UUID("019ab000-0000-7000-8000-000000000002")
    mine, others = (terms.keys_of(tenant, MESSAGE, FINDABLE) for tenant in (TENANT, stranger))
    assert not set(mine) & set(others)
