"""Whose relays a sender's mail may leave by: who borrows somebody else's token does not borrow their login."""

from pathlib import Path

import pytest

from tenant_agent import ledger, rerouting, wire
from tenant_agent.assignment import Assignment
from tenant_agent.clock import ManualClock
from tenant_agent.journal import Journal
from tenant_agent.owners import Owners
from tenant_agent.relays.book import RelayBook, way_to
from tenant_agent.relays.whose import Whose
from tenant_agent.state import State
from tests.tenant_agent.mail_fixtures import offer
from tests.tenant_agent.relays.relay_samples import relay
from tests.tenant_agent.samples import change

THEIRS = relay("rly_theirs", tenant_id="ten_1", username="theirs")
MINE = relay("rly_mine", tenant_id="ten_2", username="mine")


@pytest.fixture
async def whose(tmp_path: Path) -> Whose:
    state = State(tmp_path / "state.db")
    domain = wire.DomainItem(name="evil.test", return_domain="bounce.evil.test")
    state.store(1, [change(domain, "ten_2")])
    book = RelayBook(tmp_path / "relays.json", ManualClock())
    book.set_relays([THEIRS, MINE])
    journal = Journal(tmp_path / "mail.db", (ledger.SCHEMA, rerouting.SCHEMA))
    return Whose(book, journal, Owners(tmp_path / "state.db"))


async def sent_by_theirs(whose: Whose) -> str:
    """Give the return path's left side of a mail that left by somebody else's relay."""
    batch = offer(["bob@else.test"])
    way = Assignment(way_to(THEIRS), wire.Route(relay_id=THEIRS.relay_id))
    await whose._journal.write(lambda db: ledger.record_offer(db, batch, 0))
    await whose._journal.write(lambda db: ledger.take(db, batch.lease_id))
    due = await whose._journal.write(lambda db: ledger.due(db, now_ms=0, most=1, most_bytes=10**9))
    await whose._journal.write(lambda db: ledger.assign(db, [(due[0], way)], 1))
    return batch.deliveries[0].return_token


async def test_a_delivery_has_the_relay_that_it_was_routed_to(whose: Whose) -> None:
    token = await sent_by_theirs(whose)
    assert list(whose.relays_of(f"{token}@bounce.acme.test")) == [THEIRS]


async def test_a_mailbox_that_is_named_after_somebodys_token_has_its_own_tenants_relays(whose: Whose) -> None:
    token = await sent_by_theirs(whose)
    assert list(whose.relays_of(f"{token}@evil.test")) == [MINE]


async def test_who_is_nobody_has_none(whose: Whose) -> None:
    assert list(whose.relays_of("ann@nowhere.test")) == []
