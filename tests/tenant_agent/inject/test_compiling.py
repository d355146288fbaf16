"""Messages of a claim, as they are compiled."""

import sqlite3

import pytest

from tenant_agent import ledger, wire
from tenant_agent.compose import Skeleton, compile_message
from tenant_agent.inject import compiling
from tenant_agent.inject.compiling import compiled
from tenant_agent.inject.outcomes import Refused
from tests.tenant_agent.mail_fixtures import offer


def claim_of(batch: wire.Offer) -> ledger.Claim:
    db = sqlite3.connect(":memory:")
    db.executescript(ledger.SCHEMA)
    ledger.record_offer(db, batch, 0)
    ledger.take(db, batch.lease_id)
    claim = ledger.claim(db, now_ms=0, generation=1, most=10, most_bytes=10**9)
    db.close()
    return claim


def test_a_message_that_breaks_its_writer_fails_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    claim = claim_of(offer(["bob@else.test", "eve@else.test"]))
    write = compile_message

    def fragile(envelope: wire.Envelope, content: wire.Content) -> Skeleton:
        if content.subject == "Order 0":
            raise ZeroDivisionError
        return write(envelope, content)

    monkeypatch.setattr(compiling, "compile_message", fragile)
    assert [type(message) for _, message in compiled(claim)] == [Refused, Skeleton]
