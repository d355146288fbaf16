"""Messages of a claim, as they are compiled."""

import sqlite3

import pytest

from tenant_agent import ledger, wire
from tenant_agent.compose import Skeleton, compile_message
from tenant_agent.inject import compiling
from tenant_agent.inject.compiling import compiled
from tenant_agent.inject.outcomes import Refused
from tests.tenant_agent.mail_fixtures import claim, offer


def claim_of(batch: wire.Offer) -> ledger.Claim:
    db = sqlite3.connect(":memory:")
    db.executescript(ledger.SCHEMA)
    ledger.record_offer(db, batch, 0)
    ledger.take(db, batch.lease_id)
    claimed = claim(db)
    db.close()
    return claimed


def test_a_message_that_breaks_its_writer_fails_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    claimed = claim_of(offer(["bob@else.test", "eve@else.test"]))
    write = compile_message

    def fragile(envelope: wire.Envelope, content: wire.Content) -> Skeleton:
        if content.subject == "Order 0":
            raise ZeroDivisionError
        return write(envelope, content)

    monkeypatch.setattr(compiling, "compile_message", fragile)
    assert [type(message) for _, message in compiled(claimed)] == [Refused, Skeleton]
