"""Events: the same facts make the same event, and a delivery's events follow one another."""

import os
import time
from collections.abc import Iterator

import msgspec
import pytest

from tenant_agent import events, wire
from tenant_agent.ledger import Delivery, State
from tenant_agent.maillog.records import Attempted, LocalTime

QUEUE_ID = "4jX5lx4zN7zCXkw"
CREATED_MS = 1795298541701
ENVELOPE = wire.Envelope(
    tenant_id="ten_1",
    message_id="msg_1",
    stream="transactional",
    pool_id="pool_t",
    domain="acme.test",
    return_domain="bounce.acme.test",
)
DELIVERY = Delivery(
    seq=1,
    token="06ftokentokentokentoken001",
    lease=1,
    message=1,
    recipient="bob@else.test",
    state=State.QUEUED,
    tries=0,
    generation=17,
    attempts=0,
    last_event_ms=0,
    envelope=ENVELOPE,
)
SENT = Attempted(
    queue_id=QUEUE_ID,
    at=LocalTime(11, 21, 22, 2, 21),
    service="out-10-77-1-11",
    relay="mx.else.test[10.77.9.2]:25",
    dsn="2.0.0",
    status="sent",
    reply="250 2.0.0 Ok: stored",
    delays=wire.Delays(before_queue_s=0.01, in_queue_s=0.03, connect_s=0.01, transmit_s=0.0),
    delay_s=0.05,
    tls="TLSv1.3",
)


@pytest.fixture(autouse=True)
def _utc() -> Iterator[None]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = "UTC"
    time.tzset()
    yield
    os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
    time.tzset()


def test_a_delivered_event_tells_everything_that_is_known() -> None:
    event = events.attempted("n1", DELIVERY, SENT)
    assert msgspec.structs.replace(event, id="") == wire.Event(
        id="",
        type="message.delivered",
        at_ms=CREATED_MS + 50,
        tenant_id="ten_1",
        message_id="msg_1",
        delivery_id="dlv_06ftokentokentokentoken001",
        recipient="bob@else.test",
        attempt=1,
        queue_id=QUEUE_ID,
        source_ip="10.77.1.11",
        relay="mx.else.test[10.77.9.2]:25",
        dsn="2.0.0",
        reply="250 2.0.0 Ok: stored",
        tls="TLSv1.3",
        delays=SENT.delays,
        route=wire.Route(pool_id="pool_t", generation=17),
    )


def test_an_event_id_has_the_shape_of_a_uuid7_of_its_moment() -> None:
    event = events.attempted("n1", DELIVERY, SENT)
    assert len(event.id) == 26
    number = int(event.id, 32) >> 2  # 26 characters hold two bits more than a UUID
    assert number >> 80 == event.at_ms
    assert (number >> 76) & 0xF == 7
    assert (number >> 62) & 0b11 == 0b10


def test_a_repeat_has_the_same_id_and_everything_else_another() -> None:
    again = events.attempted("n1", DELIVERY, SENT)
    others = [
        events.attempted("n2", DELIVERY, SENT),
        events.attempted("n1", msgspec.structs.replace(DELIVERY, attempts=1), SENT),
        events.attempted("n1", DELIVERY, msgspec.structs.replace(SENT, status="deferred")),
        events.queued("n1", DELIVERY, QUEUE_ID),
    ]
    assert events.attempted("n1", DELIVERY, SENT).id == again.id
    assert len({again.id, *(event.id for event in others)}) == 5


def test_time_moves_on_within_a_delivery_though_the_log_has_seconds_only() -> None:
    before = msgspec.structs.replace(DELIVERY, last_event_ms=CREATED_MS + 200)
    assert events.attempted("n1", before, SENT).at_ms == CREATED_MS + 201


@pytest.mark.parametrize(
    ("delay_s", "second", "expected_ms", "remark"),
    [
        (0.05, 21, CREATED_MS + 50, "arrival plus delay"),
        (12.0, 34, 1795298554000, "a rounded delay is held within the second of the line: not before"),
        (14.0, 34, 1795298554999, "nor after it"),
    ],
)
def test_the_moment_of_an_attempt(delay_s: float, second: int, expected_ms: int, remark: str) -> None:
    record = msgspec.structs.replace(SENT, delay_s=delay_s, at=LocalTime(11, 21, 22, 2, second))
    assert events.attempted_at_ms(record) == expected_ms, remark


@pytest.mark.parametrize(
    ("after", "at", "expected"),
    [
        ((2026, 12, 31, 23, 59, 58), LocalTime(12, 31, 23, 59, 59), (2026, 12, 31, 23, 59, 59)),
        ((2026, 12, 31, 23, 59, 58), LocalTime(1, 1, 0, 0, 1), (2027, 1, 1, 0, 0, 1)),
        ((2027, 12, 30, 8, 0, 0), LocalTime(1, 4, 8, 0, 0), (2028, 1, 4, 8, 0, 0)),
        ((2028, 2, 28, 8, 0, 0), LocalTime(2, 29, 8, 0, 0), (2028, 2, 29, 8, 0, 0)),
        ((2026, 6, 1, 8, 0, 0), LocalTime(6, 1, 7, 59, 59), (2026, 6, 1, 7, 59, 59)),  # a clock that was set back
    ],
)
def test_a_log_time_has_the_year_of_the_message(
    after: tuple[int, ...], at: LocalTime, expected: tuple[int, ...]
) -> None:
    def unix_ms(moment: tuple[int, ...]) -> int:
        return int(time.mktime((*moment[:6], 0, 0, -1))) * 1000  # type: ignore[arg-type]

    assert events.moment_ms(at, unix_ms(after)) == unix_ms(expected)
